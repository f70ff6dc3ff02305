import CatFeeder
import EventBus
import EventModel
import Expectations
import Foundation
import Ledger
import MQTTBroker
import Projections
import Topology

/// One press of a button, now, through the whole path: handler, bus, ledger, rules, targets, broker,
/// feeder. It happens for the first time, so nothing carries a `replay-name`.
///
///     button ─> handler ─> ledger ─> bus ─> rules ─┬─> projections
///                                                  └─> function ─> broker ─> feeder ─> motors
public struct LivePress {
    /// What happened, and when.
    public let press: ButtonPress
    /// Where the press goes.
    public let topology: TopologyFile
    /// Those that the topology's targets may name.
    public let projections: [any Projection.Type]
    /// What ledgers without registrations take for granted.
    public let settings: HydrationSettings
    /// The time zones of the feeders.
    public let database: TimeZoneDatabase
    /// Asked for a way to the broker; in memory unless set.
    public var makeLink: (PolicyBook?) throws -> any BrokerLink = {
        MemoryLink(policies: $0, recordsTranscript: false)
    }
    /// The path is followed for so many microseconds of virtual time: a press waits for a feed, not
    /// for retries of a day.
    public static let patience: Int64 = 60_000_000

    /// A press on its way through a topology; nothing happens yet.
    public init(
        _ press: ButtonPress, topology: TopologyFile, projections: [any Projection.Type],
        settings: HydrationSettings, database: TimeZoneDatabase
    ) {
        self.press = press
        self.topology = topology
        self.projections = projections
        self.settings = settings
        self.database = database
    }

    /// The press as it was put and archived.
    public struct Archived: Sendable {
        /// What the handler put, and the event that came of it.
        public var handled: LiveHandler.Outcome
        /// The ledger's head with the press in it.
        public var head: LedgerHead
    }

    /// Finds what is wrong in the topology, or in the names of feeders and devices, before anything
    /// happens: the press must not be in the ledger at `path` if it can go no further.
    ///
    /// - Throws: `ReplayError`, `NameError`, `PatternError`, `LedgerError`.
    public func check(against path: String) throws {
        for rule in topology.rules { _ = try rule.runtime() }
        for archive in topology.archives {
            _ = try archive.managedRule(into: EventTap()).rule()
        }
        let names = projections.map { $0.name }
        for target in topology.targets {
            guard case .projection(let name) = target.kind, !names.contains(name) else { continue }
            throw ReplayError.unknown(
                what: "projection", name: name, hint: Spelling.hint(for: name, among: names))
        }
        var registrations: [(sequence: Int, registration: Registration)] = []
        if let ledger = try EventLedger.ifAny(at: path) {
            registrations = try PathParts(request(ledger, from: 1)).registrations
        }
        let feeder = FeederDirectory(registrations).feeder(of: press.device, at: nil)
        _ = try topology.installation(
            for: [.init(name: feeder, devices: [press.device ?? FeederSystem.defaultFeeder])])
    }

    /// All targets, those that act on the world included. No event carries the name.
    private func request(_ ledger: EventLedger, from first: Int) throws -> ReplayRequest {
        ReplayRequest(
            ledger, topology: topology,
            window: ReplayWindow(first: first, last: try ledger.headSequence()), name: "live",
            targets: topology.targets.map(\.id), projections: projections, settings: settings,
            database: database)
    }

    /// Hands the press to the handler and appends what it puts to the ledger at `path`, which is made
    /// where there is none. It is on the disk when this returns.
    ///
    /// - Parameter patience: seconds to wait for another writer.
    /// - Throws: `LedgerError`.
    public func archive(into path: String, patience: Double = 0) throws -> Archived {
        let provenance = Provenance(
            "press",
            [
                "topology": .string(topology.name),
                "topologySHA256": .string(topology.hash.hex),
                "button": .string(press.buttonEvent), "received": .string(press.received.text),
            ])
        let writer = try LedgerWriter.open(
            path, command: "press", until: .after(seconds: patience), isStopped: { false },
            provenance: { _ in provenance.text })
        defer { try? writer.close() }
        let before = writer.head
        let handled = try LiveHandler(topology).handle(
            press.buttonEvent, received: press.received,
            salt: "\(before.sequence) \(before.root.hex)")
        try writer.append([handled.event], expecting: before.sequence, isComplete: true)
        let archived = Archived(handled: handled, head: writer.head)
        try writer.close()
        return archived
    }

    /// Sends the press, which is the last event of the ledger, to all rules and targets.
    ///
    /// - Throws: `LinkError` or `MQTTClientError` where the broker fails; `ReplayError`, `LedgerError`.
    public func deliver(_ archived: Archived, from ledger: EventLedger) throws -> LiveReport {
        let sequence = archived.head.sequence
        var hydration = try Hydration(
            ledger, to: ResolvedPoint(last: sequence - 1, time: nil), projections: projections,
            settings: settings, database: database)
        try hydration.run()
        let parts = try PathParts(request(ledger, from: sequence))
        let course = try LiveCourse(
            hydration,
            of: FeederDirectory(parts.registrations).feeder(of: press.device, at: sequence))
        let begin = Timestamp(microseconds: press.received.microseconds - 1_000_000)
        let path = try MessagePath(
            parts, history: hydration.history, folds: hydration.folds,
            devices: ledger.devices(), disturber: nil, log: DecisionLog(), link: makeLink,
            managed: [ManagedRule.everything(into: course.tap)] + course.archiving(topology),
            watching: { course.watch($1, id: $0) }, at: begin)
        course.listen(to: path)
        do {
            try path.start()
            try path.put(
                BusEvent(archived.handled.event, sequence: sequence), at: press.received)
            let end = Timestamp(microseconds: press.received.microseconds + LivePress.patience)
            while let next = path.nextDeadline, next <= end { try path.advance(to: next) }
            for (_, target) in path.projections { try target.fold.flush() }
            for sink in path.sinks { try sink.finish() }
            try path.link?.close(at: path.now)
        } catch {
            try? path.link?.close(at: path.now)
            throw error
        }
        return try course.report(of: path, topology)
    }
}

/// A press that is in the ledger, and did not come further.
public struct LivePressFailure: Error, CustomStringConvertible {
    /// The press's place in the ledger.
    public let sequence: Int
    /// The ledger's path.
    public let ledger: String
    /// The targets that act on the world: a replay leaves them out unless they are named.
    public let targets: [String]
    /// What stopped it.
    public let underlying: any Error

    /// A failure behind the ledger, with all that sending it again needs.
    public init(sequence: Int, ledger: String, targets: [String], underlying: any Error) {
        self.sequence = sequence
        self.ledger = ledger
        self.targets = targets
        self.underlying = underlying
    }

    public var description: String {
        "the press is in \(ledger) as sequence \(sequence), and went no further: \(underlying);"
            + " replay --from seq:\(sequence) --until seq:\(sequence) --replays publish"
            + targets.map { " --target \($0)" }.joined() + " sends it again"
    }
}
