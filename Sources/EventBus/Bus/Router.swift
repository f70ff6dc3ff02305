import EventModel
import EventPatterns

/// Finds the rules that match an event, and remembers what it found for events of one content.
///
/// A ledger has a handful of contents and millions of events. Unless a pattern looks at what differs
/// between events of one content (`id`, `time`), the first of them decides for all.
struct Router {
    private let matcher: RuleMatcher
    private let canRemember: Bool
    private var known = ContentMemo<[Int]>()
    private var replay: String?

    init(_ patterns: [EventPattern]) {
        matcher = RuleMatcher(patterns)
        canRemember = !patterns.contains {
            $0.topLevelFields.contains("id") || $0.topLevelFields.contains("time")
        }
    }

    /// The places of the rules that match, in order.
    mutating func rules(for event: BusEvent, _ envelope: EventEnvelope) throws -> [Int] {
        guard canRemember else { return try matcher.match(event, envelope) }
        if event.replayName != replay {
            replay = event.replayName
            known.forgetAll()
        }
        return try known.value(of: event.event.content) { _ in try matcher.match(event, envelope) }
    }

}

extension RuleMatcher {
    fileprivate func match(_ event: BusEvent, _ envelope: EventEnvelope) throws -> [Int] {
        try envelope.bytes(of: event).withUnsafeBytes { try matches($0) }
    }
}
