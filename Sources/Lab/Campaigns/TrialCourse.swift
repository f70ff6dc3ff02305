import CatFeeder
import EventBus
import EventModel
import Expectations
import Ledger
import MQTTBroker
import Projections
import Simulation
import Topology

/// The live path of a trial: faults, then all is healed, then a day and more in which everything comes
/// to its end.
///
///     ledger ─> bus ─┬─> archives
///                    └─> rules ─> targets ─> broker ─> feeders     faults ─> heal ─> drain ─> redrive
final class TrialCourse {
    let path: MessagePath
    let projections: History
    let parts: PathParts
    let link: any BrokerLink
    let archives: [EventTap]
    let plan: TrialPlan
    let ledger: EventLedger
    let log = DecisionLog()
    let disturber: Disturber
    var record: TrialRecord
    var audit: ToleratedAudit
    private let outages: OutagePlan
    private var cuts = Timeline<(feeder: Int, OutagePlan.Step)>()
    /// Whether what strikes now is a power cut of the plan.
    private var isCut = false
    /// The feeder that loses its power at this very moment.
    private var cutting: Int?
    /// The feeder that comes back at this very moment.
    private var returning: Int?
    /// The messages of each event.
    private(set) var keysOfEvent: [Int: [MessageKey]] = [:]
    /// Attempts last a day at the most, and feeds some seconds.
    private static let horizon: Int64 = 25 * 3_600_000_000
    /// Faults go on for a while after the last event.
    private static let afterwards: Int64 = 900_000_000

    init(
        _ plan: TrialPlan, _ history: ReportHistory, _ request: ReplayRequest, zone: ZoneTable
    ) throws {
        self.plan = plan
        ledger = request.ledger
        parts = try PathParts(request)
        record = TrialRecord(history, zone: zone)
        let taps = request.topology.archives.map { (archive: $0, tap: EventTap()) }
        archives = taps.map(\.tap)
        let disturber = Disturber(request.delivery.faults, seed: request.seed)
        disturber.number = { history.report(at: $0)?.number ?? -$0 }
        self.disturber = disturber
        projections = try History(
            of: ledger, upTo: request.window.last, settings: request.settings,
            database: request.database)
        var made: (any BrokerLink)?
        path = try MessagePath(
            parts, history: projections, folds: request.projections.map { ProjectionFold.of($0) },
            devices: ledger.devices(), disturber: disturber, log: log,
            link: {
                let link = try plan.parts.makeLink($0)
                made = link
                return link
            },
            managed: taps.map { $0.archive.managedRule(into: $0.tap) },
            watching: plan.parts.wrapTarget, at: history.begin)
        guard let made else {
            throw CampaignError(
                "the topology \(plan.setting.topologyName) has no target that feeds: a campaign"
                    + " needs one of the kind cat-feeder")
        }
        link = made
        outages = OutagePlan(request, path, log, disturber)
        audit = ToleratedAudit(
            parts.routes,
            .init(
                keepsMinutes: false, missedAfter: nil, refused: plan.unreasonable,
                sendsAgain: plan.profile.has(anyOf: [.wifiLost, .powerLost, .powerCut]),
                lateness: plan.profile[.lateEvent] > 0 ? LatePlan.longest : 0,
                windows: path.windows))
        try account(for: request)
        listen()
    }

    /// The messages that the events lead to, each with what a feed of it asks for.
    private func account(for request: ReplayRequest) throws {
        var expectation = Expectation(
            routes: parts.routes, replayName: nil, registrations: parts.registrations)
        guard request.window.last > 0 else { return }
        try ledger.forEachEvent(1...request.window.last) { sequence, event in
            for message in try expectation.messages(for: event, at: sequence) {
                if record.accounts[message.key] == nil { record.keys.append(message.key) }
                var account = record.accounts[message.key] ?? .init()
                account.sequences.append(sequence)
                keysOfEvent[sequence, default: []].append(message.key)
                if let feeder = place(hearing: message.topic), let click = event.content.click {
                    let portions =
                        parts.portions(of: parts.installation.feeders[feeder].feeder) ?? (25, 25)
                    account.grams = click.bowls.reduce(0) {
                        $0 + ($1 == .left ? portions.left : portions.right)
                    }
                }
                record.accounts[message.key] = account
            }
        }
    }

    private func place(hearing topic: [UInt8]) -> Int? {
        path.feeders.firstIndex { $0.hears(TopicName(bytes: topic)) }
    }

    private func listen() {
        path.bus.observer = log
        log.onDecision = { [unowned self] in decided($0) }
        log.onRedelivery = { [unowned self] key in
            audit.redelivered(key)
            record.mark(.recovered(.sentAgain))
        }
        path.onArrival = { [unowned self] key, now in
            audit.received(key, at: now)
            if returning != nil { record.mark(.recovered(.sessionKept)) }
        }
        path.onAcknowledgement { [unowned self] in audit.acknowledged($0, at: $1) }
        for (place, feeder) in path.feeders.enumerated() {
            feeder.onDispense = { [unowned self] in dispensed($0, at: place) }
        }
        outages.onStrike = { [unowned self] in struck($0, $1, isPower: $2, isOver: $3) }
    }
}

