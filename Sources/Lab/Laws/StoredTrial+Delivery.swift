import EventBus
import EventModel
import Expectations
import Ledger
import Projections
import Simulation
import Topology

extension StoredTrial {
    /// The projection as a target on the bus.
    ///
    ///     ordered       all; and cut off on the way, its state saved, read back, and gone on with
    ///     eventbridge   shuffled minutes, copies, failed attempts, lost answers
    ///     chaos         late events besides; what gives up is dead-lettered, and redriven at the end
    ///
    /// What needs order is promised its state by `ordered` alone.
    func checkDelivery() throws {
        try checkOrdered()
        guard !trial.type.needsOrder else { return }
        var model = EventBridgeReplay(archiveLagMinutes: 0)
        var draws = trial.draws(.delivery)
        model.faults = drawnFaults(&draws)
        // What comes late is late by minutes there, and by nothing else.
        model.faults[.lateEvent] = 0
        try checkShuffled(.eventBridge(model), seed: draws.next())
        for _ in 0..<2 {
            try checkShuffled(.chaos(drawnFaults(&draws)), seed: draws.next())
        }
    }

    /// Faults that a bus has, each off in some histories and strong in others.
    private func drawnFaults(_ draws: inout RandomDraws) -> FaultProfile {
        var faults = FaultProfile()
        for kind in [FaultKind.duplicateDelivery, .lateEvent, .targetFails, .answerLost] {
            faults[kind] = [0, 50_000, 200_000, 500_000][Int(draws.below(4))]
        }
        return faults
    }

    private func checkShuffled(_ model: DeliveryModel, seed: UInt64) throws {
        let what = "\(model.name), seed \(seed), \(model.faults)"
        let fold = trial.blank()
        let report = try replay(request(model, seed: seed), fold) { false }
        guard report.state == .completed else {
            throw trial.violation(
                .delivery, nil, what, nil, "the replay ended as \(report.state.rawValue)")
        }
        try compareDelivered(fold, what)
        // Cut off on the way, nothing of it is kept: the next one begins where the store stands.
        let cut = last / 2
        var left = cut
        _ = try replay(request(model, seed: seed), trial.blank()) {
            left -= 1
            return left < 0
        }
        let stored = try saved(trial.fold(1..<cut + 1), trial.history)
        try replay(request(model, from: cut + 1, seed: seed), stored) { false }
        try compareDelivered(stored, "\(what), from a store at \(cut)")
    }

    private func checkOrdered() throws {
        let fold = trial.blank()
        try replay(request(.ordered), fold) { false }
        try compareDelivered(fold, "ordered")
        var cuts = [last / 2]
        if last > 2 { cuts = [1, last / 2, last - 1] }
        for cut in cuts where cut > 0 && cut < last {
            let early = trial.blank()
            var left = cut
            let report = try replay(request(.ordered), early) {
                left -= 1
                return left < 0
            }
            let what = "ordered, cut off after \(cut) events"
            guard report.progress.next == cut + 1 else {
                throw trial.violation(
                    .delivery, cut, what, nil,
                    "it goes on with \(report.progress.next.map(String.init) ?? "nothing"), and should"
                        + " with \(cut + 1)")
            }
            let later = try saved(early, known())
            try replay(request(.ordered, from: cut + 1), later) { false }
            try compareDelivered(later, what + ", then the rest")
        }
    }

    private func compareDelivered(_ fold: ProjectionFold, _ what: String) throws {
        try trial.compare(fold, trial.whole(), .delivery, what, in: known())
    }

    /// A fold of what was saved, as another process reads it.
    private func saved(_ fold: ProjectionFold, _ history: History) throws -> ProjectionFold {
        let other = trial.blank()
        try trial.parts.restore(other, trial.parts.save(fold, history), known())
        return other
    }

    private static let target = "law"
    /// Read once: every replay of every history goes by it.
    private static let deployed = Result { try TopologyFile(shipped: .deployed) }

    private func request(
        _ model: DeliveryModel, from first: Int = 1, seed: UInt64 = 1
    ) throws -> ReplayRequest {
        let topology = try StoredTrial.deployed.get().replacing { target in
            guard target.id == "bowl-totals" else { return target }
            var target = target
            target.id = StoredTrial.target
            target.kind = .projection(name: trial.type.name)
            // Few attempts, so that some events end in the queue.
            target.retry.attempts = 2
            target.deadLetterQueue = "law-dead"
            return target
        }
        return ReplayRequest(
            ledger, topology: topology, window: ReplayWindow(first: first, last: last),
            name: "law", delivery: model, seed: seed, targets: [StoredTrial.target], states: .none,
            projections: [trial.type], settings: trial.settings, database: trial.database,
            redrives: true)
    }

    /// - Parameter isCancelled: asked before each event.
    @discardableResult
    private func replay(
        _ request: ReplayRequest, _ fold: ProjectionFold, isCancelled: @escaping () -> Bool
    ) throws -> ReplayReport {
        let replay = try Replay(request, history: known(), folds: [fold])
        replay.wrapTarget = trial.parts.wrapTarget
        replay.pace = { _ in isCancelled() }
        return try replay.run()
    }
}
