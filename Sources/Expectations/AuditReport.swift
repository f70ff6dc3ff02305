import EventModel

/// A message that was not as expected, or is an example of those that were not.
public struct MessageFinding: Sendable, Equatable {
    /// The event's sequence; nil for a message that no event leads to.
    public var sequence: Int?
    /// Topic and payload.
    public var key: MessageKey
    /// When it should have arrived, or did.
    public var at: Timestamp?
}

/// What came of comparing the messages of a replay with those that it must send.
public struct AuditReport: Sendable, Equatable {
    /// A kind of deviation: how many there were, and the first of them.
    public struct Deviation: Sendable, Equatable {
        /// How many messages deviate.
        public internal(set) var count = 0
        /// The first one that was found; nil where there is none.
        public internal(set) var first: MessageFinding?

        mutating func add(_ finding: @autoclosure () -> MessageFinding, times: Int = 1) {
            guard times > 0 else { return }
            if count == 0 { first = finding() }
            count += times
        }
    }

    /// Messages that the events and the log of decisions lead to.
    public internal(set) var expected = 0
    /// Messages that reached a feeder.
    public internal(set) var received = 0
    /// Messages that were expected and never came.
    public internal(set) var missing = Deviation()
    /// Messages that no event leads to.
    public internal(set) var unexpected = Deviation()
    /// Messages that came more often than the events and the log allow.
    public internal(set) var duplicated = Deviation()
    /// Messages that came too early, too late or after one that they should precede.
    public internal(set) var outOfOrder = Deviation()
    /// Decisions of the run that its model does not allow.
    public internal(set) var refused: [String] = []

    /// Nothing expected, nothing received.
    public init() {}

    /// Whether everything was as it may be.
    public var isAccepted: Bool {
        missing.count + unexpected.count + duplicated.count + outOfOrder.count == 0
            && refused.isEmpty
    }

    /// The four kinds by their names, in the order in which reports show them.
    public var deviations: [(name: String, Deviation)] {
        [
            ("missing", missing), ("unexpected", unexpected), ("duplicated", duplicated),
            ("out of order", outOfOrder),
        ]
    }
}
