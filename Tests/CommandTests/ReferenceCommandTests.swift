import EventModel
import Foundation
import Lab
import Ledger
import Reference
import Simulation
import Testing

@Suite struct `What hydrate prints` {
    static let seed =
        ProcessInfo.processInfo.environment["REPLAYLAB_SEED"].flatMap { UInt64($0) }
        ?? 20

    /// Clocks go back an hour and half an hour in its zones, and reports come late and twice.
    static let history = GeneratedHistory(seed: seed, number: 7, size: 300)

    static let columns = [
        "bowls": ["feeder", "bowl", "dispenses", "grams", "lastDispense"],
        "days": [
            "feeder", "day", "feeds", "single", "double", "long", "first", "last",
            "longestGapSeconds", "doubleFeeds",
        ],
    ]

    @Test func `equals a second computation, at 20 points of every kind`() throws {
        let bench = try Bench()
        try Self.history.append(to: bench.path("l"))
        let reference = try ReferenceHistory(EventLedger(path: bench.path("l")))
        var draws = RandomStream(seed: Self.seed, domain: .faultProfile)
            .draws(entity: RandomStream.entity("reference-command"))
        var kinds: Set<String> = []
        for _ in 0..<20 {
            let (point, asOf) = reference.point(&draws)
            kinds.formUnion([Self.kind(point), asOf == nil ? "all known" : "as of"])
            let words = ["--until", "\(point)"] + (asOf.map { ["--as-of", $0.text] } ?? [])
            let report = try bench.json("hydrate --ledger l --json", words)
            let repeating = Comment(
                rawValue: "\(words.joined(separator: " ")); repeat: REPLAYLAB_SEED=\(Self.seed)"
                    + " swift test --filter 'a second computation, at 20 points'")
            let states = try #require(report["projections"])
            let bowls = try Self.rows("bowls", states[path: "bowl-totals", "state", "bowls"])
            let days = try Self.rows("days", states[path: "feeding-stats", "state", "days"])
            #expect(bowls == Self.bytes(reference.bowls(until: point, asOf: asOf)), repeating)
            #expect(days == Self.bytes(reference.stats(until: point, asOf: asOf).days), repeating)
            let feeds = reference.feeds(until: point, asOf: asOf).count
            #expect(states[path: "bowl-totals", "events"]?.integer == feeds, repeating)
        }
        #expect(Self.seed != 20 || kinds.count == 7, "\(kinds)")
    }

    @Test func `of this history has late and doubled reports on both sides of a change`() throws {
        let bench = try Bench()
        let events = Self.history.events
        #expect(try Self.history.append(to: bench.path("l")).skipped > 3)
        let pairs = zip(events, events.dropFirst())
        #expect(pairs.count { $0.time > $1.time } > 30)
        let change = try Timestamp(text: "2024-04-06T14:00:00Z")
        #expect(events.contains { $0.time < change } && events.contains { $0.time > change })
    }

    private static func kind(_ point: ReferenceHistory.Point) -> String {
        switch point {
        case .time: "time"
        case .sequence: "sequence"
        case .id: "id"
        case .percent: "share"
        case .head: "head"
        }
    }

    /// A table of the report as text, each cell by its bytes: Swift's texts are equal too soon.
    private static func rows(_ table: String, _ value: JSONValue?) throws -> [[[UInt8]]] {
        let columns = try #require(columns[table])
        return bytes(
            try #require(value).elements.map { row in
                #expect(row.keys == columns)
                return columns.map { row[$0]?.string ?? row[$0]?.text() ?? "absent" }
            })
    }

    private static func bytes(_ rows: TextRows) -> [[[UInt8]]] {
        rows.map { $0.map { Array($0.utf8) } }
    }
}
