import EventModel
import Topology

/// A hazard of the deployed system, made to happen: the same history runs through the system as it is
/// deployed and as it is mended.
///
/// A run reads no clock and no randomness but its settings: the same settings, the same result.
public protocol Experiment: Sendable {
    /// What it is called: lower-case words with hyphens.
    var name: String { get }
    /// What goes wrong, in a sentence.
    var hazard: String { get }
    /// What is run on both systems, in a sentence.
    var setting: String { get }

    /// Runs both systems through the hazard.
    func run(_ settings: ExperimentSettings) throws -> ExperimentResult
}

/// What an experiment is run with.
public struct ExperimentSettings: Sendable {
    /// The root of everything that is drawn.
    public var seed: UInt64
    /// How many years of two cats are replayed, where years are replayed.
    public var years: Int
    /// The time zones of the feeders.
    public var database: TimeZoneDatabase

    /// Settings; unless told otherwise seed 42, and five years where years are replayed.
    public init(seed: UInt64 = 42, years: Int = 5, database: TimeZoneDatabase) {
        self.seed = seed
        self.years = years
        self.database = database
    }
}

/// What the runs of an experiment measured.
public struct ExperimentResult: Sendable, Equatable {
    /// One number of both systems.
    public struct Measure: Sendable, Equatable {
        /// What was counted.
        public var label: String
        /// The number of the system as it is deployed.
        public var deployed: Int
        /// The number of the mended system.
        public var mended: Int
    }

    /// Whether a system stood up to the hazard, and the numbers that say so.
    public struct Verdict: Sendable, Equatable {
        /// Whether it did.
        public var holds: Bool
        /// The numbers, in a sentence.
        public var reason: String

        /// A verdict, with its reason.
        public init(_ holds: Bool, _ reason: String) {
            self.holds = holds
            self.reason = reason
        }
    }

    /// In the order in which they are shown.
    public var measures: [Measure]
    /// Whether the system stood up to it as it is deployed.
    public var deployed: Verdict
    /// Whether the mended system stood up to it.
    public var mended: Verdict

    /// Whether the hazard showed itself and was mended: the deployed system fails, the mended holds.
    public var isAsExpected: Bool { !deployed.holds && mended.holds }

    /// The measure of this label.
    public subscript(label: String) -> Measure? { measures.first { $0.label == label } }
}

/// The numbers of one system, in the order in which they are shown.
struct Readings {
    var rows: KeyValuePairs<String, Int>
    var verdict: ExperimentResult.Verdict

    init(_ rows: KeyValuePairs<String, Int>, holds: Bool, _ reason: String) {
        self.rows = rows
        verdict = ExperimentResult.Verdict(holds, reason)
    }
}

extension ExperimentResult {
    /// Runs both systems, and puts their numbers side by side.
    init(_ measure: (ShippedTopology) throws -> Readings) throws {
        let (deployed, mended) = (try measure(.deployed), try measure(.mended))
        measures = zip(deployed.rows, mended.rows).map {
            Measure(label: $0.key, deployed: $0.value, mended: $1.value)
        }
        self.deployed = deployed.verdict
        self.mended = mended.verdict
    }
}

/// The experiments that are shipped: the known hazards of the deployed system, in its documents' order.
public enum Experiments {
    /// Every one of them, each name once.
    public static let all: [any Experiment] = [
        ReplayFeeds(), Redelivery(), PressOrder(), PressTime(), LostMessages(), BlockedFeeder(),
        ArchiveLag(), NoArchive(),
    ]
}
