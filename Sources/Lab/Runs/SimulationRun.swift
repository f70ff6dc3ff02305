import EventModel
import Foundation
import Ledger
import Scenario

/// Why a simulation cannot go on in a ledger.
public enum SimulationRunError: Error, Equatable, CustomStringConvertible {
    /// The ledger holds something else.
    case otherRun(path: String, difference: String)
    /// The ledger holds a longer run of the same provenance.
    case longerRun(path: String, head: Int, years: Int)
    /// The ledger's last event is not the one that the scenario makes there.
    case diverged(path: String, sequence: Int)

    public var description: String {
        switch self {
        case .otherRun(let path, let difference):
            "\(path) holds another history (\(difference)); take another --ledger,"
                + " or the scenario, seed and start that it was made with"
        case .longerRun(let path, let head, let years):
            "\(path) holds \(head) events already, beyond the end of \(years) years;"
                + " ask for more --years, or take another --ledger"
        case .diverged(let path, let sequence):
            "\(path) has another event at sequence \(sequence) than this scenario and seed make;"
                + " take another --ledger"
        }
    }
}

/// What a run of a writer did.
public struct RunOutcome: Sendable {
    /// The ledger's path.
    public var path: String
    /// The ledger's head when the run ended.
    public var head: LedgerHead
    /// The head when the run began.
    public var begin: Int
    /// How many events were appended, and how many were there already.
    public var outcome = AppendOutcome()
    /// Whether the run was told to stop before its end; the same run again goes on.
    public var isInterrupted = false
}

/// Simulates years of presses into a ledger: one thread generates and hashes, one writes.
public struct SimulationRun {
    /// Who presses, and how often.
    public let scenario: ScenarioFile
    /// The root of everything that is drawn.
    public let seed: UInt64
    /// The first day.
    public let start: Timestamp.Day
    /// How many years from then on.
    public let years: Int
    /// Threads that generate; the events do not depend on them.
    public let jobs: Int
    /// The time zones of the households.
    public let zones: TimeZoneDatabase
    /// Events in one transaction.
    public var batch = SimulationRun.batchSize
    /// Events in one transaction, unless set.
    public static let batchSize = 16_384

    /// A simulation that begins on the scenario's own first day, unless told otherwise.
    public init(
        _ scenario: ScenarioFile, seed: UInt64, start: Timestamp.Day? = nil, years: Int,
        jobs: Int = 1, zones: TimeZoneDatabase
    ) {
        self.scenario = scenario
        self.seed = seed
        self.start = start ?? scenario.start
        self.years = years
        self.jobs = jobs
        self.zones = zones
    }

    /// Runs into the ledger at `path`, which is made where there is none. A ledger that holds a
    /// shorter or an interrupted run of the same provenance is gone on with.
    ///
    /// - Parameters:
    ///   - patience: seconds to wait for another writer.
    ///   - isStopped: whether to give up, asked while nothing is written yet.
    ///   - progress: called after each batch with the share of the run, 0 to 1, that is done; true
    ///     to stop.
    /// - Throws: `SimulationRunError`, `LedgerError`, `RunLengthError`, `ZoneError`.
    public func run(
        into path: String, patience: Double = 0, isStopped: () -> Bool = { false },
        progress: (Double, LedgerHead) -> Bool
    ) throws -> RunOutcome {
        let generator = try ScenarioGenerator(
            scenario, seed: seed, start: start, years: years, zones: zones, jobs: jobs)
        let provenance = Provenance.simulation(scenario, seed: seed, start: start, zones: zones)
        let deadline = ContinuousClock.Instant.after(seconds: patience)
        try checkHolds(path, only: provenance, before: generator.end)
        let writer = try LedgerWriter.open(
            path, command: "simulate", until: deadline, isStopped: isStopped
        ) { _ in
            // Again, now that nobody else writes.
            try checkHolds(path, only: provenance, before: generator.end)
            return provenance.text
        }
        defer { try? writer.close() }
        var result = RunOutcome(path: path, head: writer.head, begin: writer.head.sequence)
        let begun = writer.head.sequence
        let last = begun > 0 ? try writer.reader().event(at: begun) : nil
        let span = Double(generator.end.microseconds - generator.start.microseconds)
        let begin = generator.start.microseconds

        if begun == 0 { TruthFile.removeStale(besides: path) }
        let truth = generator.hasTruth ? TruthFile(ledger: path) : nil
        defer { truth?.discard() }
        let queue = BoundedQueue<PreparedBatch>(limit: 4)
        let thread = Thread { [generator, batch, chain = writer.chain] in
            var generator = generator
            var batches = Rebatching(
                size: batch, contents: generator.contents, after: chain, last: last)
            while batches.goesOn, let events = generator.next({ $0 }) {
                truth?.take(events, lost: generator.lost)
                guard batches.take(events, { queue.put($0) }) else { return }
            }
            truth?.take([], lost: generator.lost + generator.pending)
            if let rest = batches.rest, !queue.put(rest) { return }
            let isSame = batches.isSame
            queue.finish(isSame ? nil : SimulationRunError.diverged(path: path, sequence: begun))
        }
        thread.stackSize = 4 << 20
        thread.start()
        defer { queue.abandon() }
        while let batch = try queue.take() {
            guard let last = batch.lastRecorded else {
                // The generator is on its way to where the ledger ends.
                guard isStopped() else { continue }
                result.isInterrupted = true
                break
            }
            result.outcome += try writer.append(batch, expecting: writer.head.sequence)
            result.head = writer.head
            let reached = Double(last.microseconds - begin)
            if progress(span > 0 ? reached / span : 1, writer.head) {
                result.isInterrupted = true
                break
            }
        }
        if !result.isInterrupted {
            try writer.append([], isComplete: true)
            try truth?.commit()
        }
        try writer.close()
        return result
    }

