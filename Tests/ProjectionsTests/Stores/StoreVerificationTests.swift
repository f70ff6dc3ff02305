import EventModel
import Foundation
import Lab
import Projections
import Testing

@Suite struct `Verifying a store` {
    private func with(_ body: (StoreFixture) throws -> Void) throws {
        try StoreFixture.with(
            .registration(
                of: "b", feeder: "kitchen", zone: "Pacific/Auckland", left: 30,
                at: "2024-04-01T00:00:00Z"),
            .press(.single, at: "2024-04-06T07:00:00Z", device: "b"),
            .press(.double, at: "2024-04-06T07:05:00Z", device: "b"),
            .press(.long, at: "2024-04-07T07:00:00Z", device: "b"),
            .press(.single, at: "2024-04-08T07:00:00Z")
        ) { fixture in
            try fixture.hydrate("head")
            try body(fixture)
        }
    }

    static let cells = [
        ("bowl_totals_bowls", "dispenses"), ("bowl_totals_bowls", "grams"),
        ("bowl_totals_bowls", "last_dispense"), ("feeding_stats_days", "feeds"),
        ("feeding_stats_days", "single"), ("feeding_stats_days", "double"),
        ("feeding_stats_days", "long"), ("feeding_stats_days", "first"),
        ("feeding_stats_days", "last"), ("feeding_stats_days", "longest_gap_seconds"),
        ("feeding_stats_days", "double_feeds"), ("feeding_stats_feeders", "feeds"),
        ("feeding_stats_feeders", "first_day"), ("feeding_stats_feeders", "last_day"),
        ("feeding_stats_feeders", "days_with_feed"),
        ("feeding_stats_feeders", "days_without_feed"), ("feeding_stats_feeders", "last"),
        ("feeding_stats_hours", "feeds"),
    ]

    @Test(arguments: cells)
    func `finds a tampered cell and names it`(table: String, column: String) throws {
        try with { fixture in
            #expect(try fixture.differences() == [])
            let was =
                try SQLiteFile.value(
                    "SELECT \"\(column)\" FROM \(table) WHERE feeder = 'kitchen'",
                    on: fixture.storePath) ?? "null"
            try fixture.tamper(
                "UPDATE \(table) SET \"\(column)\" = 77 WHERE feeder = 'kitchen'")
            let differences = try fixture.differences()
            #expect(differences.count == 1)
            #expect(
                differences.first?.hasSuffix("\(column) is 77, and should be \(was)") == true,
                "\(differences)")
            #expect(differences.first?.contains("in the row of feeder kitchen") == true)
        }
    }

    @Test(arguments: [
        ("DELETE FROM bowl_totals_bowls WHERE bowl = 'right'", "stands where"),
        ("DELETE FROM feeding_stats_hours", "feeder default, hour 0 is missing"),
        (
            "INSERT INTO bowl_totals_bowls VALUES ('zoo', 'left', 1, 1, NULL)",
            "the row of feeder zoo, bowl left is one too many"
        ),
        ("DROP TABLE feeding_stats_days", "table feeding_stats_days is missing"),
        ("CREATE TABLE bowl_totals_cups (n)", "table bowl_totals_cups should not be there"),
        ("ALTER TABLE bowl_totals_bowls RENAME COLUMN grams TO ounces", "has other columns"),
        (
            "UPDATE replaylab_snapshot SET body = x'00' WHERE projection = 'bowl-totals'",
            "the snapshot is not that of the state"
        ),
        (
            "DELETE FROM replaylab_snapshot WHERE projection = 'bowl-totals'",
            "the snapshot is not that of the state"
        ),
        (
            "INSERT INTO replaylab_snapshot VALUES ('bowl-totals', 1, x'00')",
            "the snapshot is not that of the state"
        ),
    ])
    func `finds whatever else was changed`(sql: String, message: String) throws {
        try with { fixture in
            try fixture.tamper(sql)
            let differences = try fixture.differences()
            #expect(differences.count == 1)
            #expect(differences.first?.contains(message) == true, "\(differences)")
        }
    }

    @Test(arguments: [
        (
            "DELETE FROM replaylab_snapshot; DELETE FROM replaylab_checkpoint;"
                + " UPDATE bowl_totals_bowls SET grams = 7",
            [
                "replaylab_checkpoint: the store has no checkpoint; hydrate it again",
                "bowl-totals: table bowl_totals_bowls is there without a checkpoint",
                "feeding-stats: table feeding_stats_days is there without a checkpoint",
            ]
        ),
        (
            "DELETE FROM replaylab_checkpoint WHERE projection = 'bowl-totals';"
                + " DROP TABLE bowl_totals_bowls",
            ["bowl-totals: a snapshot is there without a checkpoint"]
        ),
        (
            "DELETE FROM replaylab_snapshot WHERE projection = 'bowl-totals';"
                + " DELETE FROM replaylab_checkpoint WHERE projection = 'bowl-totals'",
            ["bowl-totals: table bowl_totals_bowls is there without a checkpoint"]
        ),
        ("CREATE TABLE cats (name TEXT)", ["cats: the table is no projection's"]),
        ("CREATE TABLE replaylab_cats (n)", ["replaylab_cats: the table is no projection's"]),
    ])
    func `finds what no checkpoint speaks for`(sql: String, expected: [String]) throws {
        try with { fixture in
            try fixture.tamper(sql)
            #expect(try fixture.differences() == expected)
        }
    }

    @Test func `refuses a projection that the program does not have`() throws {
        try with { fixture in
            let store = try fixture.store()
            #expect(
                throws: StoreError.unknownProjection(
                    path: fixture.storePath, name: "feeding-stats", known: ["bowl-totals"])
            ) {
                try store.verify(
                    against: fixture.ledger(), projections: [BowlTotals.self],
                    database: TimeZoneDatabase())
            }
        }
    }

    @Test func `does not mind what the ledger took in later`() throws {
        try with { fixture in
            try fixture.hydrate("2024-04-07T00:00:00Z")
            let late = try Given([
                .press(.long, at: "2024-04-06T08:00:00Z", device: "b", id: "late")
            ])
            try GeneratedHistory.append(late.events, to: fixture.ledgerPath)
            #expect(try fixture.differences() == [])
        }
    }
}