// What happens on the way.
extension TrialCourse {
    private func decided(_ decision: RunDecision) {
        guard !ManagedRule.isTarget(decision.target) else { return }
        switch decision.kind {
        case .duplicated: record.mark(.struck(.duplicateDelivery))
        case .failed(let acted): record.mark(.struck(acted ? .answerLost : .targetFails))
        default: break
        }
        audit.decided(decision)
        guard parts.routes.contains(where: { $0.target == decision.target }) else { return }
        record.decisions[decision.sequence, default: []].append(decision.kind)
        guard decision.kind == .lost else { return }
        // Not away, and lost all the same: the network took it.
        guard let key = keysOfEvent[decision.sequence]?.first else { return }
        let isAway = place(hearing: key.topic).map { !path.feeders[$0].client.isConnected } ?? false
        record.accounts[key]?.losses.append(isAway ? .feederAway : .network)
    }

    private func dispensed(_ dispense: Dispense, at place: Int) {
        let key = MessageKey(
            topic: Array(parts.installation.feeders[place].actionTopic.utf8),
            payload: dispense.payload)
        let name = path.feeders[place].name
        func add(_ feeds: inout [TrialRecord.Feed]) {
            let last = feeds.indices.last {
                feeds[$0].feeder == name && feeds[$0].begin == dispense.begin
            }
            if let last {
                feeds[last].grams += dispense.grams
            } else {
                feeds.append(
                    TrialRecord.Feed(
                        feeder: name, begin: dispense.begin, grams: dispense.grams,
                        cut: cutting == place ? (isCut ? .powerCut : .powerLost) : nil))
                if cutting == place { record.mark(.recovered(.feedCut)) }
            }
        }
        if record.accounts[key] == nil {
            var feeds: [TrialRecord.Feed] = []
            add(&feeds)
            record.strangers += feeds.map { (key, $0) }
        } else {
            var feeds = record.accounts[key]?.feeds ?? []
            add(&feeds)
            record.accounts[key]?.feeds = feeds
        }
    }

    private func struck(
        _ place: Int, _ step: OutagePlan.Step, isPower: Bool, isOver: Bool
    ) {
        switch step {
        case .lose where !isOver:
            record.mark(.struck(isCut ? .powerCut : isPower ? .powerLost : .wifiLost))
            let topic = Array(parts.installation.feeders[place].actionTopic.utf8)
            for payload in path.feeders[place].waitingMessages {
                let key = MessageKey(topic: topic, payload: payload)
                record.accounts[key]?.losses.append(.diedInSocket)
                record.mark(.recovered(.socketLost))
            }
            cutting = isPower ? place : nil
        case .lose: cutting = nil
        case .recover: returning = isOver ? nil : place
        }
    }
}

// The phases.
extension TrialCourse {
    /// Faults, heal, drain, redrive; what is left stands in the record.
    func run() throws -> TrialRecord {
        try path.start()
        var puts = Timeline<(sequence: Int, event: Event)>()
        try schedule(&puts)
        while let (at, put) = puts.take() {
            try strike(upTo: at)
            planCut(after: put.sequence, at: at)
            try path.put(BusEvent(put.event, sequence: put.sequence), at: at)
        }
        try strike(upTo: Timestamp(microseconds: path.now.microseconds + Self.afterwards))
        try heal()
        try drain()
        markLetters()
        if plan.setting.redrives { try redrive() }
        try settleAccounts()
        try path.link?.close(at: path.now)
        return record
    }

    /// Each event comes when it was recorded, or late.
    private func schedule(_ puts: inout Timeline<(sequence: Int, event: Event)>) throws {
        let last = try ledger.headSequence()
        guard last > 0 else { return }
        let stream = RandomStream(seed: plan.seed, domain: .lateness)
        try ledger.forEachEvent(1...last) { sequence, event in
            var at = event.recorded ?? event.time
            if let report = record.history.report(at: sequence) {
                var draws = stream.draws(entity: UInt64(report.number))
                if draws.happens(partsPerMillion: plan.profile[.lateEvent]) {
                    at.microseconds += Int64(draws.below(UInt64(LatePlan.longest)))
                    record.mark(.struck(.lateEvent))
                }
            }
            puts.add((sequence, event), at: at)
        }
    }

    /// The power of the feeder that a report is for may fail some seconds after it.
    private func planCut(after sequence: Int, at now: Timestamp) {
        guard let report = record.history.report(at: sequence) else { return }
        var draws = RandomStream(seed: plan.seed, domain: .outage)
            .draws(slot: 2, entity: UInt64(report.number))
        guard draws.happens(partsPerMillion: plan.profile[.powerCut]) else { return }
        guard let key = keysOfEvent[sequence]?.first, let place = place(hearing: key.topic) else {
            return
        }
        let begin = now.microseconds + 1_000_000 + Int64(draws.below(14_000_000))
        let end = begin + 2_000_000 + Int64(draws.below(60_000_000))
        cuts.add((place, .lose), at: Timestamp(microseconds: begin))
        cuts.add((place, .recover), at: Timestamp(microseconds: end))
    }

    private func strike(upTo time: Timestamp) throws {
        while let (at, cut) = cuts.take(by: time) {
            try outages.advance(to: at)
            try path.advance(to: at)
            isCut = true
            defer { isCut = false }
            try outages.strike(cut.feeder, cut.1, isPower: true)
        }
        try outages.advance(to: time)
        try path.advance(to: time)
    }

    private func heal() throws {
        try outages.heal()
        while let (_, cut) = cuts.take() {
            if case .recover = cut.1 { try outages.strike(cut.feeder, cut.1, isPower: true) }
        }
    }

    /// Lets everything come to its end, past the last attempt that there can be.
    private func drain() throws {
        let end = Timestamp(microseconds: path.now.microseconds + Self.horizon)
        try path.advance(to: end)
    }

    private func redrive() throws {
        for queue in path.bus.deadLetters.keys.sorted() {
            try path.bus.redrive(queue, at: path.now)
            try path.settle()
        }
        try drain()
    }
}
