import EventModel
import Foundation
import Lab
import Ledger
import Projections
import Reference
import Simulation
import Testing

@testable import Mutants

@Suite struct `Both projections equal a second computation` {
    /// 8 ledgers of 25 points each; `REPLAYLAB_SEED` chooses others.
    static let points = 25
    static let seed = environmentSeed() ?? 2024

    @Test(arguments: 1...8)
    func `at points of every kind, with and without a time of knowledge`(number: Int) throws {
        try withTemporaryFolder { folder in
            let path = folder + "/cats.ledger"
            try GeneratedHistory(seed: Self.seed, number: number, size: 220).append(to: path)
            let ledger = try EventLedger(path: path)
            var reference = try ReferenceHistory(ledger)
            let settings = HydrationSettings(
                defaultZone: number.isMultiple(of: 2) ? "Asia/Kathmandu" : "UTC",
                portionGrams: 20 + number, doubleFeedMinutes: 4 + number)
            reference.defaultZone = settings.defaultZone
            reference.portion = settings.portionGrams
            reference.doubleFeedMinutes = settings.doubleFeedMinutes
            let stream = RandomStream(seed: Self.seed, domain: .faultProfile)
            for place in 0..<Self.points {
                var draws = stream.draws(
                    slot: UInt64(number), day: Int32(place),
                    entity: RandomStream.entity("reference-point"))
                let (point, asOf) = reference.point(&draws)
                let difference = try Self.difference(ledger, reference, point, asOf, settings)
                #expect(
                    difference == nil,
                    """
                    ledger \(number), --until \(point), --as-of \(asOf?.text ?? "none")
                    repeat: REPLAYLAB_SEED=\(Self.seed) swift test --filter 'points of every kind'
                    """)
            }
        }
    }

    @Test func `the ledgers of this test hold what it is about`() throws {
        var (late, skipped, straddled, seasons) = (0, 0, 0, Set<String>())
        for number in 1...8 {
            let history = GeneratedHistory(seed: Self.seed, number: number, size: 220)
            try withTemporaryFolder { folder in
                skipped += try history.append(to: folder + "/l.ledger").skipped
            }
            var latest = Timestamp.earliest
            for event in history.events {
                if event.time < latest { late += 1 }
                latest = max(latest, event.time)
                seasons.insert(String(event.time.text.prefix(7)))
            }
            straddled += history.events.count { ($0.recorded ?? $0.time) > latest } > 0 ? 1 : 0
        }
        #expect(late > 200 && skipped > 20 && straddled > 3 && seasons.count >= 6)
    }

    @Test func `days of UTC keep the laws, and are noticed here`() async throws {
        try await ProjectionLaws.check(DayTable<DaysOfUTC>.self, histories: 3)
        try withTemporaryFolder { folder in
            try GeneratedHistory(seed: 1, number: 1, size: 220).append(to: folder + "/l.ledger")
            let ledger = try EventLedger(path: folder + "/l.ledger")
            var hydration = try Hydration(
                ledger, to: ledger.resolve(.head), projections: [DayTable<DaysOfUTC>.self],
                database: TimeZoneDatabase())
            try hydration.run()
            let rows = try ProjectionTables(hydration.folds[0], hydration.history).tables[0].rows
                .map { $0.map(\.description) }
            let expected = try ReferenceHistory(ledger).stats(until: .head, asOf: nil).days
                .map { Array($0.prefix(3)) }
            #expect(rows != expected)
        }
    }

    /// The first row in which a projection and the second computation differ.
    static func difference(
        _ ledger: EventLedger, _ reference: ReferenceHistory, _ point: ReferenceHistory.Point,
        _ asOf: Timestamp?, _ settings: HydrationSettings
    ) throws -> String? {
        var hydration = try Hydration(
            ledger,
            to: ledger.resolve(PointInTime(text: "\(point)"), knownBy: asOf),
            projections: [BowlTotals.self, FeedingStats.self], settings: settings,
            database: TimeZoneDatabase())
        try hydration.run()
        let feeds = reference.feeds(until: point, asOf: asOf).count
        guard hydration.folds.allSatisfy({ $0.events == feeds }) else {
            return "\(hydration.folds.map(\.events)) events, and should be \(feeds)"
        }
        let stats = reference.stats(until: point, asOf: asOf)
        let expected = [
            "bowls": reference.bowls(until: point, asOf: asOf), "days": stats.days,
            "feeders": stats.feeders, "hours": stats.hours,
        ]
        let tables = try hydration.folds.flatMap {
            try ProjectionTables($0, hydration.history).tables
        }
        guard Set(tables.map(\.shape.name)) == Set(expected.keys) else { return "other tables" }
        for table in tables {
            let rows = table.rows.map { $0.map(\.description) }
            let other = expected[table.shape.name] ?? []
            for (row, should) in zip(rows, other)
            where !row.elementsEqual(should, by: { $0.utf8.elementsEqual($1.utf8) }) {
                return "\(table.shape.name): \(row), and should be \(should)"
            }
            if rows.count != other.count {
                return "\(table.shape.name): \(rows.count) rows, and should be \(other.count)"
            }
        }
        return nil
    }
}
