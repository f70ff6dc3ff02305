import CatFeeder
import EventModel
import Expectations
import Ledger
import Projections
import Simulation
import Topology

/// What somebody wants replayed, and how.
public struct ReplayRequest {
    /// Where the events come from; it is only read.
    public var ledger: EventLedger
    /// Where they go.
    public var topology: TopologyFile
    /// Which of them.
    public var window: ReplayWindow
    /// 1 to 64 characters of `[.\-_A-Za-z0-9]`.
    public var name: String
    /// In which order, when, and with which faults.
    public var delivery: DeliveryModel
    /// The root of everything that is drawn.
    public var seed: UInt64
    /// The rules that the replay goes to; all if empty.
    public var rules: [String]
    /// The targets that it goes to; if empty, all that do not act on the world.
    public var targets: [String]
    /// Which of their states the feeders publish.
    public var states: StatesMode
    /// Those that targets may name.
    public var projections: [any Projection.Type]
    /// What ledgers without registrations take for granted.
    public var settings: HydrationSettings
    /// The time zones of the feeders.
    public var database: TimeZoneDatabase
    /// Whether the mended function acts on this replay.
    public var publishesReplays: Bool
    /// Whether what ended in dead-letter queues is given to its targets once more, when all faults
    /// are over.
    public var redrives: Bool

    /// Unless told otherwise an `ordered` replay to all targets that do not act on the world.
    public init(
        _ ledger: EventLedger, topology: TopologyFile, window: ReplayWindow,
        name: String = "replay", delivery: DeliveryModel = .ordered, seed: UInt64 = 1,
        rules: [String] = [], targets: [String] = [], states: StatesMode = .onChange,
        projections: [any Projection.Type] = [BowlTotals.self, FeedingStats.self],
        settings: HydrationSettings = HydrationSettings(), database: TimeZoneDatabase,
        publishesReplays: Bool = false, redrives: Bool = false
    ) {
        self.ledger = ledger
        self.topology = topology
        self.window = window
        self.name = name
        self.delivery = delivery
        self.seed = seed
        self.rules = rules
        self.targets = targets
        self.states = states
        self.projections = projections
        self.settings = settings
        self.database = database
        self.publishesReplays = publishesReplays
        self.redrives = redrives
    }
}

/// Why a replay cannot begin.
public enum ReplayError: Error, CustomStringConvertible {
    case name(String)
    case unknown(what: String, name: String, hint: String)
    case unsupported(String)
    case topology(String)

    /// Whether what was asked for is wrong, and not what a file says.
    public var isUsage: Bool {
        switch self {
        case .name, .unknown, .unsupported: true
        case .topology: false
        }
    }

    public var description: String {
        switch self {
        case .name(let name):
            "a replay's name has 1 to 64 characters of A-Z a-z 0-9 . - _, not \"\(name)\""
        case .unknown(let what, let name, let hint): "the topology has no \(what) \(name); \(hint)"
        case .unsupported(let reason), .topology(let reason): reason
        }
    }
}

extension ReplayRequest {
    func checkName() throws(ReplayError) {
        let isGood = name.utf8.allSatisfy {
            (0x30...0x39).contains($0) || (0x41...0x5A).contains($0)
                || (0x61...0x7A).contains($0) || [0x2E, 0x2D, 0x5F].contains($0)
        }
        guard isGood, (1...64).contains(name.utf8.count) else { throw .name(name) }
    }

    /// The rules that the replay goes to, each with the targets that are on.
    func activeRules() throws(ReplayError) -> [TopologyFile.Rule] {
        for name in rules where !topology.rules.contains(where: { $0.name == name }) {
            throw .unknown(
                what: "rule", name: name,
                hint: Spelling.hint(for: name, among: topology.rules.map(\.name)))
        }
        for name in targets where !topology.targets.contains(where: { $0.id == name }) {
            throw .unknown(
                what: "target", name: name,
                hint: Spelling.hint(for: name, among: topology.targets.map(\.id)))
        }
        return topology.rules.filter { rules.isEmpty || rules.contains($0.name) }.map { rule in
            var rule = rule
            rule.targets = rule.targets.filter { target in
                targets.isEmpty ? !target.actsOnWorld : targets.contains(target.id)
            }
            return rule
        }
    }
}
