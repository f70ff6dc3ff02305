import EventModel
import YAMLFile

/// A scenario: households with their feeders and habits, told in a YAML file.
///
/// With a seed it makes a history (`ScenarioGenerator`). The schema stands in `docs/scenarios.md`.
public struct ScenarioFile: Sendable {
    /// What the scenario is called.
    public let name: String
    /// The zone whose midnight begins and ends a run, and in which feeders stand that name none.
    public let timeZone: String
    /// The first day of a run that is not told another.
    public let start: Timestamp.Day
    /// The account and region that the envelopes of the events name.
    public let envelope: Envelope
    /// The households of the file's `feeders`, in its order.
    public let households: [Household]
    /// The file's `fleet`.
    public internal(set) var fleet: Fleet?
    /// SHA-256 of the file's bytes, for provenance.
    public let hash: SHA256Digest

    /// What every bus event carries besides its own.
    public struct Envelope: Hashable, Sendable {
        /// The AWS account, twelve digits.
        public var account = "123456789012"
        /// The AWS region.
        public var region = "ap-southeast-2"

        public init(account: String = "123456789012", region: String = "ap-southeast-2") {
            (self.account, self.region) = (account, region)
        }

        /// The rest of the envelope as a ledger keeps it: JSON without white space.
        public var json: String {
            "{\"version\":\"0\",\"account\":\(JSONText.quoted(account)),"
                + "\"region\":\(JSONText.quoted(region)),\"resources\":[]}"
        }
    }

    /// All households of a run: those of the file, then those of the fleet.
    ///
    /// - Parameter end: a fleet's households that move or leave later do not in this list; nil for the
    ///   scenario's first day.
    public func allHouseholds(seed: UInt64, until end: Timestamp.Day? = nil) -> [Household] {
        households
            + (fleet?.households(seed: seed, from: start, until: end ?? start) ?? [])
    }

    /// How many feeders a run has.
    public var feederCount: Int {
        households.count + (fleet.map { ($0.count + $0.step - 1) / $0.step } ?? 0)
    }

    /// The scenario with every second, third, … feeder of its fleet, so that there are no more than
    /// `limit` of them. Each is what it is in the whole fleet, as draws go by the button's id.
    public func thinned(to limit: Int) -> (scenario: ScenarioFile, step: Int) {
        guard let fleet, fleet.count > limit, limit > 0 else { return (self, 1) }
        var thin = self
        let step = (fleet.count + limit - 1) / limit
        thin.fleet?.step = step
        return (thin, step)
    }
}

/// What is wrong in a scenario file, and where.
public typealias ScenarioError = YAMLFileError
