import EventModel
import Invariants
import Ledger
import Projections

/// The events that are left of a ledger, and how they were found.
public struct ReducedHistory: Sendable {
    /// An event that is needed.
    public struct Kept: Sendable {
        /// Its place in the ledger that was reduced.
        public var sequence: Int
        public var event: Event
        /// What was made simpler, such as `LONG to SINGLE`.
        public var changes: [String] = []
        /// What of it may be otherwise while all else stays, such as `any click`.
        public var free: [String] = []
    }

    /// A step of the way.
    public struct Stage: Sendable, Equatable {
        public var name: String
        /// How many events were left after it.
        public var events: Int
        /// Histories that were tried.
        public var probes: Int
        /// Events that the invariant was given.
        public var applications: Int

        public init(name: String, events: Int, probes: Int, applications: Int) {
            (self.name, self.events, self.probes) = (name, events, probes)
            self.applications = applications
        }
    }

    public var invariant: ChosenInvariant
    /// Which failure it is; the same in the ledger and in what is left of it.
    public var identity: FailureIdentity
    /// What was found in the ledger.
    public var violation: Violation
    /// What is found in what is left; nil before that was looked at.
    public internal(set) var reducedViolation: Violation?
    public var settings: HydrationSettings
    /// In order of the ledger.
    public internal(set) var events: [Kept] = []
    /// Whether no single event can go.
    public internal(set) var isMinimal = false
    /// Whether it was tried what of each event may be otherwise.
    public internal(set) var isExplained = false
    /// How many events one replay of the ledger has.
    public internal(set) var replay = 0
    public private(set) var stages: [Stage] = []

    init(
        invariant: ChosenInvariant, identity: FailureIdentity, violation: Violation,
        settings: HydrationSettings
    ) {
        (self.invariant, self.identity) = (invariant, identity)
        (self.violation, self.settings) = (violation, settings)
    }

    mutating func add(_ stage: Stage) { stages.append(stage) }

    /// Histories that were tried.
    public var probes: Int { stages.reduce(0) { $0 + $1.probes } }
    /// Events that the invariant was given, the first pass among them.
    public var applications: Int { stages.reduce(0) { $0 + $1.applications } }
    /// The same as a multiple of one replay of the ledger.
    public var replays: Double { replay == 0 ? 0 : Double(applications) / Double(replay) }
}
