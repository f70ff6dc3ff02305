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
    /// Events that a target failed on, by target: they wait for another attempt.
    private var failed: [String: Set<Int>] = [:]

    /// The sequences of events that wait for another attempt, in no order.
    var awaited: [Int] { failed.values.flatMap { $0 } }

    func bus(_ attempt: AttemptAddress, came outcome: BusOutcome, at now: Timestamp) {
        switch outcome {
        case .delivered: if !failed.isEmpty { failed[attempt.target]?.remove(attempt.sequence) }
        case .failed(_, let hasActed, _):
            failed[attempt.target, default: []].insert(attempt.sequence)
            note(attempt, .failed(acted: hasActed), now)
        case .duplicated: note(attempt, .duplicated, now)
        // What a cancelled replay gave up waits for the next one.
        case .deadLettered(let letter) where letter.errorCode == TargetFailure.cancelled.code:
            note(attempt, .deadLettered, now)
        case .deadLettered:
            failed[attempt.target]?.remove(attempt.sequence)
            note(attempt, .deadLettered, now)
        case .redriven: note(attempt, .redriven, now)
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
        case .redriven: "redriven"
        case .lost: "message-lost"
        }
    }
}
