import EventModel
import EventPatterns
import Expectations
import Foundation
import Lab
import Ledger
import Simulation
import Topology

/// The seed that a person repeats a failure with.
let environmentSeed = ProcessInfo.processInfo.environment["REPLAYLAB_SEED"].flatMap { UInt64($0) }

/// A folder that is there as long as somebody holds this, with a ledger in it.
final class Archive {
    let folder: String
    let ledger: EventLedger
    var path: String { folder + "/cats.ledger" }

    init(_ events: [Event]) throws {
        let memory = "/dev/shm"
        let parent =
            FileManager.default.isWritableFile(atPath: memory)
            ? memory : FileManager.default.temporaryDirectory.path
        folder = "\(parent)/replaylab-tests-\(UUID().uuidString)"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        try GeneratedHistory.append(events, to: folder + "/cats.ledger")
        ledger = try EventLedger(path: folder + "/cats.ledger")
    }

    /// A history of all that finds bugs: late reports, copies, registrations, clocks that change.
    convenience init(generated number: Int, size: Int = 80, seed: UInt64 = 11) throws {
        try self.init(GeneratedHistory(seed: seed, number: number, size: size).events)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    func events() throws -> [Event] {
        var events: [Event] = []
        let last = try ledger.headSequence()
        guard last > 0 else { return [] }
        try ledger.forEachEvent(1...last) { _, event in events.append(event) }
        return events
    }
}

enum Sample {
    /// Presses of a button, a few seconds to minutes apart; some have the same message, because
    /// they were made in one second.
    static func presses(_ count: Int, seed: UInt64) -> [Event] {
        var draws = RandomStream(seed: seed, domain: .arrival).draws()
        var time = Timestamp(seconds: 1_709_276_400)
        return (1...count).map { number in
            time.microseconds += Int64(draws.below(6) == 0 ? 1_000 : draws.below(40_000_000)) + 1
            let click = ClickKind.allCases[Int(draws.below(3))]
            return Event(
                id: EventID("press-\(number)"), time: time, recorded: time,
                content: EventContent(
                    source: FeederSystem.source, detailType: FeederSystem.detailType, device: nil,
                    detail: "{\"click-type\": \"\(click.word)\"}"))
        }
    }

    /// Presses over days, so that feeders are without power and Wi-Fi for some of them.
    static func days(_ events: [Event]) -> [Event] {
        guard let begin = events.first?.time.microseconds else { return [] }
        return events.map { event in
            var event = event
            event.time.microseconds = begin + (event.time.microseconds - begin) * 500
            event.recorded = event.time
            return event
        }
    }

    /// Presses of three buttons that are registered with feeders, and registered anew.
    static func fleet(_ count: Int, seed: UInt64) -> [Event] {
        var draws = RandomStream(seed: seed, domain: .arrival).draws(slot: 1)
        return presses(count, seed: seed).enumerated().map { place, press in
            let device = "b\(draws.below(3))"
            var event = press
            if place < 3 || draws.below(12) == 0 {
                event.content = Registration(
                    device: place < 3 ? "b\(place)" : device, feeder: "f\(draws.below(3))",
                    timeZone: "UTC", leftGrams: 25, rightGrams: 25
                ).content(envelope: nil)
            } else {
                event.content = EventContent(
                    source: press.source, detailType: press.detailType, device: device,
                    detail: String(press.detail.dropLast()) + ", \"device-id\": \"\(device)\"}")
            }
            return event
        }
    }

    static func pattern(_ text: String) -> EventPattern {
        do { return try EventPattern(parsing: text) } catch { fatalError("\(error)") }
    }

    static func route(
        _ variant: ExpectedRoute.Variant = .deployed, retries: Int = 185, age: Int = 86_400
    ) -> ExpectedRoute {
        ExpectedRoute(
            rule: ExpectedRule(
                name: "feeds-rule", bus: "feedmyfurbabies", account: "123456789012",
                region: "ap-southeast-2"),
            pattern: pattern(#"{"source":["com.feedmyfurbabies"]}"#), target: "cat-feeder",
            variant: variant, topic: "cat-feeder/action", publishesReplays: true, retries: retries,
            maximumAgeSeconds: age)
    }
}

extension RandomDomain {
    /// Any domain serves a test.
    static let arrival = RandomDomain.snackTime
}
