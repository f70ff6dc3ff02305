import EventBus
import EventModel
import Expectations

/// Listens to the bus and writes down what may explain a message that is missing or comes again.
final class DecisionLog: BusObserver {
    /// Called with each decision, in order of virtual time.
    var onDecision: (RunDecision) -> Void = { _ in }
    /// Called with each message that the broker will send again.
    var onRedelivery: (MessageKey) -> Void = { _ in }
    /// Counts by kind, for the report.
    private(set) var counts: [String: Int] = [:]

    func bus(_ attempt: AttemptAddress, came outcome: BusOutcome, at now: Timestamp) {
        switch outcome {
        case .delivered: break
        case .failed(_, let hasActed, _): note(attempt, .failed(acted: hasActed), now)
        case .duplicated: note(attempt, .duplicated, now)
        case .deadLettered: note(attempt, .deadLettered, now)
        }
    }

    func note(_ attempt: AttemptAddress, _ kind: RunDecision.Kind, _ now: Timestamp) {
        note(
            RunDecision(
                sequence: attempt.sequence, target: attempt.target, kind: kind, at: now))
    }

    /// The broker will send a message again, which a feeder had and had not acknowledged.
    func noteRedelivery(_ key: MessageKey) {
        counts["sent-again", default: 0] += 1
        onRedelivery(key)
    }

    func note(_ decision: RunDecision) {
        counts[decision.kind.word, default: 0] += 1
        onDecision(decision)
    }
}

extension RunDecision.Kind {
    /// The decision in a word, for logs.
    public var word: String {
        switch self {
        case .missed: "missed-by-archive"
        case .failed(let acted): acted ? "answer-lost" : "target-failed"
        case .duplicated: "delivered-again"
        case .deadLettered: "dead-lettered"
        case .lost: "message-lost"
        }
    }
}
