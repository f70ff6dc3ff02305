import EventModel
import EventPatterns

/// A rule's target that sends a message for each event, as the expectation sees it.
public struct ExpectedRoute: Sendable {
    public enum Variant: Sendable { case deployed, mended }

    public var pattern: EventPattern
    public var target: String
    public var variant: Variant
    /// May hold `${feeder}` and `${device}`.
    public var topic: String
    /// Whether the function sends a message for a replayed event, too.
    public var publishesReplays: Bool
    /// What of the event the function is given; nil for the whole event.
    public var input: ExpectedInput?
    /// Attempts after the first one that the bus makes.
    public var retries: Int
    public var maximumAgeSeconds: Int

    public init(
        pattern: EventPattern, target: String, variant: Variant, topic: String,
        publishesReplays: Bool, input: ExpectedInput? = nil, retries: Int = 185,
        maximumAgeSeconds: Int = 86_400
    ) {
        self.pattern = pattern
        self.target = target
        self.variant = variant
        self.topic = topic
        self.publishesReplays = publishesReplays
        self.input = input
        self.retries = retries
        self.maximumAgeSeconds = maximumAgeSeconds
    }
}

/// What a target is given of an event: an `InputPath`, or an `InputTransformer`.
public enum ExpectedInput: Sendable {
    case path(String)
    case template(paths: [(name: String, path: String)], text: String)
}
