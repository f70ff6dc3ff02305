import EventModel
import Ledger
import Projections
import Simulation

extension StoredTrial {
    /// The store of all is the state in memory.
    func checkStore() throws {
        let store = try HydrationStore(path: folder + "/store.sqlite")
        try hydrate(store, to: head)
        try compare(store, at: head, .store, "a store of all")
    }

    @discardableResult
    func hydrate(
        _ store: HydrationStore, to point: ResolvedPoint, batch: Int = EventLedger.scanBatch,
        stopAfter calls: Int = .max
    ) throws -> StoreStep {
        var hydration = try storeHydration(to: point)
        hydration.batch = batch
        var count = 0
        return try trial.parts.hydrateStore(store, &hydration) { _ in
            count += 1
            if count >= calls { throw Stop() }
        }[0]
    }

    private struct Stop: Error {}

    /// Throws where a store is not what a hydration in memory is: by its checkpoint, and row by row
    /// as the file is read back. A file like one that was right is.
    func compare(
        _ store: HydrationStore, at point: ResolvedPoint, _ law: Law, cut: Int? = nil,
        _ what: String
    ) throws {
        try once(store, at: point) {
            try compare(store, hydrated(to: point), law, cut: cut, what)
        }
    }

    private func compare(
        _ store: HydrationStore, _ expected: LawState, _ law: Law, cut: Int?, _ what: String
    ) throws {
        let (fold, digest) = (expected.fold, expected.digest)
        guard let checkpoint = try store.checkpoints().first else {
            throw trial.violation(law, cut, what, nil, "the store has no checkpoint")
        }
        let differences = try store.verify(
            against: ledger, projections: [trial.type], database: trial.database)
        if let difference = differences.first {
            throw trial.violation(law, cut, what, nil, difference.description)
        }
        guard checkpoint.state == digest, checkpoint.events == fold.events,
            checkpoint.input == fold.input
        else {
            throw trial.violation(
                law, cut, what, (checkpoint.state, digest),
                "\(checkpoint.events) events (\(checkpoint.input)), and should be \(fold.events)"
                    + " (\(fold.input))")
        }
    }

    /// Stopped after a batch, with and without a store to go on from: after any of a short history, after
    /// some that the seed chooses of a longer one.
    func checkStops() throws {
        guard last > 1 else { return }
        var draws = trial.draws(.crash)
        for number in 0..<3 {
            let cut = number == 0 ? 0 : Int(draws.below(UInt64(last)))
            let store = try HydrationStore(path: folder + "/stopped-\(number).sqlite")
            if cut > 0 { try hydrate(store, to: ResolvedPoint(last: cut, time: nil)) }
            let before = try store.checkpoints()
            for batch in [1, 3] {
                let batches = (last - cut + batch - 1) / batch
                let drawn = 1 + Int(draws.below(UInt64(batches)))
                for calls in last <= StoredTrial.short ? Array(1...batches) : [drawn] {
                    try stop(store, before, from: cut, batch: batch, after: calls)
                }
            }
            let step = try hydrate(store, to: head, batch: 2)
            guard cut == 0 || step == .resume(from: cut) else {
                throw trial.violation(.crash, cut, "resumed from \(cut)", nil, "the store \(step)")
            }
            try compare(
                store, at: head, .crash, cut: cut, "from \(cut), stopped, then run to the end")
        }
    }

    private static let short = 12

    /// - Parameter before: the checkpoints that the store must still have afterwards.
    private func stop(
        _ store: HydrationStore, _ before: [Checkpoint], from cut: Int, batch: Int,
        after calls: Int
    ) throws {
        let what = "from \(cut), batches of \(batch), stopped after \(calls)"
        do {
            try hydrate(store, to: head, batch: batch, stopAfter: calls)
            throw trial.violation(.crash, cut, what, nil, "nothing was stopped")
        } catch is Stop {}
        trial.tally.crashes += 1
        guard try store.checkpoints() == before else {
            throw trial.violation(.crash, cut, what, nil, "the store's checkpoint has changed")
        }
        if cut > 0 {
            let then = ResolvedPoint(last: cut, time: nil)
            try compare(store, at: then, .crash, cut: cut, what + "; the store as it was")
        }
    }

    /// Later and later times, some of which late reports straddle, then all.
    func checkUntil() throws {
        var draws = trial.draws(.until)
        let store = try HydrationStore(path: folder + "/until.sqlite")
        var times: [Timestamp] = []
        for _ in 0..<4 {
            times.append(trial.held.events[Int(draws.below(UInt64(last)))].time)
        }
        var points = times.sorted().map { ResolvedPoint(last: last, time: $0) }
        points.append(ResolvedPoint(last: last, time: nil))
        var way = ""
        for point in points {
            way += (way.isEmpty ? "" : ", then ") + (point.time?.shortText ?? "all")
            let step = try hydrate(store, to: point)
            try compare(store, at: point, .until, "until \(way) (\(step))")
        }
    }
}
