import CatFeeder
import EventBus
import EventModel
import Expectations
import Ledger
import MQTTBroker
import Projections
import Scenario
import Simulation
import Topology

/// Parts of the system under test that somebody may put something else in the place of.
public struct CampaignParts: Sendable {
    /// Puts something before, or in the place of, a target of this id.
    public var wrapTarget: @Sendable (_ id: String, any Target) -> any Target = { $1 }
    /// Makes the way to the broker.
    public var makeLink: @Sendable (PolicyBook?) throws -> any BrokerLink = {
        MemoryLink(policies: $0, recordsTranscript: false)
    }

    /// The parts that are shipped.
    public init() {}
}

/// All that a trial follows from.
struct TrialPlan: Sendable {
    let setting: CampaignSetting
    var profile: CampaignProfile
    /// The numbers of the reports that are kept; nil for all.
    var kept: [Int]?
    let parts: CampaignParts
    let database: TimeZoneDatabase
    let projections: [any Projection.Type] = [BowlTotals.self, FeedingStats.self]
    let hydration = HydrationSettings()

    var seed: UInt64 { setting.seed }

    /// Only the service's replay reads an archive that lags.
    var replay: CampaignSetting.ReplayModel {
        profile[.archiveLag] > 0 ? .eventBridge : setting.replay
    }

    /// System, household and replay in a line.
    var description: String {
        "\(setting.description); replayed as \(replay.rawValue)"
            + (setting.publishesReplays && setting.topology.isMended ? ", published" : "")
    }

    /// The decisions for which the live path has no reason.
    var unreasonable: Set<RunDecision.Kind> {
        var kinds: Set<RunDecision.Kind> = [.missed]
        if profile[.duplicateDelivery] == 0 { kinds.insert(.duplicated) }
        if profile[.answerLost] == 0 { kinds.insert(.failed(acted: true)) }
        if !profile.has(anyOf: [.messageLost, .wifiLost, .powerLost, .powerCut]) {
            kinds.insert(.lost)
        }
        if !setting.redrives { kinds.insert(.redriven) }
        return kinds
    }
}

/// One seed: its history through the live path with faults, healed and drained, then replayed; and what
/// the invariants say of it.
struct Trial {
    let plan: TrialPlan

    /// What came of a trial.
    struct Outcome: Sendable {
        var breaches: [RunBreach] = []
        var marks: [CampaignMark: Int] = [:]
        /// The numbers of the reports that there were.
        var reports: [Int] = []
    }

    func run(_ invariants: [RunInvariant]) throws -> Outcome {
        let history = try ReportHistory(
            plan.setting.household, plan.profile, zones: plan.database, keeping: plan.kept)
        if let wanted = plan.kept?.max(), wanted > history.total {
            throw CampaignError(
                "there is no report \(wanted): with these faults there are "
                    + "\(Figures.count(history.total, "report")); --reports takes numbers that a"
                    + " campaign printed for the same seed, topology and faults")
        }
        let zone = try plan.database.zone(plan.setting.household.zone)
        return try TemporaryFolder.with { folder in
            let path = folder + "/campaign.ledger"
            try GeneratedHistory.append(
                history.events(LiveHandler(plan.setting.topology)), to: path, batch: 16_384)
            let ledger = try EventLedger(path: path)
            let course = try TrialCourse(plan, history, try request(ledger), zone: zone)
            var record = try course.run()
            try replay(ledger, &record)
            markButtons(&record)
            return Outcome(
                breaches: invariants.flatMap { $0.breaches(of: record) }, marks: record.marks,
                reports: history.reports.map(\.number))
        }
    }

    /// The live path: nothing of it is a replay, whatever the request is called.
    private func request(_ ledger: EventLedger) throws -> ReplayRequest {
        let topology = plan.setting.topology
        let targets = topology.targets.filter { target in
            switch target.kind {
            case .catFeeder: true
            case .projection(let name): plan.projections.contains { $0.name == name }
            case .file, .process: false
            }
        }
        var request = ReplayRequest(
            ledger, topology: topology, window: ReplayWindow(last: try ledger.headSequence()),
            name: "campaign", delivery: .chaos(plan.profile.busFaults), seed: plan.seed,
            targets: targets.map { $0.id }, states: .none, projections: plan.projections,
            settings: plan.hydration, database: plan.database)
        request.redrives = plan.setting.redrives
        return request
    }

    /// What the buttons did, as far as it is among the reports.
    private func markButtons(_ record: inout TrialRecord) {
        record.mark(.struck(.deadBattery), times: record.history.lost)
        for report in record.history.reports {
            let kinds: [(PressFaults, CampaignFault)] = [
                (.late, .lateReport), (.duplicate, .duplicateReport), (.split, .splitDouble),
                (.skewed, .skewedClock), (.unset, .unsetClock),
            ]
            for (fault, kind) in kinds where report.faults.contains(fault) {
                record.mark(.struck(kind))
            }
        }
    }

    /// Replays the history with the feeders on: as the service does, or at the recorded times.
    private func replay(_ ledger: EventLedger, _ record: inout TrialRecord) throws {
        var request = try request(ledger)
        var faults = plan.profile.busFaults
        let lags = faults[.archiveLag] > 0
        let waits = plan.setting.topology.isMended
        faults[.archiveLag] = 0
        switch plan.replay {
        case .chaos: request.delivery = .chaos(faults)
        case .eventBridge:
            var model = EventBridgeReplay(archiveLagMinutes: lags ? 10 : 0)
            model.wait = waits ? 600_000_000 : 0
            faults[.lateEvent] = 0
            model.faults = faults
            request.delivery = .eventBridge(model)
        }
        request.publishesReplays = plan.setting.publishesReplays
        let replay = try Replay(request)
        var told: [Told] = []
        var missed: Set<Int> = []
        replay.onArrival = { key, _ in
            if let one = try? Told(key.payload) { told.append(one) }
        }
        replay.onDecision = { if $0.kind == .missed { missed.insert($0.sequence) } }
        let report = try replay.run()
        if lags {
            record.mark(.struck(.archiveLag))
            if waits { record.mark(.recovered(.archiveAwaited)) }
        }
        record.mark(.recovered(.replayIgnored), times: report.replaysIgnored)
        let digests = Dictionary(report.digests.map { ($0.projection, $0.digest) }) { $1 }
        record.replayed = TrialRecord.Replayed(
            missed: missed.sorted(), feeds: report.dispenses,
            isPublished: plan.setting.publishesReplays && waits, audit: report.audit,
            stores: record.stores.compactMap { store in
                digests[store.name].map {
                    TrialRecord.Store(
                        name: store.name, digest: $0, rehydrated: store.rehydrated)
                }
            },
            wrongPairs: try StatedOrder(record.history, ledger).wrongPairs(told.sorted()))
    }
}
