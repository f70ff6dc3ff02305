import EventModel

/// An event that a target never took, with the reasons.
public struct DeadLetter: Sendable {
    /// Which limit ended the attempts.
    public enum Condition: String, Sendable {
        case maximumRetryAttempts = "MaximumRetryAttempts"
        case maximumEventAge = "MaximumEventAge"
        /// The target said that no further attempt can help, or the input could not be made.
        case notRetryable = "NotRetryable"
    }

    public var event: BusEvent
    public var rule: String
    public var target: String
    public var condition: Condition
    /// The target's last words.
    public var errorCode: String
    public var errorMessage: String
    /// Attempts that were made, the first one included.
    public var attempts: Int
    public var at: Timestamp
}
