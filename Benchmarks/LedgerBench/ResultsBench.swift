import EventModel
import Glibc
import Ledger
import Projections

/// Hydrates projections from one ledger's index once, works out all that people read of them, and
/// prints one line of JSON: what `Benchmarks/suite` sets beside the same results in SQL.
struct ResultsBench {
    let path: String
    /// Threads of the hydration, and of the results.
    let jobs: Int
    let withStats: Bool
    /// How far.
    let point: PointInTime

    func run() throws {
        let database = try TimeZoneDatabase()
        let ledger = try EventLedger(path: path)
        let types: [any Projection.Type] =
            withStats ? [BowlTotals.self, FeedingStats.self] : [BowlTotals.self]
        let begin = (ContinuousClock.now, processorSeconds())
        var hydration = try Hydration(
            ledger, to: ledger.resolve(point), projections: types, database: database)
        hydration.jobs = jobs
        hydration.usesSnapshots = false
        try hydration.run()
        let folded = (ContinuousClock.now - begin.0) / .seconds(1)
        let checked = try sums(hydration)
        let wall = (ContinuousClock.now - begin.0) / .seconds(1)
        let processor = processorSeconds() - begin.1
        print(
            #"{"seconds":\#(wall),"processor":\#(processor),"fold":\#(folded),"sums":\#(checked)}"#)
    }

    /// Sums over every row of the results, so that none is left out: dispenses and grams of bowls;
    /// days, feeds, first and last times and gaps in seconds, and double feeds.
    private func sums(_ hydration: Hydration) throws -> [Int] {
        var sums = Array(repeating: 0, count: withStats ? 8 : 2)
        for fold in hydration.folds {
            if let bowls = fold as? TypedFold<BowlTotals> {
                for (_, left, right) in bowls.state.totals(hydration.history) {
                    sums[0] += left.dispenses + right.dispenses
                    sums[1] += left.grams + right.grams
                }
            } else if let stats = fold as? TypedFold<FeedingStats> {
                try stats.state.forEachDay(hydration.history) { _, day in
                    sums[2] += 1
                    sums[3] += day.single + 2 * day.double + 3 * day.long
                    sums[4] += Int(day.first.microseconds / 1_000_000)
                    sums[5] += Int(day.last.microseconds / 1_000_000)
                    sums[6] += Int(day.longestGap.map { $0 / 1_000_000 } ?? 0)
                    sums[7] += day.doubleFeeds
                }
                try stats.state.check()
            }
        }
        return sums
    }
}

/// The processor time of this process: what a busy machine does not change.
func processorSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}
