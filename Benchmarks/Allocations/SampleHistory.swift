import EventModel
import Lab
import Ledger
import Projections
import Scenario

/// A year of 585 feeders, in a ledger with an index: what the loops run over.
struct SampleHistory {
    let root: String
    let folder: WorkFolder
    let scenario: ScenarioFile
    let database: TimeZoneDatabase
    let ledger: EventLedger
    static let seed: UInt64 = 7

    init(root: String, folder: WorkFolder) throws {
        self.root = root
        self.folder = folder
        database = try TimeZoneDatabase()
        scenario = try ScenarioFile(path: root + "/Benchmarks/million.yaml", zones: database)
        let path = folder.path + "/million.ledger"
        _ = try SimulationRun(scenario, seed: SampleHistory.seed, years: 1, zones: database)
            .run(into: path) { _, _ in false }
        _ = try ReplayIndex.build(path: path, holder: "allocations")
        ledger = try EventLedger(path: path)
    }
}

// MARK: Hydrations, and what is read of them

extension SampleHistory {
    /// N: segments of 65,536 events.
    private static let segments = 4

    /// Hydrations from index and rows, on one thread and two. Bowl totals keep a table of the size of
    /// the feeders; feeding-stats keeps every feed, in buffers that double.
    func hydrations() -> [HotLoop] {
        let both: [any Projection.Type] = [BowlTotals.self, FeedingStats.self]
        let user: [any Projection.Type] = [GramsServed.self]
        return [
            hydration("bowl-totals, index", [BowlTotals.self]),
            hydration("feeding-stats, index", [FeedingStats.self], growth: 4),
            hydration("both, index", both, growth: 4),
            hydration("a user's projection (decoded), index", user),
            hydration("a user's beside both, index", both + user, growth: 4),
            hydration("bowl-totals, index, 2 threads", [BowlTotals.self], jobs: 2),
            hydration("both, index, 2 threads", both, jobs: 2, growth: 12),
            hydration("bowl-totals, rows", [BowlTotals.self], .rows),
            hydration("both, rows", both, .rows, growth: 4),
            hydration("a user's projection (decoded), rows", user, .rows),
        ]
    }

    private func hydration(
        _ name: String, _ types: [any Projection.Type], _ source: RecordSource = .index,
        jobs: Int = 1, growth: Int = 0
    ) -> HotLoop {
        let batch = source == .index ? ReplayIndex.segmentSize : EventLedger.scanBatch
        // A segment is looked up, checked against its blocks, and offered to each fold.
        let most = source == .index ? 16.0 : 4
        return HotLoop(
            name: name, law: AllocationLaw(unit: "batch", most: most, growth: growth)
        ) { doubled in
            let events = SampleHistory.segments * ReplayIndex.segmentSize * (doubled ? 2 : 1)
            var hydration = try Hydration(
                ledger, to: ledger.resolve(.sequence(events)), projections: types,
                database: database)
            hydration.source = source
            hydration.jobs = jobs
            let allocations = try Allocations.of { try hydration.run() }
            guard hydration.given == events else {
                throw CountProofError(
                    description: "\(name): \(hydration.given) of \(events) events were folded")
            }
            return LoopRun(events: events, units: events / batch, allocations: allocations)
        }
    }

    /// Days and digest of feeding-stats: a feeder's feeds are put in order, then walked over.
    func results() -> [HotLoop] {
        [
            result("feeding-stats: days") { stats, history in
                try stats.state.forEachDay(history) { _, _ in }
            },
            result("feeding-stats: digest") { stats, history in _ = stats.digest(history) },
        ]
    }

    private func result(
        _ name: String,
        _ read: @escaping (TypedFold<FeedingStats>, History) throws -> Void
    ) -> HotLoop {
        HotLoop(name: name, law: AllocationLaw(unit: "event", most: 0.02)) { doubled in
            let events = SampleHistory.segments * ReplayIndex.segmentSize * (doubled ? 2 : 1)
            var hydration = try Hydration(
                ledger, to: ledger.resolve(.sequence(events)), projections: [FeedingStats.self],
                database: database)
            try hydration.run()
            guard let stats = hydration.folds[0] as? TypedFold<FeedingStats> else {
                throw CountProofError(description: "\(name): feeding-stats has no fold")
            }
            let allocations = try Allocations.of { try read(stats, hydration.history) }
            return LoopRun(events: events, units: events, allocations: allocations)
        }
    }
}
