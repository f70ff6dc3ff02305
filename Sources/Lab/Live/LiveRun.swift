import CatFeeder
import EventBus
import EventModel
import Expectations
import Ledger
import Projections
import Simulation
import Topology

/// A stretch of time in which a feeder has no Wi-Fi, or no power.
struct Outage: Sendable, Equatable {
    var begin: Timestamp
    var end: Timestamp
    var isPower: Bool
}

/// Events on the live path, at the moments at which they came: what a replay does, but nothing says
/// that it is one.
///
///     ledger ─> bus ─┬─> archives
///                    └─> rules ─> targets ─> broker ─> feeder
final class LiveRun {
    let path: MessagePath
    let history: History
    let log = DecisionLog()
    /// What was decided on purpose at the topology's own targets, counted by its word.
    private(set) var decisions: [String: Int] = [:]
    /// Every motor's run, in order.
    private(set) var dispenses: [Dispense] = []
    /// What each archive of the topology has taken in.
    let archives: [EventTap]
    private let ledger: EventLedger
    private let outages: OutagePlan

    /// - Parameters:
    ///   - request: its ledger, topology, targets, faults and projections; its name is not used.
    ///   - begin: when the feeders are switched on.
    init(_ request: ReplayRequest, at begin: Timestamp) throws {
        // A feeder that publishes every state would never come to rest.
        var request = request
        request.states = .none
        let parts = try PathParts(request)
        let taps = request.topology.archives.map { (archive: $0, tap: EventTap()) }
        let disturber = Disturber(request.delivery.faults, seed: request.seed)
        history = try History(
            of: request.ledger, upTo: request.window.last, settings: request.settings,
            database: request.database)
        path = try MessagePath(
            parts, history: history, folds: request.projections.map { ProjectionFold.of($0) },
            devices: request.ledger.devices(), disturber: disturber, log: log,
            link: { MemoryLink(policies: $0, recordsTranscript: false) },
            managed: taps.map { $0.archive.managedRule(into: $0.tap) }, at: begin)
        archives = taps.map(\.tap)
        ledger = request.ledger
        outages = OutagePlan(request, path, log, disturber)
        path.bus.observer = log
        log.onDecision = { [unowned self] decision in
            guard !ManagedRule.isTarget(decision.target) else { return }
            decisions[decision.kind.word, default: 0] += 1
        }
        log.onRedelivery = { [unowned self] _ in decisions["sent-again", default: 0] += 1 }
        for feeder in path.feeders {
            feeder.onDispense = { [unowned self] in dispenses.append($0) }
        }
    }

    /// Puts the events of the ledger on the bus, each when it was recorded, with outages in between,
    /// until nothing more happens.
    ///
    /// - Parameters:
    ///   - stretch: the sequences to put.
    ///   - replayName: nil, for what happens for the first time.
    func run(
        _ stretch: ClosedRange<Int>, outages planned: [Outage] = [], replayName: String? = nil
    ) throws {
        try path.start()
        var steps = Timeline<(OutagePlan.Step, isPower: Bool)>()
        for outage in planned {
            steps.add((.lose, outage.isPower), at: outage.begin)
            steps.add((.recover, outage.isPower), at: outage.end)
        }
        var puts: [(sequence: Int, event: Event)] = []
        try ledger.forEachEvent(stretch) { puts.append(($0, $1)) }
        for (sequence, event) in puts {
            let now = event.recorded ?? event.time
            try strike(&steps, upTo: now)
            try path.put(
                BusEvent(event, sequence: sequence, replayName: replayName), at: now)
        }
        try strike(&steps, upTo: .latest)
        while let next = path.nextDeadline { try path.advance(to: next) }
        for (_, target) in path.projections { try target.fold.flush() }
        try path.link?.close(at: path.now)
    }

    private func strike(
        _ steps: inout Timeline<(OutagePlan.Step, isPower: Bool)>, upTo time: Timestamp
    ) throws {
        while let (at, step) = steps.take(by: time) {
            try path.advance(to: at)
            for place in path.feeders.indices {
                try outages.strike(place, step.0, isPower: step.isPower)
            }
        }
    }
}

/// What a feeder did for one message: a motor, or two at once.
struct Feed {
    /// The message that asked for it.
    var payload: [UInt8]
    var grams: Int
    var motorRuns: Int
}

extension LiveRun {
    /// The feeds of a run with one feeder, which does one thing after another.
    var feeds: [Feed] {
        var feeds: [Feed] = []
        var begin: Timestamp?
        for dispense in dispenses {
            if dispense.begin != begin {
                feeds.append(Feed(payload: dispense.payload, grams: 0, motorRuns: 0))
                begin = dispense.begin
            }
            feeds[feeds.count - 1].grams += dispense.grams
            feeds[feeds.count - 1].motorRuns += 1
        }
        return feeds
    }
}
