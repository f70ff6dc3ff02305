import Foundation
import Testing

@Suite struct `The simulate command` {
    private func simulate(_ bench: Bench, _ ledger: String, _ more: String) throws -> String {
        try bench.good("simulate --scenario \(Shipped.twoCats) --ledger \(ledger) \(more)")
        return try bench.exportDigest(ledger)
    }

    @Test func `one seed gives one export, with one job and two; another seed does not`() throws {
        let bench = try Bench()
        let first = try simulate(bench, "a", "--years 1 --seed 42")
        #expect(try simulate(bench, "b", "--years 1 --seed 42") == first)
        #expect(try simulate(bench, "c", "--years 1 --seed 42 --jobs 2") == first)
        #expect(try simulate(bench, "d", "--years 1 --seed 43") != first)
    }

    @Test(arguments: [97, 300, 1_000])
    func `threads change no byte of the file, batches no event`(batch: Int) throws {
        let bench = try Bench()
        let years = "--years 1 --seed 5 --batch \(batch)"
        let one = try simulate(bench, "one", years)
        #expect(try simulate(bench, "three", years + " --jobs 3") == one)
        #expect(try bench.bytes("one") == bench.bytes("three"))
        #expect(try simulate(bench, "whole", "--years 1 --seed 5") == one)
    }

    @Test func `three years are the begin of five, and go on to them`() throws {
        let bench = try Bench()
        for (ledger, years) in [("three", 3), ("five", 5)] {
            try bench.good(
                "simulate --scenario \(Shipped.twoCats) --seed 7 --years \(years) --ledger \(ledger)"
            )
            try bench.good("export --format jsonl --ledger \(ledger) -o \(ledger).jsonl")
        }
        let three = try bench.bytes("three.jsonl")
        let five = try bench.bytes("five.jsonl")
        #expect(three.count < five.count && five.starts(with: three))

        let said = try bench.good(
            "simulate --scenario \(Shipped.twoCats) --seed 7 --years 5 --ledger three")
        #expect(said.contains(" new after "))
        #expect(try bench.root("three") == bench.root("five"))
        #expect(try bench.listing.filter { $0.hasPrefix("three") } == ["three", "three.jsonl"])
    }

    @Test(arguments: [
        ("--seed 2 --years 5", "its seed is 1, not 2"),
        ("--seed 1 --years 5 --start 2021-01-01", "its start is"),
        ("--seed 1 --years 1", "beyond the end of 1 years"),
    ])
    func `a ledger of another run is refused, and stays as it is`(
        options: String, reason: String
    ) throws {
        let bench = try Bench()
        try bench.good("simulate --scenario \(Shipped.twoCats) --seed 1 --years 2 --ledger l")
        let before = try bench.bytes("l")
        let said = try bench.bad(
            65, "simulate --scenario \(Shipped.twoCats) --ledger l \(options)")
        #expect(said.contains(reason) && said.contains("--ledger"))
        #expect(try bench.bytes("l") == before)
    }

    @Test func `another scenario on the same ledger is refused`() throws {
        let bench = try Bench()
        try bench.good("simulate --scenario \(Shipped.twoCats) --seed 1 --years 1 --ledger l")
        let other = Shipped.scenario("single-feeder")
        let said = try bench.bad(65, "simulate --scenario \(other) --seed 1 --years 1 --ledger l")
        #expect(said.contains("l holds another history (its scenario"))
        try bench.good("import \(Shipped.archive) --ledger i")
        let foreign = try bench.bad(
            65, "simulate --scenario \(Shipped.twoCats) --seed 1 --years 1 --ledger i")
        #expect(foreign.contains("i holds another history"))
    }

    @Test func `a wrong scenario is named with line and column`() throws {
        let bench = try Bench()
        let text = try String(contentsOfFile: Shipped.twoCats, encoding: .utf8)
        try bench.write(text.replacing("spread: 35m", with: "spred: 35m"), to: "bad.yaml")
        let said = try bench.bad(65, "simulate --scenario bad.yaml --seed 1 --years 1 --ledger l")
        #expect(said.contains(/bad\.yaml:\d+:\d+: .*spread/))
        #expect(try bench.listing == ["bad.yaml"])
    }

    @Test(
        arguments: [
            (66, "--scenario none.yaml --years 1 --seed 1 --ledger l", "no scenario at none.yaml"),
            (66, "--scenario . --years 1 --seed 1 --ledger l", "is a directory"),
            (64, "--scenario S --years 0 --seed 1 --ledger l", "--years takes 1 to 1000, not 0"),
            (64, "--scenario S --years 1 --seed -1 --ledger l", "--seed"),
            (64, "--scenario S --years 1 --seed 1 --jobs 0 --ledger l", "--jobs takes 1 to 256"),
            (64, "--scenario S --years 1 --seed 1 --wait -2 --ledger l", "--wait"),
            (64, "--scenario S --years 1 --seed 1 --start 2020-02-30 --ledger l", "--start"),
            (64, "--scenario S --years 900 --seed 1 --ledger l", "by the year 2500"),
            (64, "--scenari S --years 1 --seed 1 --ledger l", "did you mean --scenario?"),
            (64, "--scenario S --yers 1 --ledger l", "did you mean --years?"),
            (73, "--scenario S --years 1 --seed 1 --ledger no/l", "there is no folder"),
            (73, "--scenario S --years 1 --seed 1 --ledger .", "is a directory"),
        ] as [(Int32, String, String)])
    func `wrong usage says what is right`(code: Int32, words: String, reason: String) throws {
        let bench = try Bench()
        let said = try bench.bad(
            code, "simulate " + words.replacing("S ", with: Shipped.twoCats + " "))
        #expect(said.contains(reason), "\(said)")
        #expect(try bench.listing == [])
    }
}
