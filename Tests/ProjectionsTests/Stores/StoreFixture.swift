import EventModel
import Foundation
import Lab
import Ledger
import Projections

/// A ledger and a store in a folder of their own.
struct StoreFixture {
    let folder: String
    var ledgerPath: String { folder + "/cats.ledger" }
    var storePath: String { folder + "/then.sqlite" }

    static let all: [any Projection.Type] = [BowlTotals.self, FeedingStats.self]

    /// Runs `body` with a ledger of these events, in their order.
    static func with(
        _ events: GivenEvent..., body: (StoreFixture) throws -> Void
    ) throws {
        try withTemporaryFolder { folder in
            let fixture = StoreFixture(folder: folder)
            try GeneratedHistory.append(Given(events).events, to: fixture.ledgerPath)
            try body(fixture)
        }
    }

    /// Runs `body` with a generated ledger.
    static func with(
        generated number: Int, size: Int = 80, body: (StoreFixture) throws -> Void
    ) throws {
        try withTemporaryFolder { folder in
            let fixture = StoreFixture(folder: folder)
            try GeneratedHistory(seed: 11, number: number, size: size)
                .append(to: fixture.ledgerPath)
            try body(fixture)
        }
    }

    func ledger(_ name: String = "cats.ledger") throws -> EventLedger {
        try EventLedger(path: folder + "/" + name)
    }

    func store() throws -> HydrationStore { try HydrationStore(path: storePath) }

    func hydration(
        _ until: String, of ledger: String = "cats.ledger",
        projections: [any Projection.Type] = all,
        settings: HydrationSettings = HydrationSettings(),
        database: TimeZoneDatabase? = nil
    ) throws -> Hydration {
        let ledger = try self.ledger(ledger)
        return try Hydration(
            ledger, to: ledger.resolve(PointInTime(text: until)), projections: projections,
            settings: settings, database: database ?? TimeZoneDatabase())
    }

    /// Brings the store to a point.
    @discardableResult
    func hydrate(
        _ until: String, of ledger: String = "cats.ledger",
        projections: [any Projection.Type] = all,
        settings: HydrationSettings = HydrationSettings(),
        database: TimeZoneDatabase? = nil
    ) throws -> [StoreStep] {
        var hydration = try hydration(
            until, of: ledger, projections: projections, settings: settings, database: database)
        return try store().hydrate(&hydration)
    }

    /// The digests at a point, hydrated in memory.
    func digests(_ until: String) throws -> [SHA256Digest] {
        var hydration = try hydration(until)
        try hydration.run()
        return hydration.folds.map { $0.digest(hydration.history) }
    }

    func differences() throws -> [String] {
        try store().verify(
            against: ledger(), projections: StoreFixture.all, database: TimeZoneDatabase()
        ).map { "\($0.projection): \($0.description)" }
    }

    /// Runs SQL on the store file, as somebody with another tool would.
    func tamper(_ sql: String) throws {
        try SQLiteFile.execute(sql, on: storePath)
    }
}
