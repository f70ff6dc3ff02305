import EventModel
import Ledger

/// One pass that takes what it can from snapshots, and scans the rest, for folds that scan the same.
///
///     1 ─ snapshot ─│─ snapshot ─│─ scan ─│─ snapshot ─│─ scan ─ last
///
/// Merged in order, as the parts of a `ParallelPass` are.
final class SnapshotPass {
    let folds: [ProjectionFold]
    private(set) var given = 0
    private(set) var straddle = Straddle()
    private(set) var unsound: [SegmentFault] = []
    private let pass: HistoryFold
    /// All that folded something.
    private(set) var passes: [HistoryFold]
    private var plans: [SnapshotPlan]
    private let hydration: Hydration

    private init(_ plans: [(fold: ProjectionFold, plan: SnapshotPlan)], _ hydration: Hydration) {
        folds = plans.map(\.fold)
        self.plans = plans.map(\.plan)
        self.hydration = hydration
        pass = HistoryFold(hydration.history, folds, only: hydration.only)
        passes = [pass]
    }

    /// A pass for each set of folds that scan the same.
    static func grouped(
        _ plans: [(fold: ProjectionFold, plan: SnapshotPlan)], _ hydration: Hydration
    ) -> [SnapshotPass] {
        var groups: [[(fold: ProjectionFold, plan: SnapshotPlan)]] = []
        for one in plans {
            if let place = groups.firstIndex(where: { $0[0].plan.scans == one.plan.scans }) {
                groups[place].append(one)
            } else {
                groups.append([one])
            }
        }
        return groups.map { SnapshotPass($0, hydration) }
    }

    func run(progress: (Int) throws -> Void) throws {
        for scan in plans.first?.scans ?? [] {
            try merge(before: scan.lowerBound)
            guard hydration.jobs == 1 || scan.count < SnapshotPass.worthSharing else {
                try share(scan, progress)
                continue
            }
            try pass.fold(scan, hydration.ledger, hydration) {
                unsound.append($0)
            } each: {
                given += $0.count
                straddle.take($0)
                try progress($0.upperBound)
            } leftOut: {
                straddle.leaveOut(from: $0)
            }
        }
        try merge(before: .max)
    }

    /// Scans on as many threads as the hydration has.
    private func share(_ scan: ClosedRange<Int>, _ progress: (Int) throws -> Void) throws {
        let shared = ParallelPass(hydration, folds, scan)
        try shared.run(progress: progress)
        for part in shared.parts {
            given += part.count
            straddle.merge(part.straddle)
            unsound += part.unsound
            passes.append(part.pass)
        }
    }

    /// A scan of fewer events is done before another thread has begun.
    private static let worthSharing = 4 * ReplayIndex.segmentSize

    /// Takes the steps of each plan up to the scan that begins at `sequence`, which is passed.
    private func merge(before sequence: Int) throws {
        for (place, fold) in folds.enumerated() {
            var taken = 0
            steps: for step in plans[place].steps {
                taken += 1
                switch step {
                case .merge(let state, let header):
                    fold.merge(state)
                    try fold.check()
                    straddle.take(header.range.sequences)
                case .skip(let range): straddle.leaveOut(from: range.lowerBound)
                case .scan(let range): if range.lowerBound == sequence { break steps }
                }
            }
            plans[place].drop(taken)
        }
    }
}
