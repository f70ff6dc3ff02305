import EventModel
import Simulation

/// How often, and for how long, an event is sent again to a target that failed.
///
/// As EventBridge: exponential back-off with jitter, up to 185 further attempts within 24 hours.
/// <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-retry-policy.html>
public struct RetryPolicy: Sendable, Equatable {
    /// Attempts after the first one, 0 to 185.
    public var attempts: Int
    /// How old an event may be, counted from when it was put, 60 to 86,400 seconds.
    public var maximumAgeSeconds: Int

    /// How many further attempts the service takes.
    public static let attemptsRange = 0...185
    /// How many seconds the service lets an event grow old.
    public static let ageRange = 60...86_400

    /// Values outside the service's ranges are taken to the nearest end.
    public init(attempts: Int = 185, maximumAgeSeconds: Int = 86_400) {
        self.attempts = min(max(attempts, 0), 185)
        self.maximumAgeSeconds = min(max(maximumAgeSeconds, 60), 86_400)
    }

    /// What becomes of an event whose attempt `failed` (counted from 1) has failed.
    public enum Decision: Equatable, Sendable {
        case retry(at: Timestamp)
        case giveUp(DeadLetter.Condition)
    }

    /// The longest pause between two attempts: with it, 185 attempts last about a day.
    static let longestPause: Int64 = 600_000_000

    /// - Parameters:
    ///   - failed: which attempt has failed, from 1.
    ///   - put: when the event came to the bus.
    ///   - now: when the attempt failed.
    ///   - random: a word of the address of this attempt: the jitter.
    public func decision(failed: Int, put: Timestamp, now: Timestamp, random: UInt64) -> Decision {
        guard failed <= attempts else { return .giveUp(.maximumRetryAttempts) }
        // 1 s, 2 s, 4 s, … up to ten minutes, of which the upper half is drawn.
        let full = failed > 10 ? RetryPolicy.longestPause : 1_000_000 << Int64(failed - 1)
        let pause = min(full, RetryPolicy.longestPause)
        let jitter = Int64(random.multipliedFullWidth(by: UInt64(pause / 2)).high)
        let next = Timestamp(microseconds: now.microseconds + pause - jitter)
        let end = put.microseconds + Int64(maximumAgeSeconds) * 1_000_000
        return next.microseconds > end ? .giveUp(.maximumEventAge) : .retry(at: next)
    }
}
