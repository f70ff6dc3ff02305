import CatFeeder
import EventBus
import EventModel
import Expectations
import Ledger

/// A replay's states: as EventBridge has them.
public enum ReplayState: String, Sendable {
    case starting = "STARTING"
    case running = "RUNNING"
    case cancelling = "CANCELLING"
    case completed = "COMPLETED"
    case cancelled = "CANCELLED"
    case failed = "FAILED"
}

/// How far a replay is.
public struct ReplayProgress: Sendable {
    public var state: ReplayState
    /// Events that were put on the bus.
    public var events: Int
    /// The sequence of the event that was put last; 0 before the first.
    public var sequence: Int
    /// The time of that event: EventBridge's EventLastReplayedTime.
    public var lastReplayed: Timestamp?
    /// The moment of virtual time.
    public var now: Timestamp
    /// The sequence from which another replay goes on, so that nothing is lost: of a run that was
    /// cancelled or failed. nil where every event was sent.
    public var next: Int?
}

/// What came of a replay.
public struct ReplayReport: Sendable {
    public var name: String
    public var state: ReplayState
    public var model: String
    public var seed: UInt64
    public var faults: String
    public var progress: ReplayProgress
    public var bus: Bus.Counts
    /// What was decided on purpose, counted by kind, in order of the words.
    public var decisions: [(kind: String, count: Int)]
    public var audit: AuditReport
    /// The state of each projection target: its name and the digest.
    public var digests: [(projection: String, digest: String, events: Int, copies: Int)]
    public var feeders: [(name: String, counts: FeederDevice.Counts)]
    public var messagesPublished: Int
    public var replaysIgnored: Int
    /// What lies in each dead-letter queue in the end.
    public var deadLetters: [String: [DeadLetter]]
    /// Events that were given up by targets without a queue.
    public var dropped: Int
    public var root: String

    /// Motors that ran, over all feeders.
    public var dispenses: Int { feeders.reduce(0) { $0 + $1.counts.dispenses } }
    public var grams: Int { feeders.reduce(0) { $0 + $1.counts.grams } }
    public var isAccepted: Bool { audit.isAccepted && state != .failed }
}
