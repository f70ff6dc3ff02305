import EventModel

/// Which events of a ledger a replay takes.
public struct ReplayWindow: Sendable, Equatable {
    /// The first sequence that counts, from 1.
    public var first: Int
    /// The last sequence that counts.
    public var last: Int
    /// Events that happened before this moment are left out.
    public var from: Timestamp?
    /// Events that happened after this moment are left out.
    public var until: Timestamp?

    /// All of a ledger up to `last`, unless told otherwise.
    public init(first: Int = 1, last: Int, from: Timestamp? = nil, until: Timestamp? = nil) {
        self.first = first
        self.last = last
        self.from = from
        self.until = until
    }

    /// Whether an event of the ledger, between `first` and `last`, counts.
    public func contains(_ time: Timestamp) -> Bool {
        time >= from ?? .earliest && time <= until ?? .latest
    }
}
