import EventPatterns

/// Sends the events that a pattern matches to its targets.
public struct Rule: Sendable {
    /// Unique on its bus.
    public var name: String
    /// Which events the rule is for.
    public var pattern: EventPattern
    /// A rule that is not is left out, as if its pattern matched nothing.
    public var isEnabled: Bool
    /// Each gets every event that matches, in this order.
    public var targets: [TargetBinding]

    /// A rule, which is on unless told otherwise.
    public init(
        name: String, pattern: EventPattern, isEnabled: Bool = true, targets: [TargetBinding]
    ) {
        self.name = name
        self.pattern = pattern
        self.isEnabled = isEnabled
        self.targets = targets
    }
}

/// How a rule is bound to a target: what the target is given, and what happens when it fails.
public struct TargetBinding: Sendable {
    /// The target's id, which names it among all targets of the bus.
    public var id: String
    /// What of the event the target is given; nil for the whole event.
    public var input: TargetInput?
    /// How often and how long a failed attempt is made again.
    public var retry: RetryPolicy
    /// The dead-letter queue of events that were given up; nil to drop them.
    public var deadLetters: String?

    /// A binding; unless told otherwise it gives the whole event, with the service's retries.
    public init(
        id: String, input: TargetInput? = nil, retry: RetryPolicy = RetryPolicy(),
        deadLetters: String? = nil
    ) {
        self.id = id
        self.input = input
        self.retry = retry
        self.deadLetters = deadLetters
    }
}
