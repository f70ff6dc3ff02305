import EventModel
import Foundation
import Testing

@Suite struct `A store` {
    private func cats() throws -> Bench {
        let bench = try Bench()
        try bench.good("simulate --scenario \(Shipped.twoCats) --years 1 --seed 42 --ledger l")
        return bench
    }

    private func steps(_ report: JSONValue) -> [String] {
        ["bowl-totals", "feeding-stats"].compactMap {
            report[path: "projections", $0, "step"]?.string
        }
    }

    @Test func `is built, resumed and rebuilt, and says so`() throws {
        let bench = try cats()
        let at = { (until: String) in
            try bench.json("hydrate --ledger l --store s --json --until \(until)")
        }
        #expect(steps(try at("30%")) == ["built", "built"])
        let resumed = try at("60%")
        #expect(steps(resumed).allSatisfy { $0.hasPrefix("resumed after sequence ") })
        #expect(steps(try at("40%")).allSatisfy { $0.hasPrefix("rebuilt: it was at sequence") })
        #expect(steps(try at("60%")).allSatisfy { $0.hasPrefix("resumed") })
        let text = try bench.good("hydrate --ledger l --store s --until 70%")
        #expect(text.contains(", resumed after sequence") && text.contains("Store: s"))
        #expect(
            try bench.good("hydrate --ledger l --store s --digests --until head")
                == bench.good("hydrate --ledger l --digests"))
        let other = try bench.json("hydrate --ledger l --store s --json --portion 9")
        #expect(steps(other).count == 2 && steps(other).allSatisfy { $0.contains("portion 9 g") })
        #expect(try bench.good("verify --ledger l --store s").contains("equals its history"))
        #expect(try bench.listing == ["l", "s"])
    }

    @Test func `of another ledger is refused, and stays as it is`() throws {
        let bench = try cats()
        try bench.good("simulate --scenario \(Shipped.twoCats) --years 1 --seed 43 --ledger m")
        try bench.good("hydrate --ledger l --store s")
        let before = try bench.bytes("s")
        for command in ["hydrate", "verify"] {
            let said = try bench.bad(65, "\(command) --ledger m --store s")
            #expect(said.contains("s was hydrated from another history than m"))
        }
        #expect(try bench.bytes("s") == before)
        #expect(try bench.bad(65, "hydrate --ledger l --store m").contains("no store"))
        #expect(try bench.bad(66, "verify --ledger l --store none").contains("no store at none"))
    }

    @Test(arguments: [
        ("UPDATE bowl_totals_bowls SET grams = grams + 1 WHERE bowl = 'left'", "grams is"),
        ("DELETE FROM feeding_stats_days WHERE day = '2020-02-03'", "2020-02-03"),
        (
            "UPDATE replaylab_checkpoint SET events = events - 1",
            "bowl-totals: the checkpoint is not"
        ),
        ("UPDATE replaylab_checkpoint SET state = root", "feeding-stats: the checkpoint is not"),
        (
            "DELETE FROM replaylab_snapshot; DELETE FROM replaylab_checkpoint;"
                + "UPDATE bowl_totals_bowls SET grams = 7", "the store has no checkpoint"
        ),
        ("DROP TABLE feeding_stats_hours", "feeding_stats_hours is missing"),
    ])
    func `that somebody changed is found`(sql: String, place: String) throws {
        let bench = try cats()
        try bench.good("hydrate --ledger l --store s")
        try bench.good("verify --ledger l --store s")
        try bench.tamper("s", sql)
        let done = try bench.run("verify --ledger l --store s")
        #expect(done.ending == .exit(1))
        #expect(done.output.contains(place), "\(done.output)")
    }
}
