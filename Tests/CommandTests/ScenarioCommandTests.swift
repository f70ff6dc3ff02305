import EventModel
import Foundation
import Testing

@Suite struct `The scenario command, and scenarios with mishaps` {
    private let chaos = Shipped.scenario("chaotic-household")

    private func facts(_ bench: Bench, _ words: String) throws -> [JSONValue?] {
        let report = try bench.json("hydrate --json \(words)")
        return [report["until"], report["projections"], report["tzdata"], report["defaults"]]
    }

    @Test func `check finds all shipped scenarios sound`() throws {
        let bench = try Bench()
        for name in ["single-feeder", "zone-torture", "chaotic-household", "growing-fleet"] {
            let said = try bench.good("scenario check \(Shipped.scenario(name))")
            #expect(said.contains(": sound, \(name): "), "\(said)")
        }
        let report = try bench.json("scenario check --json \(chaos)")
        #expect(report["buttons"]?.integer == 2 && report["sha256"]?.string?.count == 64)
    }

    @Test func `check shows every file's mistake`() throws {
        let bench = try Bench()
        try bench.write("name: x\ntime-zon: UTC\n", to: "a.yaml")
        let said = try bench.bad(65, "scenario check a.yaml \(chaos) none.yaml")
        #expect(said.contains("a.yaml:2:1: unknown key \"time-zon\""), "\(said)")
        #expect(said.contains("did you mean \"time-zone\"?"))
        #expect(said.contains("no scenario at none.yaml"))
        #expect(try bench.bad(66, "scenario check none.yaml").contains("none.yaml"))
    }

