import EventModel

/// One attempt's address: what a disturbance is drawn by, so that it does not depend on what else
/// happened.
public struct AttemptAddress: Sendable, Hashable {
    /// The event's sequence in the ledger; 0 for an event that has none.
    public var sequence: Int
    /// The target's id.
    public var target: String
    /// From 1. A copy has the number of the attempt that it is a copy of.
    public var attempt: Int

    /// The address of one attempt to give one event to one target.
    public init(sequence: Int, target: String, attempt: Int) {
        self.sequence = sequence
        self.target = target
        self.attempt = attempt
    }
}

/// What the world does to an attempt.
public enum Fate: Sendable, Equatable {
    /// Nothing.
    case deliver
    /// The target fails before it has done anything.
    case failBefore
    /// The target does its work, and its answer is lost: the bus takes it for a failure.
    case failAfter
    /// The event is delivered, and once more after so many microseconds.
    case deliverAgain(after: Int64)
}

/// Breaks the bus on purpose.
public protocol Disturbance: AnyObject {
    /// What the world does to this attempt, asked once, before it is made.
    func fate(of attempt: AttemptAddress, at now: Timestamp) -> Fate
}

/// What the bus did, for a log of decisions.
public enum BusOutcome: Sendable {
    case delivered
    case failed(TargetFailure, hasActed: Bool, next: Timestamp?)
    case duplicated
    case deadLettered(DeadLetter)
    /// The letter left its queue, and a first attempt is about to be made again.
    case redriven
}

/// Sees what comes of each attempt, and changes nothing of it.
public protocol BusObserver: AnyObject {
    /// Called when an attempt is over, and when a letter goes out again.
    func bus(_ attempt: AttemptAddress, came outcome: BusOutcome, at now: Timestamp)
}
