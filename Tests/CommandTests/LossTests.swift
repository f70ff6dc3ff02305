import EventModel
import Foundation
import Testing

/// No option may cost somebody a ledger.
@Suite struct `What must not be lost` {
    private func bench() throws -> (Bench, root: String) {
        let bench = try Bench()
        for ledger in ["a.ledger", "other.ledger"] {
            try bench.good(
                "simulate --scenario \(Shipped.twoCats) --years 1 --seed 42 --ledger \(ledger)")
        }
        return (bench, try root(bench, "a.ledger"))
    }

    private func root(_ bench: Bench, _ ledger: String) throws -> String {
        try bench.good("verify --ledger \(ledger)")
        return try bench.root(ledger)
    }

    @Test(arguments: [
        "export --ledger a.ledger --format jsonl -o a.ledger",
        "export --ledger a.ledger --format jsonl -o ./a.ledger",
        "export --ledger a.ledger --format jsonl -o other.ledger",
        "export --ledger a.ledger --format jsonl -o a.ledger-wal",
        "import \(Shipped.archive) --ledger a.ledger --skip-bad a.ledger",
        "import \(Shipped.archive) --ledger a.ledger --skip-bad other.ledger",
        "import \(Shipped.archive) --ledger new.ledger --skip-bad new.ledger",
        "import \(Shipped.archive) --ledger new.ledger --skip-bad new.ledger-lease",
    ])
    func `a result is not written over a ledger`(command: String) throws {
        let (bench, before) = try bench()
        #expect(try bench.bad(73, command).contains("would overwrite a ledger"))
        #expect(try root(bench, "a.ledger") == before)
        #expect(try root(bench, "other.ledger") == before)
        #expect(try bench.listing == ["a.ledger", "other.ledger"])
    }

    @Test func `an odd name is a file's name`() throws {
        let bench = try Bench()
        for name in [":memory:", "file:x?mode=memory"] {
            try bench.good("import \(Shipped.archive) --ledger \(name)")
            try bench.good("verify --ledger \(name)")
            try bench.good("hydrate --ledger \(name) --store s\(name)")
            try bench.good("verify --ledger \(name) --store s\(name)")
        }
        #expect(try bench.listing.count == 4)
    }

    @Test func `a ledger of two names is not written`() throws {
        let (bench, before) = try bench()
        try FileManager.default.linkItem(
            atPath: bench.path("a.ledger"), toPath: bench.path("b.ledger"))
        let error = try bench.bad(73, "import \(Shipped.archive) --ledger b.ledger")
        #expect(error.contains("2 names"))
        #expect(try root(bench, "a.ledger") == before)
    }
}
