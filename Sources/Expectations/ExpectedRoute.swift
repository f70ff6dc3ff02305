import EventModel
import EventPatterns

/// A rule's target that sends a message for each event, as the expectation sees it.
public struct ExpectedRoute: Sendable {
    /// Which form of the function sends the message.
    public enum Variant: Sendable { case deployed, mended }

    /// The rule that the target belongs to, by its names.
    public var rule: ExpectedRule
    /// The rule's pattern.
    public var pattern: EventPattern
    /// The target's id.
    public var target: String
    /// Decides what the message holds, and its QoS.
    public var variant: Variant
    /// May hold `${feeder}` and `${device}`.
    public var topic: String
    /// Whether the function sends a message for a replayed event, too.
    public var publishesReplays: Bool
    /// What of the event the function is given; nil for the whole event.
    public var input: ExpectedInput?
    /// Attempts after the first one that the bus makes.
    public var retries: Int
    /// How old an event may grow before the bus gives it up.
    public var maximumAgeSeconds: Int

    /// A route; unless told otherwise the whole event is given, with the service's retries.
    public init(
        rule: ExpectedRule, pattern: EventPattern, target: String, variant: Variant, topic: String,
        publishesReplays: Bool, input: ExpectedInput? = nil, retries: Int = 185,
        maximumAgeSeconds: Int = 86_400
    ) {
        self.rule = rule
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

/// What a rule is called, and the bus that it is a rule of.
public struct ExpectedRule: Sendable, Equatable {
    /// Unique on its bus.
    public var name: String
    /// The name of the bus.
    public var bus: String
    /// The AWS account, twelve digits.
    public var account: String
    /// The AWS region.
    public var region: String

    /// A rule by its own name and those of its bus.
    public init(name: String, bus: String, account: String, region: String) {
        self.name = name
        self.bus = bus
        self.account = account
        self.region = region
    }

    /// `arn:aws:events:<region>:<account>:rule/<bus>/<rule>`, put together here on purpose: what the
    /// path spells is what this is compared with.
    var arn: String {
        ["arn", "aws", "events", region, account, "rule/" + bus + "/" + name]
            .joined(separator: ":")
    }
}

/// What a target is given of an event: an `InputPath`, or an `InputTransformer`.
public enum ExpectedInput: Sendable {
    case path(String)
    case template(paths: [(name: String, path: String)], text: String)

    /// Whether it holds the moment at which the bus took the event in. That is known of an `ordered`
    /// replay only: there it is the event's recorded time.
    public var holdsIngestionTime: Bool {
        guard case .template(_, let text) = self else { return false }
        return text.contains("<aws.events.event.ingestion-time>")
    }
}
