import EventModel
import Ledger
import Projections

/// Times hydrations of one ledger from its index and from its rows, beside a C loop over the same
/// segments, in turn, several rounds. One thread's figures are by processor time, several threads'
/// by the clock on the wall.
struct HydrationBench {
    private let path: String
    private let raw: String
    private let database: TimeZoneDatabase

    init(_ path: String, raw: String) throws {
        self.path = path
        self.raw = raw
        database = try TimeZoneDatabase()
    }

    func run(rounds: Int, withRows: Bool = true) throws {
        let events = try EventLedger(path: path).headSequence()
        let both: [any Projection.Type] = [BowlTotals.self, FeedingStats.self]
        var table = Measurements()
        for _ in 0..<rounds {
            let loop = try measure([raw, "fold", path])
            table.add(Self.loop, loop.rows, seconds: loop.statedSeconds)
            for jobs in 1...2 {
                let threads = jobs == 1 ? "" : ", \(jobs) threads"
                table.add(
                    Self.bowls + threads, events, seconds: try hydrate([BowlTotals.self], jobs))
                table.add(Self.both + threads, events, seconds: try hydrate(both, jobs))
            }
            table.add("the index alone, read and checked", events, seconds: try scan())
            guard withRows else { continue }
            table.add(
                "bowl-totals from rows", events, seconds: try hydrate([BowlTotals.self], 1, .rows))
            table.add("both from rows", events, seconds: try hydrate(both, 1, .rows))
        }
        table.printTable(rounds: rounds)
        table.printRatio(Self.bowls, Self.loop, "0.6")
        table.printRatio(Self.both, Self.loop, "")
    }

    private static let loop = "bowls in a C loop over segments"
    private static let bowls = "bowl-totals from the index"
    private static let both = "both projections from the index"

    private func hydrate(
        _ types: [any Projection.Type], _ jobs: Int, _ source: RecordSource = .index
    ) throws -> Double {
        let ledger = try EventLedger(path: path)
        let begin = (ContinuousClock.now, processorSeconds())
        var hydration = try Hydration(
            ledger, to: ledger.resolve(.head), projections: types, database: database)
        hydration.jobs = jobs
        hydration.source = source
        hydration.usesSnapshots = false
        try hydration.run()
        return jobs == 1
            ? processorSeconds() - begin.1 : (ContinuousClock.now - begin.0) / .seconds(1)
    }

    private func scan() throws -> Double {
        let ledger = try EventLedger(path: path)
        let begin = processorSeconds()
        try ledger.scan(1...max(1, ledger.headSequence())) { _, _, _ in }
        return processorSeconds() - begin
    }
}
