import EventModel
import YAMLFile

/// A topology: the bus, its rules and their targets, and the things that speak MQTT, told in a
/// YAML file.
///
/// Plain data: whoever runs it builds bus, function, broker and feeders from it. The format stands
/// in `docs/topology.md`.
public struct TopologyFile: Sendable {
    /// What the topology is called.
    public let name: String
    /// The bus that all rules belong to.
    public let bus: Bus
    /// Which form of the button handler puts events on the bus.
    public let buttonHandler: Variant
    /// The archives of the bus; none where the file names none.
    public let archives: [Archive]
    /// In the file's order, which is the order in which an event is matched.
    public internal(set) var rules: [Rule]
    /// Who may connect to the broker, with templates not yet filled.
    public let things: [Thing]
    /// The feeders' devices, with templates not yet filled.
    public let feeders: [Feeder]
    /// SHA-256 of the file's bytes, for provenance.
    public let hash: SHA256Digest

    /// An event bus.
    public struct Bus: Hashable, Sendable {
        /// 1 to 256 characters; a part of the ARN of each rule.
        public var name: String
        /// The AWS account, twelve digits.
        public var account: String
        /// The AWS region.
        public var region: String

        /// The ARN of a rule on this bus.
        public func arn(ofRule rule: String) -> String {
            "arn:aws:events:\(region):\(account):rule/\(name)/\(rule)"
        }
    }

    /// The form of a piece of code: as it is deployed, or with its defects mended.
    public enum Variant: String, CaseIterable, Hashable, Sendable {
        case deployed, mended
    }

    /// A rule: which events go to which targets.
    public struct Rule: Hashable, Sendable {
        /// Unique on its bus.
        public var name: String
        /// The event pattern as JSON text. One written as JSON stays as it was written.
        public var pattern: String
        /// False for a rule that stands in the file and gets no event.
        public var isEnabled: Bool
        /// One to five.
        public var targets: [Target]
    }

    /// The targets of all rules, in the file's order.
    public var targets: [Target] { rules.flatMap(\.targets) }

    /// The same with other targets: what `change` makes of each.
    public func replacing(_ change: (Target) -> Target) -> TopologyFile {
        var other = self
        for place in other.rules.indices {
            other.rules[place].targets = other.rules[place].targets.map(change)
        }
        return other
    }
}

/// What is wrong in a topology file, and where.
public typealias TopologyError = YAMLFileError
