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

    /// The event, to be sent again as it is.
    public var event: BusEvent
    /// The name of the rule that matched it.
    public var rule: String
    /// The id of the target that did not take it.
    public var target: String
    /// Why no further attempt was made.
    public var condition: Condition
    /// The target's last words.
    public var errorCode: String
    /// The reason that goes with the code, in a sentence.
    public var errorMessage: String
    /// Attempts that were made, the first one included.
    public var attempts: Int
    /// When the event was given up.
    public var at: Timestamp
}
