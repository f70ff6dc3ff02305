import EventModel
import EventPatterns

/// Finds the rules that match an event, and remembers what it found for events of one content.
///
/// A ledger has a handful of contents and millions of events. Unless a pattern looks at what differs
/// between events of one content (`id`, `time`), the first of them decides for all.
struct Router {
    private let matcher: RuleMatcher
    private let canRemember: Bool
    private var known: [SHA256Digest: [Int]] = [:]
    private var last: (content: EventContent, rules: [Int])?
    private var replay: String?
    private static let limit = 1 << 14

    init(_ patterns: [EventPattern]) {
        matcher = RuleMatcher(patterns)
        canRemember = !patterns.contains {
            $0.topLevelFields.contains("id") || $0.topLevelFields.contains("time")
        }
    }

    /// The places of the rules that match, in order.
    mutating func rules(for event: BusEvent, _ envelope: EventEnvelope) throws -> [Int] {
        guard canRemember else { return try match(event, envelope) }
        if event.replayName != replay {
            replay = event.replayName
            known.removeAll(keepingCapacity: true)
            last = nil
        }
        let content = event.event.content
        if let last, last.content === content { return last.rules }
        let rules: [Int]
        if let found = known[content.digest] {
            rules = found
        } else {
            rules = try match(event, envelope)
            if known.count >= Router.limit { known.removeAll(keepingCapacity: true) }
            known[content.digest] = rules
        }
        last = (content, rules)
        return rules
    }

    private func match(_ event: BusEvent, _ envelope: EventEnvelope) throws -> [Int] {
        try envelope.bytes(of: event).withUnsafeBytes { try matcher.matches($0) }
    }
}
