import EventBus
import EventModel
import EventPatterns
import Foundation

/// A target that writes down what it gets, and fails when it is told to.
final class Recorder: Target {
    struct Receipt: Equatable {
        var sequence: Int?
        var rule: String
        var attempt: Int
        var now: Timestamp
        var input: String
    }

    private(set) var receipts: [Receipt] = []
    /// Asked at each attempt, after it was written down.
    var failure: (Receipt) -> TargetFailure? = { _ in nil }

    func receive(_ delivery: borrowing Delivery) throws {
        let input = try delivery.withInput { String(decoding: $0, as: UTF8.self) }
        let receipt = Receipt(
            sequence: delivery.event.sequence, rule: delivery.rule, attempt: delivery.attempt,
            now: delivery.now, input: input)
        receipts.append(receipt)
        if let failure = failure(receipt) { throw failure }
    }
}

/// Fates by sequence and attempt; nothing where none is given.
final class Fates: Disturbance {
    var fates: [Int: [Int: Fate]] = [:]
    private(set) var asked: [AttemptAddress] = []

    func fate(of attempt: AttemptAddress, at now: Timestamp) -> Fate {
        asked.append(attempt)
        return fates[attempt.sequence]?[attempt.attempt] ?? .deliver
    }
}

/// Writes down what a bus says that it did.
final class Outcomes: BusObserver {
    private(set) var words: [String] = []

    func bus(_ attempt: AttemptAddress, came outcome: BusOutcome, at now: Timestamp) {
        let word =
            switch outcome {
            case .delivered: "delivered"
            case .failed(let failure, let hasActed, let next):
                "failed \(failure.code)\(hasActed ? " acted" : "")\(next == nil ? ", last" : "")"
            case .duplicated: "duplicated"
            case .redriven: "redriven"
            case .deadLettered(let letter): "given up \(letter.condition.rawValue)"
            }
        words.append("\(attempt.sequence) \(attempt.target) \(attempt.attempt): \(word)")
    }
}

enum Sample {
    static let name = BusName(
        name: "feedmyfurbabies", account: "123456789012", region: "ap-southeast-2")
    /// 2023-03-12T07:15:04.987654Z
    static let time = Timestamp(microseconds: 1_678_605_304_987_654)

    static func press(
        _ click: String = "SINGLE", source: String = "com.feedmyfurbabies", id: String = "event-1",
        at time: Timestamp = time
    ) -> Event {
        Event(
            id: EventID(id), time: time,
            content: EventContent(
                source: source, detailType: "AWS IoT 1-Click", device: nil,
                detail: "{\"click-type\": \"\(click)\"}"))
    }

    static func pattern(_ text: String) -> EventPattern {
        do { return try EventPattern(parsing: text) } catch { fatalError("\(error)") }
    }

    static let presses = pattern(#"{"source":["com.feedmyfurbabies"]}"#)

    static func rule(
        _ name: String = "feeds-rule", _ pattern: EventPattern = presses, isEnabled: Bool = true,
        to targets: TargetBinding...
    ) -> Rule {
        Rule(name: name, pattern: pattern, isEnabled: isEnabled, targets: targets)
    }

    /// A bus with one rule for all presses, and one target.
    static func bus(
        _ target: Recorder, retry: RetryPolicy = RetryPolicy(), deadLetters: String? = "letters",
        input: TargetInput? = nil, seed: UInt64 = 1, disturbance: (any Disturbance)? = nil
    ) -> Bus {
        Bus(
            name: name,
            rules: [
                rule(
                    to: TargetBinding(
                        id: "one", input: input, retry: retry, deadLetters: deadLetters))
            ], targets: ["one": target], seed: seed, disturbance: disturbance)
    }

    /// Lets a bus go on until nothing waits.
    static func drain(_ bus: Bus) throws {
        while let next = bus.nextDeadline { try bus.advance(to: next) }
    }
}

extension TargetFailure {
    static let busy = TargetFailure(code: "SDK_CLIENT_ERROR", reason: "busy")
    static let refused = TargetFailure(code: "NO_ACCESS", reason: "refused", isPermanent: true)
}
