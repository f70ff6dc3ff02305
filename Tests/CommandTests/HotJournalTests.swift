import Foundation
import GRDB
import Testing

/// Files as a process leaves them that is killed in the middle of a commit, made on purpose.
@Suite struct `A commit that was cut short` {
    /// Copies a database in the middle of a transaction that has reached the file.
    private func cutShort(_ bench: Bench, _ name: String, _ sql: String) throws {
        let queue = try DatabaseQueue(path: bench.path(name))
        try queue.writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA cache_size = 1; PRAGMA cache_spill = 1; BEGIN IMMEDIATE")
            try db.execute(sql: sql)
            for suffix in ["", "-journal"] {
                try FileManager.default.copyItem(
                    atPath: bench.path(name + suffix), toPath: bench.path("cut" + suffix))
            }
            try db.execute(sql: "ROLLBACK")
        }
        try queue.close()
        #expect(try bench.bytes("cut") != bench.bytes(name))
    }

    private static let filler = """
        CREATE TABLE filler AS WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n
        LIMIT 20000) SELECT i, hex(zeroblob(50)) AS text FROM n;
        """

    @Test func `of a ledger is rolled back by whoever reads it first`() throws {
        let bench = try Bench()
        try bench.good("simulate --scenario \(Shipped.twoCats) --years 1 --seed 42 --ledger l")
        try cutShort(bench, "l", Self.filler)
        #expect(try bench.good("verify --ledger cut").contains(bench.root("l")))
        #expect(try bench.listing == ["cut", "l"])
    }

    @Test func `of a store is rolled back by whoever reads it first`() throws {
        let bench = try Bench()
        try bench.good("simulate --scenario \(Shipped.twoCats) --years 1 --seed 42 --ledger l")
        try bench.good("hydrate --ledger l --store s")
        try cutShort(bench, "s", "UPDATE feeding_stats_days SET feeds = 0;" + Self.filler)
        try bench.good("verify --ledger l --store cut")
        #expect(try bench.listing == ["cut", "l", "s"])
    }

    @Test func `of a ledger's first tables is gone on with`() throws {
        let bench = try Bench()
        for (ledger, sql) in [
            ("nothing", "PRAGMA journal_mode = WAL"),
            ("list", "CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY)"),
        ] {
            try bench.tamper(ledger, sql)
            #expect(try bench.bad(65, "info --ledger \(ledger)").contains("the file is empty"))
            try bench.good("import \(Shipped.archive) --ledger \(ledger)")
            try bench.good("verify --ledger \(ledger)")
            bench.remove(ledger)
            try bench.tamper(ledger, sql)
            try bench.good(
                "simulate --scenario \(Shipped.twoCats) --years 1 --seed 1 --ledger \(ledger)")
            try bench.good("verify --ledger \(ledger)")
        }
    }
}
