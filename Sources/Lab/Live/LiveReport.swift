import CatFeeder
import EventBus
import EventModel
import Expectations
import MQTTBroker
import Projections
import Topology

/// What became of one press behind the bus.
public struct LiveReport: Sendable {
    /// The event as targets see it, JSON.
    public var event: [UInt8]
    /// The topology's archives that took it in.
    public var archives: [String]
    /// All rules of the topology, disabled ones included.
    public var rules: [Rule]
    /// What functions sent, in order.
    public var messages: [Sent]
    /// Those that a message reached.
    public var feeders: [Fed]
    /// Those with a target that was on, in the order of the request.
    public var projections: [Changed]
    /// Attempts that still wait for their moment.
    public var waiting: Int

    /// A rule of the topology, in its order.
    public struct Rule: Sendable {
        /// The rule's name.
        public var name: String
        /// Whether it is on.
        public var isEnabled: Bool
        /// Whether any of its targets was given the event.
        public var isMatched: Bool
        /// What its targets were given, attempt by attempt.
        public var deliveries: [LiveDelivery]
    }

    /// A message on its way from the function to the broker.
    public struct Sent: Sendable, Equatable {
        /// The topic name.
        public var topic: String
        /// The bytes as they were sent.
        public var payload: [UInt8]
        /// 0 to 2, as the function sent it.
        public var qos: Int
    }

    /// What a feeder did.
    public struct Fed: Sendable {
        /// The feeder's name in its registration, or `default`.
        public var name: String
        /// What its device connects as.
        public var clientID: String
        /// Messages that reached it.
        public var received: Int
        /// Every motor's run, in order.
        public var runs: [Dispense]
        /// How long a motor runs, in microseconds.
        public var duration: Int64
        /// What the hopper holds now.
        public var hopperGrams: Int
        /// What it held before. Every press begins with a full hopper.
        public var hopperSize: Int
    }

    /// What changed in a projection's tables.
    public struct Changed: Sendable, Equatable {
        /// The projection's name.
        public var projection: String
        /// Rows that are new or different, in the tables' order.
        public var rows: [RowChange]
    }
}

/// Sees what happens on the path of one press, and tells it when it is over.
final class LiveCourse {
    let tap = EventTap()
    private var archives: [(name: String, tap: EventTap)] = []
    private var deliveries: [LiveDelivery] = []
    private var messages: [LiveReport.Sent] = []
    private var runs: [[Dispense]] = []
    private let hydration: Hydration
    private let feeder: String
    private let before: [TableRows]
    private var hoppers: [Int] = []

    /// - Parameter feeder: the one that the press is for.
    init(_ hydration: Hydration, of feeder: String) throws {
        self.hydration = hydration
        self.feeder = feeder
        before = try hydration.folds.map { try TableRows($0, hydration.history, of: feeder) }
    }

    /// The rules of the topology's archives.
    func archiving(_ topology: TopologyFile) -> [ManagedRule] {
        archives = topology.archives.map { ($0.name, EventTap()) }
        return zip(topology.archives, archives).map { $0.managedRule(into: $1.tap) }
    }

    func watch(_ target: any Target, id: String) -> any Target {
        SeenTarget(target, id: id) { [unowned self] in deliveries.append($0) }
    }

    func listen(to path: MessagePath) {
        hoppers = path.feeders.map(\.hopperGrams)
        runs = Array(repeating: [], count: path.feeders.count)
        for (place, feeder) in path.feeders.enumerated() {
            feeder.onDispense = { [unowned self] in runs[place].append($0) }
        }
        for (_, function) in path.functions {
            function.onPublish = { [unowned self] message in
                messages.append(
                    LiveReport.Sent(
                        topic: String(decoding: message.topic.bytes, as: UTF8.self),
                        payload: message.payload, qos: Int(message.qos.rawValue)))
            }
        }
    }

    func report(of path: MessagePath, _ topology: TopologyFile) throws -> LiveReport {
        let rules = topology.rules.map { rule in
            let own = deliveries.filter { $0.rule == rule.name }
            return LiveReport.Rule(
                name: rule.name, isEnabled: rule.isEnabled, isMatched: !own.isEmpty,
                deliveries: own)
        }
        var changes: [LiveReport.Changed] = []
        for (fold, before) in zip(hydration.folds, before)
        where path.projections.contains(where: { $0.target.fold.folds.contains { $0 === fold } }) {
            let after = try TableRows(fold, hydration.history, of: feeder)
            changes.append(
                LiveReport.Changed(projection: fold.name, rows: after.changes(since: before)))
        }
        return LiveReport(
            event: tap.last, archives: archives.filter { !$0.tap.events.isEmpty }.map(\.name),
            rules: rules, messages: messages,
            feeders: path.feeders.enumerated().compactMap { place, feeder in
                guard feeder.counts.received > 0 else { return nil }
                return LiveReport.Fed(
                    name: feeder.name, clientID: feeder.client.id,
                    received: feeder.counts.received, runs: runs[place],
                    duration: FeederSettings().feedDuration, hopperGrams: feeder.hopperGrams,
                    hopperSize: hoppers[place])
            },
            projections: changes, waiting: path.bus.pending)
    }
}

extension ManagedRule {
    /// The laboratory's own: every event has a source.
    static func everything(into tap: EventTap) -> ManagedRule {
        ManagedRule(name: "laboratory", pattern: #"{"source":[{"prefix":""}]}"#, target: tap)
    }
}
