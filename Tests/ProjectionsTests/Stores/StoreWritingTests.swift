import EventModel
import Lab
import Projections
import Testing

@Suite struct `A store writes what changed` {
    /// Logs each row of `table` that is touched, from here on.
    private func watch(_ table: String, key: String, _ fixture: StoreFixture) throws {
        try fixture.tamper(
            "CREATE TABLE IF NOT EXISTS touched (what TEXT);"
                + [("INSERT", "new"), ("UPDATE", "new"), ("DELETE", "old")].map { verb, row in
                    "CREATE TRIGGER \(table)_\(verb) AFTER \(verb) ON \(table) BEGIN"
                        + " INSERT INTO touched VALUES ('\(verb) ' || \(row).\(key)); END;"
                }.joined())
    }

    private func touched(_ fixture: StoreFixture) throws -> String? {
        try SQLiteFile.value(
            "SELECT group_concat(what, ', ') FROM (SELECT what FROM touched ORDER BY what)",
            on: fixture.storePath)
    }

    /// What the store holds beside what it was asked, without the log.
    private func unwatched(_ fixture: StoreFixture) throws -> [String] {
        try fixture.tamper("DROP TABLE touched")
        return try fixture.differences()
    }

    @Test func `as new rows, and as rows that differ`() throws {
        try StoreFixture.with(
            .press(.single, at: "2024-03-01T07:00:00Z"), .press(.long, at: "2024-03-02T07:00:00Z"),
            .press(.single, at: "2024-03-03T07:00:00Z"),
            .press(.single, at: "2024-03-03T09:00:00Z"), .press(.double, at: "2024-03-04T07:00:00Z")
        ) { fixture in
            try fixture.hydrate("seq:3")
            try watch("feeding_stats_days", key: "day", fixture)
            try watch("bowl_totals_bowls", key: "bowl", fixture)
            #expect(try fixture.hydrate("seq:4") == [.resume(from: 3), .resume(from: 3)])
            #expect(try touched(fixture) == "UPDATE 2024-03-03, UPDATE left")
            try fixture.tamper("DELETE FROM touched")
            try fixture.hydrate("head")
            #expect(try touched(fixture) == "INSERT 2024-03-04, UPDATE right")
            #expect(try unwatched(fixture) == [])
        }
    }

    @Test func `as deletions, where it goes back`() throws {
        try StoreFixture.with(
            .press(.single, at: "2024-03-01T07:00:00Z"), .press(.long, at: "2024-03-02T07:00:00Z"),
            .press(.single, at: "2024-03-03T07:00:00Z")
        ) { fixture in
            try fixture.hydrate("head")
            try watch("feeding_stats_days", key: "day", fixture)
            try fixture.hydrate("seq:1")
            #expect(try touched(fixture) == "DELETE 2024-03-02, DELETE 2024-03-03")
            #expect(try unwatched(fixture) == [])
        }
    }

    @Test(arguments: 0..<12)
    func `and holds what a fresh store would, whatever it held`(number: Int) throws {
        try StoreFixture.with(generated: number, size: 200) { fixture in
            for point in ["seq:90", "seq:91", "60%", "seq:20", "head", "seq:0", "40%"] {
                try fixture.hydrate(point)
                #expect(try fixture.differences() == [], "\(point)")
            }
        }
    }

    @Test(arguments: [
        "UPDATE feeding_stats_days SET feeds = feeds + 1",
        "UPDATE feeding_stats_days SET first = NULL, longest_gap_seconds = 7",
        "DELETE FROM feeding_stats_days", "DROP TABLE feeding_stats_hours",
        "INSERT INTO feeding_stats_days (feeder, day) VALUES ('', ''), ('zzz', 'x')",
        "INSERT INTO feeding_stats_days (feeder, day) VALUES (CAST(x'FF41' AS TEXT), 'x')",
        "UPDATE bowl_totals_bowls SET feeder = feeder || 'é'",
        "ALTER TABLE bowl_totals_bowls ADD COLUMN more TEXT",
        "ALTER TABLE bowl_totals_bowls RENAME COLUMN grams TO pounds",
        "DROP TABLE bowl_totals_bowls; CREATE TABLE bowl_totals_bowls (grams, feeder)",
    ])
    func `over what somebody changed`(sql: String) throws {
        try StoreFixture.with(generated: 5) { fixture in
            try fixture.hydrate("seq:40")
            try fixture.tamper(sql)
            #expect(try fixture.differences() != [])
            #expect(try fixture.hydrate("head") == [.resume(from: 40), .resume(from: 40)])
            #expect(try fixture.differences() == [])
        }
    }

    @Test func `as chunks of the snapshot, too`() throws {
        try StoreFixture.with(generated: 1) { fixture in
            func hydrate(_ point: String) throws {
                try fixture.hydrate(point, projections: [Bulky.self])
            }
            func verify() throws -> [StoreDifference] {
                try fixture.store().verify(
                    against: fixture.ledger(), projections: [Bulky.self],
                    database: TimeZoneDatabase())
            }
            try hydrate("seq:30")
            let chunks = Int(
                try SQLiteFile.value(
                    "SELECT count(*) FROM replaylab_snapshot", on: fixture.storePath) ?? "")
            let last = try #require(chunks) - 1
            #expect(last > 1)
            try watch("replaylab_snapshot", key: "chunk", fixture)
            try hydrate("head")
            // The first chunk holds the count, the ones behind it what every state has in common.
            let said = try #require(try touched(fixture))
            #expect(said.contains("UPDATE 0") && !said.contains("UPDATE 1,"), "\(said)")
            #expect(said.contains("INSERT \(last + 1)"), "\(said)")
            try fixture.tamper("DELETE FROM touched")
            try hydrate("seq:1")
            #expect(try touched(fixture)?.contains("DELETE \(last)") == true)
            try fixture.tamper("DROP TABLE touched")
            #expect(try verify() == [])
        }
    }

    @Test func `anew, where a projection does not keep to the order of its keys`() throws {
        try StoreFixture.with(generated: 1) { fixture in
            for point in ["seq:30", "seq:40", "seq:10"] {
                try fixture.hydrate(point, projections: [Disorderly.self])
                let differences = try fixture.store().verify(
                    against: fixture.ledger(), projections: [Disorderly.self],
                    database: TimeZoneDatabase())
                #expect(differences == [], "\(point)")
            }
        }
    }
}

/// Writes its rows backwards.
struct Disorderly: Tally {
    static let name = "disorderly"
    static let table = "counts"
    var count = 0
    init() {}
    init(from coder: inout StateDecoder) throws { count = try coder.decode() }

    func write(to store: StoreWriter) throws {
        try store.table(Self.table, columns: ["number": .integer, "twice": .integer]) { row in
            for number in stride(from: count, to: 0, by: -1) {
                try row([.integer(number), .integer(2 * number)])
            }
        }
    }
}

/// Has a state of several chunks: the count, and for each press the same eight thousand numbers.
struct Bulky: Tally {
    static let name = "bulky"
    static let table = "counts"
    var count = 0
    init() {}
    init(from coder: inout StateDecoder) throws {
        count = try coder.decode()
        for _ in 0..<count * 8192 { _ = try coder.decode() as Int }
    }

    func encode(to coder: inout StateEncoder) {
        coder.encode(count)
        for _ in 0..<count * 8192 { coder.encode(7) }
    }
}
