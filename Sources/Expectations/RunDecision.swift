import EventModel

/// Something that a run did on purpose, or had to do, to one event on its way to one target: why a
/// message may be missing or come again. Whatever is not in the log is not allowed.
public struct RunDecision: Sendable, Equatable {
    /// What was decided.
    public enum Kind: Sendable, Hashable, CaseIterable {
        /// The archive did not have the event yet when the replay began.
        case missed
        /// The target failed; `acted` where its message was out all the same.
        case failed(acted: Bool)
        /// The bus delivered the event once more.
        case duplicated
        /// The bus gave the event up.
        case deadLettered
        /// The bus took the event out of its dead-letter queue, and gave it to its target anew.
        case redriven
        /// A message was on its way to the feeder and got lost: the feeder was away, or the network
        /// lost it.
        case lost

        public static var allCases: [Kind] {
            [
                .missed, .failed(acted: false), .failed(acted: true), .duplicated, .deadLettered,
                .redriven, .lost,
            ]
        }
    }

    /// The event's place in the ledger.
    public var sequence: Int
    /// The target's id.
    public var target: String
    /// What was done to the event there.
    public var kind: Kind
    /// When, in virtual time.
    public var at: Timestamp

    /// A decision as the run logs it.
    public init(sequence: Int, target: String, kind: Kind, at: Timestamp) {
        self.sequence = sequence
        self.target = target
        self.kind = kind
        self.at = at
    }
}
