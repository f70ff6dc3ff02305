import CatFeeder
import EventBus
import EventModel
import Expectations
import MQTTBroker
import Projections
import Simulation

// What is left when everything has come to its end.
extension TrialCourse {
    /// Completes the record.
    func settleAccounts() throws {
        letters()
        waiting()
        record.mark(.struck(.messageLost), times: disturber.messagesStruck)
        record.mark(
            .recovered(.copyIgnored),
            times: path.feeders.reduce(0) { $0 + $1.counts.copiesIgnored })
        let kept = Set(archives.flatMap { $0.events.map(\.id) })
        let last = try ledger.headSequence()
        if last > 0 {
            try ledger.forEachEvent(1...last) { sequence, event in
                if !kept.contains(event.id) { record.unarchived.append(sequence) }
            }
        }
        var source = ExpectedSource(
            ledger, ReplayWindow(last: last),
            Expectation(
                routes: parts.routes, replayName: nil, registrations: parts.registrations))
        record.audit = try audit.finish(&source)
        try stores()
    }

    /// Letters leave their queues again, where they are redriven.
    func markLetters() {
        for letter in path.bus.deadLetters.values.flatMap({ $0 }) {
            record.mark(
                .recovered(letter.condition == .maximumEventAge ? .expired : .deadLettered))
        }
    }

    private func letters() {
        let feeding = Set(parts.routes.map(\.target))
        var queued: [Int: Int] = [:]
        for queue in path.bus.deadLetters.keys.sorted() {
            for letter in path.bus.deadLetters[queue] ?? [] where feeding.contains(letter.target) {
                let sequence = letter.event.sequence ?? 0
                queued[sequence, default: 0] += 1
                lose(sequence, letter.condition == .maximumEventAge ? .expired : .deadLettered)
            }
        }
        for sequence in record.decisions.keys.sorted() {
            let kinds = record.decisions[sequence] ?? []
            func count(_ kind: RunDecision.Kind) -> Int { kinds.count { $0 == kind } }
            let (given, again) = (count(.deadLettered), count(.redriven))
            let dropped = given - again - queued[sequence, default: 0]
            for _ in 0..<max(0, dropped) { lose(sequence, .dropped) }
            record.mark(.recovered(.redriven), times: again)
            let failed = count(.failed(acted: true)) + count(.failed(acted: false))
            if failed > 0, given == 0 { record.mark(.recovered(.retried)) }
        }
    }

    private func lose(_ sequence: Int, _ loss: TrialRecord.Loss) {
        for key in keysOfEvent[sequence] ?? [] { record.accounts[key]?.losses.append(loss) }
    }

    /// What has not come to its end, though everything was healed.
    private func waiting() {
        if path.bus.pending > 0 {
            record.pending.append(
                ("bus", Figures.count(path.bus.pending, "attempt") + " of the bus"))
        }
        for feeder in path.feeders {
            if !feeder.client.isConnected {
                record.pending.append(("feeder", "feeder \(feeder.name) is not connected"))
            }
            if !feeder.waitingMessages.isEmpty || feeder.nextWake != nil {
                let count = Figures.count(feeder.waitingMessages.count, "message")
                record.pending.append(("feeder", "\(count) in the socket of feeder \(feeder.name)"))
            }
            let kept = link.pendingDeliveries(to: feeder.client.number)
            if kept > 0 {
                record.pending.append(
                    ("broker", "\(Figures.count(kept, "message")) at the broker for \(feeder.name)")
                )
            }
        }
    }

    /// The projections as the bus brought them up to date, beside a plain pass over the ledger.
    private func stores() throws {
        for (_, target) in path.projections { try target.fold.flush() }
        var hydration = try Hydration(
            ledger, to: ledger.resolve(.head), projections: plan.projections,
            settings: plan.hydration, database: plan.database)
        try hydration.run()
        let folds = path.projections.flatMap(\.target.fold.folds)
        record.stores = hydration.folds.compactMap { plain in
            guard let fold = folds.first(where: { $0.name == plain.name }) else { return nil }
            return TrialRecord.Store(
                name: plain.name, digest: fold.digest(projections).hex,
                rehydrated: plain.digest(hydration.history).hex)
        }
        for fold in folds {
            guard let bowls = fold as? TypedFold<BowlTotals> else { continue }
            record.gramsCounted = bowls.state.totals(projections)
                .reduce(0) { $0 + $1.left.grams + $1.right.grams }
        }
        record.booked = try DayCounts(folds, projections).counts
        record.mark(
            .recovered(.copyDropped),
            times: path.projections.reduce(0) { $0 + $1.target.fold.copies })
    }
}
