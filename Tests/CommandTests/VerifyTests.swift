import EventModel
import Foundation
import Testing

@Suite struct `The verify and info commands` {
    private func cats() throws -> Bench {
        let bench = try Bench()
        try bench.good("simulate --scenario \(Shipped.twoCats) --years 1 --seed 42 --ledger l")
        return bench
    }

    @Test func `a sound ledger is sound`() throws {
        let bench = try cats()
        let info = try bench.json("info --ledger l --json")
        #expect(
            info.keys == [
                "path", "head", "root", "recorded", "earliest", "latest", "devices", "contents",
                "bytes", "index", "kinds", "runs",
            ])
        let root = try #require(info["root"]?.string)
        let head = try #require(info["head"]?.integer)
        #expect(try bench.good("verify --ledger l").hasSuffix("root \(root)\n"))
        try bench.good("verify --ledger l --size \(head) --root \(root)")
        let report = try bench.json("verify --ledger l --json")
        #expect(report.text() == #"{"sound":true,"head":\#(head),"root":"\#(root)","findings":[]}"#)
        // Longer now, and still beginning with what was noted.
        try bench.good("simulate --scenario \(Shipped.twoCats) --years 2 --seed 42 --ledger l")
        try bench.good("verify --ledger l --size \(head) --root \(root)")
    }

    @Test(arguments: [
        ("UPDATE event SET time = time + 1 WHERE sequence = 77", "sequence 77:"),
        ("DELETE FROM event WHERE sequence = 500", "sequence 500:"),
        ("UPDATE event SET lag = 5 WHERE sequence = 1", "sequence 1:"),
        ("UPDATE batch SET last = last - 1", "l: "),
        ("UPDATE run SET provenance = '{}'", "run 1"),
    ])
    func `a changed row is named`(sql: String, place: String) throws {
        let bench = try cats()
        let table = sql.split(separator: " ")[sql.hasPrefix("DELETE") ? 2 : 1]
        try bench.tamper(
            "l",
            "PRAGMA foreign_keys = OFF; DROP TRIGGER \(table)_update;"
                + "DROP TRIGGER \(table)_delete; \(sql)")
        let done = try bench.run("verify --ledger l")
        #expect(done.ending == .exit(1))
        #expect(done.output.contains(place), "\(done.output)")
        let report = try JSONValue(parsing: bench.run("verify --ledger l --json").output)
        #expect(report["sound"] == .bool(false))
    }

    @Test func `a ledger that was cut or rewritten shows against its noted root`() throws {
        let bench = try cats()
        try bench.good("simulate --scenario \(Shipped.twoCats) --years 1 --seed 43 --ledger other")
        let info = try bench.json("info --ledger l --json")
        let (root, head) = (try #require(info["root"]?.string), try #require(info["head"]?.integer))
        let rewritten = try bench.run("verify --ledger other --size 100 --root \(root)")
        #expect(rewritten.ending == .exit(1) && rewritten.output.contains("rewritten"))
        let cut = try bench.run("verify --ledger l --size \(head + 1) --root \(root)")
        #expect(cut.ending == .exit(1) && cut.output.contains("was cut"))
    }

    @Test func `what is no ledger, or wrong usage, has a code of its own`() throws {
        let bench = try cats()
        try bench.write("no database", to: "text")
        #expect(try bench.bad(65, "verify --ledger text").contains("no ledger"))
        #expect(try bench.bad(66, "verify --ledger none").contains("no ledger at none"))
        #expect(try bench.bad(64, "verify --ledger l --size 5").contains("go together"))
        #expect(
            try bench.bad(64, "verify --ledger l --size 5 --root 12").contains("64 hexadecimal"))
        #expect(try bench.bad(66, "info --ledger none").contains("no ledger at none"))
        try bench.tamper("l", "PRAGMA user_version = 9")
        #expect(try bench.bad(65, "verify --ledger l").contains("newer replaylab"))
    }

    @Test func `reading needs nothing beside the ledger`() throws {
        let bench = try cats()
        #expect(chmod(bench.path("l"), 0o444) == 0)
        #expect(chmod(bench.folder, 0o555) == 0)
        defer { chmod(bench.folder, 0o755) }
        for command in [
            "info --ledger l", "verify --ledger l", "hydrate --ledger l",
            "export --ledger l --format jsonl", "show --ledger l head", "tail --ledger l",
            "stats --ledger l",
        ] {
            try bench.good(command)
            #expect(try bench.listing == ["l"])
        }
    }
}