    @Test func `preview draws a week and a year`() throws {
        let bench = try Bench()
        let said = try bench.good("scenario preview \(chaos) --seed 7")
        #expect(said == (try bench.good("scenario preview \(chaos) --seed 7 --jobs 2")))
        let lines = said.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines[0].hasPrefix("chaotic-household, seed 7, a year: "))
        let weekdays = lines.filter { $0.hasPrefix("Mon ") || $0.hasPrefix("Sun ") }
        #expect(weekdays.count == 4 && weekdays[0].count == 28)
        #expect(said.contains("mishaps: ") && said.contains("late "))
    }

    @Test func `a ledger with late reports and the generator come to the same states`() throws {
        let bench = try Bench()
        let run = "--scenario \(chaos) --seed 11 --years 3"
        try bench.good("simulate --ledger l \(run)")
        let head = try #require(try bench.json("info --ledger l --json")["head"]?.integer)
        for point in [
            "head", "seq:700", "50%", "2021-03-04T05:06:07Z", "2022-07-09T06:00:00Z",
            "2022-07-10T00:00:00Z", "1970-06-01T00:00:00Z", "2500-01-01T00:00:00Z",
            "head --as-of 2021-06-01T00:00:00Z",
            "2021-06-01T00:00:00Z --as-of 2021-06-02T00:00:00Z", "seq:\(head)",
        ] {
            let direct = try facts(bench, "--until \(point) --jobs 2 \(run)")
            #expect(try direct == facts(bench, "--until \(point) --ledger l"), "\(point)")
        }
        let straddled = try bench.json("hydrate --json --until 2021-03-04T05:06:07Z \(run)")
        #expect(straddled[path: "until", "prefix"] == .bool(false))
    }

    @Test func `registrations in the middle of a run count alike from either side`() throws {
        let bench = try Bench()
        let fleet = try String(contentsOfFile: Shipped.scenario("growing-fleet"), encoding: .utf8)
            .replacing("count: 2000", with: "count: 20")
            .replacing(
                "{2020-01-01: 20, 2021-01-01: 100, 2023-01-01: 600, 2024-12-01: 2000}",
                with: "{2020-01-01: 3, 2020-09-01: 20}"
            )
            .replacing("moving: 0.03", with: "moving: 0.9")
        try bench.write(fleet, to: "fleet.yaml")
        for run in [
            "--scenario fleet.yaml --seed 5 --years 1",
            "--scenario \(Shipped.scenario("zone-torture")) --seed 5 --years 1 --start 2011-06-01",
        ] {
            bench.remove("l")
            try bench.good("simulate --ledger l \(run)")
            for point in ["head", "30%", "2020-07-01T00:00:00Z", "2011-12-31T09:59:59.999Z"] {
                #expect(
                    try facts(bench, "--until \(point) --jobs 2 \(run)")
                        == facts(bench, "--until \(point) --ledger l"), "\(point) of \(run)")
            }
        }
    }

    @Test func `a store of straddled history is sound from either side`() throws {
        let bench = try Bench()
        let run = "--scenario \(chaos) --seed 11 --years 2"
        try bench.good("simulate --ledger l \(run)")
        for words in [run, "--ledger l"] {
            for point in ["2020-08-01T00:00:00Z", "2021-03-04T05:06:07Z", "head"] {
                try bench.good("hydrate --store s --until \(point) \(words)")
                #expect(
                    try bench.good("verify --ledger l --store s").contains("equals its history"))
            }
            bench.remove("s")
        }
    }

    @Test func `a run that was cut short goes on to the same ledger and the same truth`() throws {
        let bench = try Bench()
        let run = "--scenario \(chaos) --seed 3"
        try bench.good("simulate --ledger whole --years 3 \(run)")
        try bench.good("simulate --ledger parts --years 1 \(run)")
        let short = try bench.read("parts.truth.jsonl")
        try bench.good("simulate --ledger parts --years 3 --jobs 2 --batch 300 \(run)")
        #expect(try bench.root("parts") == bench.root("whole"))
        let truth = try bench.read("whole.truth.jsonl")
        #expect(try bench.read("parts.truth.jsonl") == truth)
        #expect(short.count < truth.count && short.count > 1000)
        #expect(
            try bench.listing.sorted() == [
                "parts", "parts.truth.jsonl", "whole", "whole.truth.jsonl",
            ])
        // A longer run of the ledger is refused where it is shorter, by arrival and not by time.
        #expect(try bench.bad(65, "simulate --ledger whole --years 1 \(run)").contains("beyond"))
    }

    @Test func `the truth names events of the ledger by sequence and id`() throws {
        let bench = try Bench()
        try bench.good("simulate --ledger l --scenario \(chaos) --seed 3 --years 2")
        let events = try bench.good("export --ledger l --format jsonl").split(separator: "\n")
        var faults: Set<String> = []
        for line in try bench.read("l.truth.jsonl").split(separator: "\n") {
            let truth = try JSONValue(parsing: line)
            guard case .array(let names)? = truth["faults"] else {
                Issue.record("no faults in \(line)")
                continue
            }
            faults.formUnion(names.compactMap(\.string))
            guard let sequence = truth["sequence"]?.integer else {
                #expect(names == [.string("lost")] || names.contains(.string("lost")))
                continue
            }
            let event = try JSONValue(parsing: events[sequence - 1])
            #expect(event["id"] == truth["id"])
        }
        #expect(
            faults == ["again", "late", "duplicate", "split", "skewed", "unset", "lost"])
    }

    @Test func `a truth that cannot be written is told, and made by the same command again`() throws
    {
        let bench = try Bench()
        let run = "simulate --ledger l --scenario \(chaos) --seed 3 --years 1"
        try FileManager.default.createDirectory(
            atPath: bench.path("l.truth.jsonl"), withIntermediateDirectories: false)
        let said = try bench.bad(74, run)
        #expect(said.contains("l.truth.jsonl cannot be written: Is a directory"), "\(said)")
        #expect(said.contains("the ledger is complete"))
        bench.remove("l.truth.jsonl")
        #expect(try bench.good(run).contains("(0 new"))
        #expect(try bench.read("l.truth.jsonl").contains("\"faults\""))
        #expect(try bench.listing.sorted() == ["l", "l.truth.jsonl"])
    }

    @Test func `preview takes a sample of a large fleet, and says so`() throws {
        let bench = try Bench()
        let fleet = """
            name: many
            time-zone: UTC
            start: 2023-01-01
            fleet:
              count: 2001
              name: f-####
              button: B####
              time-zones: {UTC: 1}
              bowls: {left: 1, right: 1}
              habits: [{name: a, click: LONG, at: "12:00", weekdays: [mon]}]
            """
        try bench.write(fleet, to: "many.yaml")
        let some = try bench.good("scenario preview many.yaml")
        #expect(some.hasPrefix("many, seed 42, a year: 52,052 presses, 1,001 registrations\n"))
        #expect(some.contains("a sample: 1,001 of 2,001 feeders, one in 2 of the fleet; --all"))
        #expect(some.contains("▓ to 39,039  █ to 52,052 presses in the year"), "\(some)")
        let all = try bench.good("scenario preview --all many.yaml")
        #expect(all.hasPrefix("many, seed 42, a year: 104,052 presses, 2,001 registrations\n"))
        #expect(!all.contains("a sample"))
    }

    @Test func `a scenario without mishaps leaves no truth behind`() throws {
        let bench = try Bench()
        try bench.good("simulate --ledger l --scenario \(Shipped.twoCats) --seed 1 --years 1")
        #expect(try bench.listing == ["l"])
    }
}
