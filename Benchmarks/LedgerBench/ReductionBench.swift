import ArgumentParser
import EventModel
import Foundation
import InvariantDoubles
import Invariants
import Lab
import Ledger
import Projections
import Simulation

/// A failure of a few needed events at random places of a long history, reduced by the laboratory or by
/// classic ddmin; both begin with a ledger on the disk.
struct ReductionBench {
    let presses: Int
    let needed: Int
    let seed: UInt64
    /// What ddmin may apply at most: above it, it gives up.
    private static let cap = 2_000_000_000

    func run(ddmin: Bool) throws {
        guard needed > 0, needed <= presses else {
            throw ValidationError("--reduce takes 1 to \(presses) needed events")
        }
        let folder = FileManager.default.temporaryDirectory.appending(
            path: "reduction-bench-\(ProcessInfo.processInfo.processIdentifier)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appending(path: "planted.ledger").path
        try write(path)
        let ledger = try EventLedger(path: path)
        try Planted.$moments.withValue(planted.map(moment)) {
            ddmin ? try classic(ledger) : try ours(ledger)
        }
    }

    private func ours(_ ledger: EventLedger) throws {
        let begin = ContinuousClock.now
        let found = try LedgerReduction(
            ledger, ChosenInvariant(Planted.self), database: TimeZoneDatabase()
        ).run()
        let seconds = (ContinuousClock.now - begin) / .seconds(1)
        guard let found, found.isMinimal else { throw ValidationError("nothing was reduced") }
        try report(
            found.events.map(\.sequence), found.probes, found.applications, seconds)
        let limit = needed <= 10 ? 2.0 : 3.0
        guard found.replays <= limit else {
            throw ValidationError("\(found.replays) replays; \(limit) are the most")
        }
    }

    /// Zeller and Hildebrandt's ddmin of 2002: parts, then complements, then parts half as long; each
    /// probe from the first event on.
    private func classic(_ ledger: EventLedger) throws {
        let begin = ContinuousClock.now
        let chosen = ChosenInvariant(Planted.self)
        var pass = try InvariantPass(ledger, [chosen], database: TimeZoneDatabase())
        try pass.run()
        guard let violation = pass.findings[0].violation else {
            throw ValidationError("nothing fails")
        }
        var steps = try pass.steps(upTo: violation.sequence, hears: []).list
        var (probes, applications) = (0, pass.findings[0].events)
        func fails(_ steps: [Step]) throws -> Bool {
            probes += 1
            let (found, taken) = InvariantWatch.of(chosen)
                .take(steps[...], [], pass.history, only: nil)
            applications += taken
            guard applications <= ReductionBench.cap else {
                throw ValidationError("ddmin gave up after \(applications) events")
            }
            return found != nil
        }
        var parts = 2
        while steps.count > 1 {
            let bounds = (0...parts).map { steps.count * $0 / parts }
            let ranges = zip(bounds, bounds.dropFirst()).map { $0..<$1 }
            if let range = try ranges.first(where: { try fails(Array(steps[$0])) }) {
                steps = Array(steps[range])
                parts = 2
            } else if parts > 2,
                let range = try ranges.first(where: { range in
                    try fails(Array(steps[..<range.lowerBound] + steps[range.upperBound...]))
                })
            {
                steps.removeSubrange(range)
                parts = max(parts - 1, 2)
            } else if parts < steps.count {
                parts = min(parts * 2, steps.count)
            } else {
                break
            }
        }
        try report(
            steps.map(\.sequence), probes, applications,
            (ContinuousClock.now - begin) / .seconds(1))
    }

    private func report(
        _ sequences: [Int], _ probes: Int, _ applications: Int, _ seconds: Double
    ) throws {
        guard sequences == planted.map({ $0 + 1 }) else {
            throw ValidationError("\(sequences) were found, and \(planted) planted, from 0")
        }
        print(
            JSONValue.object([
                .init("presses", .int(presses)), .init("needed", .int(needed)),
                .init("probes", .int(probes)), .init("applications", .int(applications)),
                .init("replays", .number(String(Double(applications) / Double(presses)))),
                .init("seconds", .number(String(seconds))),
                .init("sequences", .array(sequences.map { .int($0) })),
            ]).text())
    }

    private func moment(_ place: Int) -> Timestamp {
        Timestamp(seconds: 1_500_000_000 + Int64(place) * 30)
    }

    /// The places of the needed presses, rising.
    private var planted: [Int] {
        var draws = RandomStream(seed: seed, domain: .lawCut).draws(
            slot: UInt64(needed), entity: RandomStream.entity("planted-failure"))
        var chosen: Set<Int> = []
        while chosen.count < needed { chosen.insert(Int(draws.below(UInt64(presses)))) }
        return chosen.sorted()
    }

    /// Presses of twenty buttons, one every thirty seconds.
    private func write(_ path: String) throws {
        let contents = (0..<20).map { button in
            EventContent(
                source: FeederSystem.source, detailType: FeederSystem.detailType,
                device: "button-\(button)",
                detail: "{\"click-type\": \"SINGLE\", \"device-id\": \"button-\(button)\"}")
        }
        let writer = try LedgerWriter(path: path) { _ in "{}" }
        for begin in stride(from: 0, to: presses, by: 50_000) {
            try writer.append(
                (begin..<min(begin + 50_000, presses)).map { place in
                    Event(
                        id: EventID(time: moment(place), random: (UInt64(place), UInt64(place))),
                        time: moment(place), recorded: moment(place),
                        content: contents[place * 7 % 20])
                })
        }
        try writer.append([], isComplete: true)
        try writer.close()
    }
}
