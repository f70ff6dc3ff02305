import EventModel

/// Where a ledger ends, and the hash that stands for all of it.
public struct LedgerHead: Sendable, Equatable {
    /// The last event's sequence; 0 in an empty ledger.
    public var sequence: Int
    /// The Merkle tree head of all events up to it (RFC 9162).
    public var root: SHA256Digest
    /// The last event's recorded time; nil in an empty ledger.
    public var recorded: Timestamp?

    public init(sequence: Int, root: SHA256Digest, recorded: Timestamp?) {
        self.sequence = sequence
        self.root = root
        self.recorded = recorded
    }
}

/// Where a run of a writer came from, and how far it got.
public struct LedgerRun: Sendable, Equatable {
    public var number: Int
    /// The head when the run began.
    public var begin: Int
    /// What was run on what, as the text of one JSON object: equal text means equal provenance.
    public var provenance: String
    /// How many of its inputs the run has dealt with: kept, or skipped as known.
    public var consumed: Int
    /// Whether the run came to its end; a run that did not can be resumed.
    public var isComplete: Bool
}

/// What `append` did.
public struct AppendOutcome: Sendable, Equatable {
    /// Events that are new in the ledger.
    public var appended = 0
    /// Events that were there already, and the same.
    public var skipped = 0
    /// Events whose recorded time was raised to the head's, so that recorded time never falls.
    public var raised = 0

    public init() {}

    public static func += (sum: inout AppendOutcome, other: AppendOutcome) {
        sum.appended += other.appended
        sum.skipped += other.skipped
        sum.raised += other.raised
    }
}
