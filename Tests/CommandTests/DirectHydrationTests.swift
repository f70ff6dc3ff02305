import EventModel
import Foundation
import Testing

@Suite struct `Hydration straight from the generator` {
    /// What must be the same whichever way the history came.
    private func facts(_ bench: Bench, _ words: String) throws -> [JSONValue?] {
        let report = try bench.json("hydrate --json \(words)")
        return [report["until"], report["projections"], report["tzdata"], report["defaults"]]
    }

    @Test(
        arguments: [
            ("single-feeder", 1, 2), ("single-feeder", 18_446_744_073_709_551_615, 1),
            ("two-cats-auckland", 42, 1), ("two-cats-auckland", 0, 2), ("fleet", 7, 1),
        ] as [(String, UInt64, Int)])
    func `comes to the same states and digests as through a ledger`(
        name: String, seed: UInt64, years: Int
    ) throws {
        let bench = try Bench()
        // A thousand feeders are more than a test needs.
        let text = try String(contentsOfFile: Shipped.scenario(name), encoding: .utf8)
        try bench.write(text.replacing("count: 1000", with: "count: 9"), to: "s.yaml")
        let run = "--scenario s.yaml --seed \(seed) --years \(years)"
        try bench.good("simulate --ledger l \(run)")
        let direct = try facts(bench, run)
        #expect(try direct == facts(bench, "--ledger l"))
        // However many threads generate, or fold.
        #expect(
            try bench.good("hydrate --digests --jobs 3 \(run)")
                == bench.good("hydrate --digests --jobs 2 --ledger l"))
        #expect(try bench.listing == ["l", "s.yaml"])
    }

    @Test func `comes to every point that a ledger has`() throws {
        let bench = try Bench()
        let run = "--scenario \(Shipped.twoCats) --seed 42 --years 1"
        try bench.good("simulate --ledger l \(run)")
        let head = try #require(try bench.json("info --ledger l --json")["head"]?.integer)
        let lines = try bench.good("export --ledger l --format jsonl").split(separator: "\n")
        let middle = try JSONValue(parsing: lines[lines.count / 2])
        let id = try #require(middle["id"]?.string)
        let time = try #require(middle["time"]?.string)
        let points = [
            "seq:0", "seq:1", "seq:2", "seq:700", "seq:\(head)", "0%", "33.3333%", "100%",
            "id:\(id)", time, "2000-01-01T00:00:00Z", "2500-01-01T00:00:00Z",
            "2020-06-30T12:00 --zone Pacific/Auckland", "head --as-of \(time)",
            "seq:\(head) --as-of \(time)", "2020-03-01T00:00:00Z --as-of \(time)",
            "90% --as-of 2020-02-01T00:00:00Z", "id:\(id) --as-of 2000-01-01T00:00:00Z",
        ]
        for point in points {
            #expect(
                try facts(bench, "--until \(point) --jobs 2 \(run)")
                    == facts(bench, "--until \(point) --ledger l"), "\(point)")
        }
    }

    @Test func `takes a first day, defaults and projections as it does with a ledger`() throws {
        let bench = try Bench()
        let run = "--scenario \(Shipped.twoCats) --seed 3 --years 1 --start 2023-02-27"
        try bench.good("simulate --ledger l \(run)")
        let words = "--projection feeding-stats --double-feed-minutes 90 --until 60%"
        #expect(try facts(bench, "\(words) \(run)") == facts(bench, "\(words) --ledger l"))
    }

    @Test func `keeps a store that goes on from either side`() throws {
        let bench = try Bench()
        let run = "--scenario \(Shipped.twoCats) --seed 42"
        try bench.good("simulate --ledger l --years 2 \(run)")
        func steps(_ words: String) throws -> Set<String> {
            let report = try bench.json("hydrate --json --store s \(words)")
            let projections = try #require(report["projections"])
            return Set(
                projections.keys.compactMap { report[path: "projections", $0, "step"]?.string })
        }
        let sound = "equals its history up to sequence "
        func check(_ sequence: Int) throws {
            let said = try bench.good("verify --ledger l --store s")
            #expect(said.contains("\(sound)\(sequence),"), "\(said)")
        }
        #expect(try steps("--until seq:500 --years 1 \(run)") == ["built"])
        try check(500)
        #expect(try steps("--until seq:900 --ledger l") == ["resumed after sequence 500"])
        #expect(try steps("--until seq:1300 --years 2 \(run)") == ["resumed after sequence 900"])
        try check(1300)
        let before = try bench.bytes("s")
        #expect(try steps("--until seq:1300 --years 1 \(run)") == ["resumed after sequence 1300"])
        #expect(try bench.bytes("s") == before)
        #expect(
            try steps("--until 2020-03-01T00:00:00Z --years 1 \(run)").first?
                .hasPrefix("rebuilt: it holds events up to") == true)
        #expect(try steps("--years 2 \(run)").first?.hasPrefix("resumed") == true)
        let head = try #require(try bench.json("info --ledger l --json")["head"]?.integer)
        try check(head)
        let after = try bench.bytes("s")
        let other = "--scenario \(Shipped.twoCats) --seed 43 --years 3 --store s"
        #expect(try bench.bad(65, "hydrate \(other)").contains("another root"))
        let short = try bench.bad(65, "hydrate --store s --years 1 \(run)")
        #expect(short.contains("the store is at sequence \(head)"), "\(short)")
        #expect(try bench.bytes("s") == after)
    }

    @Test func `says what the history was made of`() throws {
        let bench = try Bench()
        let run = "--scenario \(Shipped.twoCats) --seed 42 --years 1"
        let report = try bench.json("hydrate --json \(run)")
        #expect(report["ledger"] == nil)
        let scenario = try #require(report["scenario"])
        #expect(scenario.keys == ["path", "name", "sha256", "seed", "start", "years"])
        #expect(scenario["path"]?.string == Shipped.twoCats)
        #expect(scenario["seed"]?.integer == 42 && scenario["years"]?.integer == 1)
        #expect(scenario["sha256"]?.string?.count == 64)
        let text = try bench.good("hydrate --until seq:700 \(run)")
        #expect(text.contains("seed 42, 1 year until seq:700: 700 events, 2020-"))
        #expect(try bench.listing == [])
    }

    @Test(
        arguments: [
            (64, "", "--scenario needs --seed"), (64, "--seed 1", "--scenario needs --years"),
            (64, "--seed 1 --years 0", "--years, 1 to 1000, not 0"),
            (64, "--seed -1 --years 1", "seed"),
            (64, "--seed 1 --years 1 --start soon", "--start soon"),
            (64, "--seed 1 --years 1000 --start 2020-01-01", "by the year 2500"),
            (64, "--seed 1 --years 1 --ledger l", "two histories"),
            (73, "--seed 1 --years 1 --store no/s", "there is no folder"),
            (64, "--seed 1 --years 1 --until 2020-06-01T07:00", "give --zone"),
            (65, "--seed 1 --years 1 --until seq:99999999", "has no sequence 99999999"),
            (
                65, "--seed 1 --years 1 --until seq:99999999 --as-of 2020-02-01T00:00:00Z",
                "has no sequence 99999999"
            ),
            (65, "--seed 1 --years 1 --until id:none", "has no event none"),
        ] as [(Int32, String, String)])
    func `wrong usage says what is right`(code: Int32, words: String, reason: String) throws {
        let bench = try Bench()
        let said = try bench.bad(code, "hydrate --scenario \(Shipped.twoCats) \(words)")
        #expect(said.contains(reason), "\(said)")
        #expect(try bench.listing == [])
    }

    @Test func `needs one history, and options that belong to it`() throws {
        let bench = try Bench()
        #expect(try bench.bad(64, "hydrate").contains("a history is missing"))
        #expect(try bench.bad(64, "hydrate --ledger l --seed 1").contains("--seed goes with"))
        #expect(try bench.bad(64, "hydrate --ledger l --years 1").contains("--years goes with"))
        let missing = try bench.bad(66, "hydrate --scenario none --seed 1 --years 1")
        #expect(missing.contains("no scenario at none"))
        try bench.write("name: x\nfeeders: 7\n", to: "bad")
        #expect(try bench.bad(65, "hydrate --scenario bad --seed 1 --years 1").contains("bad:"))
    }
}
