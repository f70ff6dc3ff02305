import EventModel
import EventPatterns
import Foundation

/// Matching of the events of a fixture against one rule and against 300.
struct PatternLoops {
    private let patterns: [EventPattern]
    private let events: [[UInt8]]
    private static let rounds = 20

    init(root: String) throws {
        let folder = root + "/Fixtures/eventbridge"
        patterns = try PatternLoops.lines(folder + "/rules.jsonl").map { line in
            guard let text = try JSONValue(parsing: line)["pattern"]?.string else {
                throw CountProofError(description: "\(folder)/rules.jsonl: a rule has no pattern")
            }
            return try EventPattern(parsing: text)
        }
        events = try PatternLoops.lines(folder + "/events.jsonl").map { Array($0.utf8) }
    }

    private static func lines(_ path: String) throws -> [Substring] {
        try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
    }

    func loops() -> [HotLoop] {
        [
            loop("patterns: 1 rule", Array(patterns.prefix(1))),
            loop("patterns: \(patterns.count) rules", patterns),
        ]
    }

    private func loop(_ name: String, _ patterns: [EventPattern]) -> HotLoop {
        let matcher = RuleMatcher(patterns)
        return HotLoop(name: name, law: AllocationLaw(unit: "event", most: 0)) { doubled in
            var scratch = MatchScratch()
            var found: [Int] = []
            // Grown beforehand: each event may need more room than those before it.
            for event in events { try match(event, matcher, &found, &scratch) }
            let rounds = PatternLoops.rounds * (doubled ? 2 : 1)
            let allocations = try Allocations.of {
                for _ in 0..<rounds {
                    for event in events { try match(event, matcher, &found, &scratch) }
                }
            }
            let count = rounds * events.count
            return LoopRun(events: count, units: count, allocations: allocations)
        }
    }

    private func match(
        _ event: [UInt8], _ matcher: RuleMatcher, _ found: inout [Int],
        _ scratch: inout MatchScratch
    ) throws {
        try event.withUnsafeBytes { try matcher.matches($0, into: &found, scratch: &scratch) }
    }
}
