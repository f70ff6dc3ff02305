import EventModel
import Ledger
import Projections

extension StoredTrial {
    /// What a point in time lets through, counted here event by event, is what a hydration to it folds.
    func checkPoints() throws {
        var tried: Set<PointCount> = []
        for sequence in sampled(.until, 4) {
            let event = trial.held.events[sequence - 1]
            for offset: Int64 in [-1, 0, 1] {
                let time = Timestamp(microseconds: event.time.microseconds + offset)
                try check(.time(time), time.text, &tried)
            }
            try check(.sequence(sequence), "seq:\(sequence)", &tried)
            try check(.id(event.id), "id:\(event.id)", &tried)
            let share = sequence * 1_000_000 / last
            try check(.millionths(share), "\(share) millionths", &tried)
            try check(
                .head, "all as of \(event.recorded?.text ?? "-")", &tried, knownBy: event.recorded)
            // A late event was not known when it happened.
            if let recorded = event.recorded, recorded > event.time {
                try check(.head, "all as of \(event.time.text)", &tried, knownBy: event.time)
            }
        }
    }

    /// So many sequences that the seed chooses; all where there are not more.
    private func sampled(_ law: Law, _ count: Int) -> [Int] {
        guard last > count else { return Array(1...last) }
        var draws = trial.draws(law)
        return (0..<count).map { _ in 1 + Int(draws.below(UInt64(last))) }
    }

    /// - Parameter tried: what was compared; points that come to the same are compared once.
    private func check(
        _ point: PointInTime, _ name: String, _ tried: inout Set<PointCount>,
        knownBy: Timestamp? = nil
    ) throws {
        let resolved = try trial.parts.resolve(ledger, point, knownBy)
        let events = trial.held.events
        var known =
            knownBy.map { time in events.prefix { $0.recorded ?? $0.time <= time }.count }
            ?? last
        var limit: Timestamp?
        switch point {
        case .time(let time): limit = time
        case .sequence(let number): known = min(known, number)
        case .id(let id): known = (events.firstIndex { $0.id == id } ?? -1) + 1
        case .millionths(let share): known = last * share / 1_000_000
        case .head: break
        }
        let counted = (1...last).filter { sequence in
            sequence <= known && (limit.map { events[sequence - 1].time <= $0 } ?? true)
        }
        let count = PointCount(
            resolvedLast: resolved.last, resolvedTime: resolved.time, known: known, limit: limit)
        guard tried.insert(count).inserted else { return }
        let found = try hydrated(to: resolved)
        let expected = try folded(counted, knownUpTo: known, until: limit)
        try trial.compare(
            found.fold, expected.fold, .until, "hydrated until \(name), and each event tried",
            in: found.history, expectedIn: expected.history)
    }
}

/// What a point was resolved to, and what was counted for it: the events up to `known` that happened by
/// `limit`.
private struct PointCount: Hashable {
    var resolvedLast: Int
    var resolvedTime: Timestamp?
    var known: Int
    var limit: Timestamp?
}
