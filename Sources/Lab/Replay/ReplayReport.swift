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
    /// Where in its life the replay stands.
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
    /// The replay's name, which its events carried.
    public var name: String
    /// How it ended.
    public var state: ReplayState
    /// The word of the delivery model.
    public var model: String
    /// The root of everything that was drawn.
    public var seed: UInt64
    /// The faults that were on, with their rates.
    public var faults: String
    /// How far it came.
    public var progress: ReplayProgress
    /// What the bus did.
    public var bus: Bus.Counts
    /// What was decided on purpose, counted by kind, in order of the words.
    public var decisions: [(kind: String, count: Int)]
    /// What came of comparing the messages with those that must be sent.
    public var audit: AuditReport
    /// The state of each projection target: its name and the digest.
    public var digests: [(projection: String, digest: String, events: Int, copies: Int)]
    /// What each feeder did, in the topology's order.
    public var feeders: [(name: String, counts: FeederDevice.Counts)]
    /// Messages that functions sent.
    public var messagesPublished: Int
    /// Events that mended functions left alone, because they are replayed.
    public var replaysIgnored: Int
    /// What lies in each dead-letter queue in the end.
    public var deadLetters: [String: [DeadLetter]]
    /// Events that were given up by targets without a queue.
    public var dropped: Int
    /// The ledger's tree head, in hexadecimal digits.
    public var root: String

    /// Motors that ran, over all feeders.
    public var dispenses: Int { feeders.reduce(0) { $0 + $1.counts.dispenses } }
    /// Grams that fell, over all feeders.
    public var grams: Int { feeders.reduce(0) { $0 + $1.counts.grams } }
    /// Whether it did not fail, and every message was as it may be.
    public var isAccepted: Bool { audit.isAccepted && state != .failed }
}
