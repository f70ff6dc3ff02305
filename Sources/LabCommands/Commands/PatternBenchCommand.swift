import ArgumentParser
import EventModel
import EventPatterns
import Foundation
import Lab

struct PatternBenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Measure how many events a second are held against rules, on one thread.",
        discussion: """
            --rules takes lines such as {"name":"r1","pattern":"{…}"}, --events one event a line, \
            --expected lines such as {"event":0,"rules":["r1"]}, the first event being 0.

              replaylab pattern bench --rules Fixtures/eventbridge/rules.jsonl \\
                  --events Fixtures/eventbridge/events.jsonl \\
                  --expected Fixtures/eventbridge/expected-matches.jsonl
            """)

    @Option(
        help: ArgumentHelp("The rules, one JSON object a line.", valueName: "file"),
        completion: .file())
    var rules: String

    @Option(help: ArgumentHelp("The events, one a line.", valueName: "file"), completion: .file())
    var events: String

    @Option(
        help: ArgumentHelp("What each event should match.", valueName: "file"), completion: .file())
    var expected: String?

    @Option(help: ArgumentHelp("Rounds, of which the median counts.", valueName: "n"))
    var rounds = 5

    @Option(help: ArgumentHelp("The least time of a round.", valueName: "seconds"))
    var seconds = 1.0

    @Flag(help: "Print one JSON object.")
    var json = false

    func validate() throws {
        guard (1...1000).contains(rounds) else {
            throw ValidationError("--rounds takes 1 to 1000, not \(rounds)")
        }
        guard seconds >= 0, seconds <= 3600 else {
            throw ValidationError("--seconds takes 0 to 3600, not \(seconds)")
        }
    }

    private struct Rule {
        let name: String
        let pattern: EventPattern
    }

    func run() throws {
        let rules = try JSONLines(self.rules, "--rules").map { line, _ in
            Rule(
                name: try line.text("name"),
                pattern: try EventPattern(parsing: try line.text("pattern")))
        }
        let lines = try JSONLines(events, "--events")
        guard !lines.lines.isEmpty else {
            throw LineError(path: events, line: 1, reason: "there are no events to measure with")
        }
        let matcher = RuleMatcher(rules.map(\.pattern))
        let found = try matches(of: lines, matcher)
        if let expected {
            try compare(found.map { $0.map { rules[$0].name } }, with: expected)
        }
        let rate = try measure(lines.lines.map { Array($0.bytes) }, matcher)
        let matches = found.reduce(0) { $0 + $1.count }
        if json {
            let object: JSONValue = [
                "rules": .int(rules.count), "events": .int(found.count), "matches": .int(matches),
                "eventsPerSecond": .int(Int(rate)),
            ]
            Terminal.print(object.text())
        } else {
            Terminal.print(
                "\(Figures.grouped(Int(rate))) events/s with \(Figures.count(rules.count, "rule")),"
                    + " \(Figures.count(found.count, "event"))"
                    + " and \(Figures.count(matches, "match", "matches")), median of"
                    + " \(Figures.count(rounds, "round"))")
        }
    }

    /// What each event matches; malformed ones are named.
    private func matches(of events: JSONLines, _ matcher: RuleMatcher) throws -> [[Int]] {
        try events.lines.map { number, bytes in
            do {
                return try bytes.withUnsafeBytes { try matcher.matches($0) }
            } catch {
                throw LineError(path: events.path, line: number, reason: "\(error)")
            }
        }
    }

    private func compare(_ found: [[String]], with path: String) throws {
        var differences = 0
        let expected = try JSONLines(path, "--expected").map { line, _ in
            guard let event = line["event"]?.int, let rules = line["rules"]?.array else {
                throw UsageError(description: "\"event\" must be a number, \"rules\" an array")
            }
            guard found.indices.contains(event) else {
                throw UsageError(description: "there is no event \(event)")
            }
            return (event, rules.map { $0.string ?? "" })
        }
        for (event, rules) in expected where rules.sorted() != found[event].sorted() {
            differences += 1
            let difference =
                "event \(event): expected \(rules.joined(separator: " ")),"
                + " found \(found[event].joined(separator: " "))"
            Terminal.note(difference.printable)
        }
        if expected.count != found.count {
            differences += 1
            Terminal.note("\(path): \(expected.count) lines for \(found.count) events")
        }
        if differences > 0 { throw ExitStatus.finding }
    }

    /// Events a second: the median of the rounds.
    private func measure(_ events: [[UInt8]], _ matcher: RuleMatcher) throws -> Double {
        var scratch = MatchScratch()
        var found: [Int] = []
        var rates: [Double] = []
        let clock = ContinuousClock()
        for _ in 0..<rounds {
            var count = 0
            let start = clock.now
            var elapsed = Duration.zero
            repeat {
                for event in events {
                    try event.withUnsafeBytes {
                        try matcher.matches($0, into: &found, scratch: &scratch)
                    }
                }
                count += events.count
                elapsed = clock.now - start
            } while elapsed < .seconds(seconds)
            rates.append(Double(count) / max(elapsed / .seconds(1), 1e-9))
        }
        return rates.sorted()[rates.count / 2]
    }
}
