import EventModel
import Foundation
import Ledger
import Projections

extension StoredTrial {
    /// Hydrations that go on from snapshots of short stretches come to the state of those that do not,
    /// at sequences and at times, for all feeders and for one.
    func checkStretches() throws {
        var draws = trial.draws(.stretches)
        let stretch = 1 + Int(draws.below(7))
        defer { unlink(Snapshots.path(of: ledger.path)) }
        do {
            _ = try Snapshots.build(
                ledger, projections: [trial.type], settings: trial.settings,
                database: trial.database,
                stretch: stretch, policy: .unlimited)
        } catch let error as StateError {
            throw trial.violation(
                .stretches, nil, "stretches of \(stretch)", nil, error.description)
        }
        var tried: [StretchCut: History] = [:]
        /// Short histories are cut at the same places again.
        func tryOnce(
            _ point: ResolvedPoint, _ cut: Int, feeder: String? = nil
        ) throws -> History {
            let place = StretchCut(last: point.last, time: point.time, feeder: feeder)
            if let known = tried[place] { return known }
            let known = try compareStretches(point, cut, stretch, feeder: feeder)
            tried[place] = known
            return known
        }
        for _ in 0..<8 {
            let cut = 1 + Int(draws.below(UInt64(last)))
            let time = trial.held.events[cut - 1].time
            for point in [
                ResolvedPoint(last: cut, time: nil), ResolvedPoint(last: last, time: time),
            ] {
                let known = try tryOnce(point, cut)
                if trial.type.feedersAreIndependent {
                    let feeder = known.feeders[Int(draws.below(UInt64(known.feeders.count)))]
                    _ = try tryOnce(point, cut, feeder: feeder)
                }
            }
        }
    }

    /// Returns what is known at the point.
    private func compareStretches(
        _ point: ResolvedPoint, _ cut: Int, _ stretch: Int, feeder: String?
    ) throws -> History {
        func hydrate(_ usesSnapshots: Bool) throws -> Hydration {
            var hydration = try Hydration(
                ledger, to: point, projections: [trial.type], feeder: feeder,
                settings: trial.settings,
                database: trial.database)
            hydration.usesSnapshots = usesSnapshots
            hydration.snapshotPolicy = .unlimited
            try hydration.run()
            return hydration
        }
        let (found, expected) = (try hydrate(true), try hydrate(false))
        let place = point.time.map { "by \($0.text)" } ?? "sequence \(cut)"
        let name = feeder.map { ", feeder \($0)" } ?? ""
        if let fault = found.unsoundSnapshots.first {
            throw trial.violation(
                .stretches, cut, "stretches of \(stretch), \(place)\(name)", nil, "\(fault)")
        }
        try trial.compare(
            found.folds[0], expected.folds[0], .stretches, cut: cut,
            "stretches of \(stretch), \(place)\(name)", in: found.history,
            expectedIn: expected.history)
        return expected.history
    }
}

/// Where hydrations that go on from snapshots are compared.
private struct StretchCut: Hashable {
    var last: Int
    var time: Timestamp?
    /// As bytes: two spellings of a letter are two feeders.
    var feeder: [UInt8]?

    init(last: Int, time: Timestamp?, feeder: String?) {
        (self.last, self.time, self.feeder) = (last, time, feeder.map { Array($0.utf8) })
    }
}
