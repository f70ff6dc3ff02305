import EventBus
import EventModel
import EventPatterns
import Topology

/// A rule of the bus that no topology file has, with its target: the service's own, or the
/// laboratory's.
struct ManagedRule {
    var name: String
    var pattern: String
    var target: any Target

    /// The target's id: no topology file can give it to another one.
    var targetID: String { ManagedRule.prefix + name }

    private static let prefix = "managed/"

    /// Whether the target of this id belongs to no topology file.
    static func isTarget(_ id: String) -> Bool { id.hasPrefix(prefix) }

    func rule() throws -> Rule {
        Rule(
            name: name, pattern: try EventPattern(parsing: pattern),
            targets: [TargetBinding(id: targetID)])
    }
}

/// Keeps the events that it is given, each once, with the JSON in which the last one came.
final class EventTap: Target {
    private(set) var events: [Event] = []
    private var known: Set<EventID> = []
    /// The last event as targets see it.
    private(set) var last: [UInt8] = []

    func receive(_ delivery: borrowing Delivery) throws {
        let event = delivery.event.event
        if known.insert(event.id).inserted { events.append(event) }
        last = try delivery.withInput { Array($0) }
    }
}

extension TopologyFile.Archive {
    /// The rule that the service makes for the archive, into `tap`.
    func managedRule(into tap: EventTap) -> ManagedRule {
        ManagedRule(name: "Events-Archive-\(name)", pattern: managedPattern, target: tap)
    }
}

/// What a target was given in one attempt, and what it said to it.
public struct LiveDelivery: Sendable {
    /// The name of the rule that matched.
    public var rule: String
    /// The target's id.
    public var target: String
    /// From 1.
    public var attempt: Int
    /// When the attempt was made.
    public var at: Timestamp
    /// What the target was given; nil where the input could not be made of the event.
    public var input: [UInt8]?
    /// Why the attempt failed; nil where it did not.
    public var failure: TargetFailure?
}

/// Sees what a target is given, and gives it on.
final class SeenTarget: Target {
    private let inner: any Target
    private let id: String
    private let onDelivery: (LiveDelivery) -> Void

    init(_ inner: any Target, id: String, onDelivery: @escaping (LiveDelivery) -> Void) {
        self.inner = inner
        self.id = id
        self.onDelivery = onDelivery
    }

    func receive(_ delivery: borrowing Delivery) throws {
        var seen = LiveDelivery(
            rule: delivery.rule, target: id, attempt: delivery.attempt, at: delivery.now)
        defer { onDelivery(seen) }
        do {
            seen.input = try delivery.withInput { Array($0) }
            try inner.receive(delivery)
        } catch let failure as TargetFailure {
            seen.failure = failure
            throw failure
        }
    }
}