    /// Refuses a ledger that holds anything but this provenance's events before `end`.
    private func checkHolds(
        _ path: String, only provenance: Provenance, before end: Timestamp
    ) throws {
        guard let ledger = try EventLedger.ifAny(at: path) else { return }
        for run in try ledger.runs() where run.provenance != provenance.text {
            let other = Provenance(text: run.provenance)
            let differing = provenance.members.first { other?[$0.key] != $0.value }
            let difference = differing.map {
                "its \($0.key) is \(other?[$0.key]?.text() ?? "absent"), not \($0.value.text())"
            }
            throw SimulationRunError.otherRun(
                path: path, difference: difference ?? "it was made by another command")
        }
        let head = try ledger.headSequence()
        // Its own time may be any, where the scenario has mishaps; it arrived before the run's end.
        if head > 0, let last = try ledger.event(at: head).recorded, last >= end {
            throw SimulationRunError.longerRun(path: path, head: head, years: years)
        }
    }
}

/// Cuts the generator's batches into batches of one size, ready to be appended, without the events
/// that the ledger has.
private struct Rebatching {
    private let size: Int
    private let contents: [EventContent]
    /// The ledger's last event, and its sequence.
    private let last: Event?
    private let skip: Int
    private var seen = 0
    private var open: PreparedBatch
    /// Whether the ledger's last event is the one that the generator makes there.
    private(set) var isSame: Bool
    /// Whether the generator can still be on the ledger's way.
    var goesOn: Bool { isSame || seen < skip }

    init(size: Int, contents: [EventContent], after chain: LeafChain, last: Event?) {
        self.size = size
        self.contents = contents
        self.last = last
        skip = chain.sequence
        isSame = last == nil
        open = PreparedBatch(after: chain, contents: contents, capacity: size)
    }

    /// Puts the batches that these events fill; an empty one while they are all in the ledger.
    ///
    /// Returns whether `put` still takes them.
    mutating func take(_ events: [PlannedEvent], _ put: (PreparedBatch) -> Bool) -> Bool {
        for event in events {
            seen += 1
            guard seen > skip else {
                guard seen == skip, let last else { continue }
                isSame = event.id == last.id && event.time == last.time
                guard isSame else { return true }
                continue
            }
            open.add(event.id, event.time, stated: event.recorded, content: event.content)
            guard open.count == size else { continue }
            guard put(open) else { return false }
            open = PreparedBatch(after: open.end, contents: contents, capacity: size)
        }
        return seen >= skip || put(open)
    }

    /// The last, short batch.
    var rest: PreparedBatch? { open.count == 0 ? nil : open }
}
