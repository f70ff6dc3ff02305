import EventModel
import Lab
import Ledger
import Projections
import Testing

@Suite struct `A store against its ledger` {
    private func store(
        _ bench: HistoryBench, _ type: any Projection.Type, at sequence: Int
    ) throws -> HydrationStore {
        let store = try HydrationStore(path: bench.path("s"))
        var hydration = try Hydration(
            bench.ledger, to: ResolvedPoint(last: sequence, time: nil), projections: [type],
            database: bench.database)
        _ = try store.hydrate(&hydration)
        return store
    }

    private func diff(
        _ bench: HistoryBench, _ store: HydrationStore, _ type: any Projection.Type
    ) throws -> StoreDiff {
        try StoreDiff(
            type, in: store, against: bench.ledger, projections: [BowlTotals.self, LocalDays.self],
            database: bench.database)
    }

    @Test(arguments: 0..<12)
    func `is equal where nobody touched it`(number: Int) throws {
        let bench = try HistoryBench(number)
        let store = try store(bench, LocalDays.self, at: bench.head * 2 / 3)
        #expect(try diff(bench, store, LocalDays.self).isEqual)
    }

    @Test(arguments: [50, 400])
    func `that lost a batch is the state before it`(size: Int) throws {
        let bench = try HistoryBench(5, size: size)
        let store = try store(bench, LosesTail.self, at: bench.head)
        let diff = try diff(bench, store, BowlTotals.self)
        #expect(!diff.isEqual)
        let sequence = try #require(diff.isStateAt)
        // Events that are no presses change no row: any state up to the next press is the same.
        let there = try bench.tables(BowlTotals.self, at: sequence)
        #expect(there == (try bench.tables(BowlTotals.self, at: 20)))
        let cause = try #require(diff.causes.first)
        #expect(cause.steps.count <= 3 && cause.steps.last?.after == cause.row)
    }

    @Test func `that does not hold the projection is refused`() throws {
        let bench = try HistoryBench(5)
        let store = try store(bench, LocalDays.self, at: bench.head)
        let error = #expect(throws: StoreError.self) { try diff(bench, store, BowlTotals.self) }
        #expect(
            error?.description.contains("does not hold bowl-totals; it holds local-days") == true)
    }

    @Test func `of another ledger is refused`() throws {
        let bench = try HistoryBench(5)
        let other = try HistoryBench(11)
        let store = try store(other, LocalDays.self, at: 10)
        #expect(throws: StoreError.self) { try diff(bench, store, LocalDays.self) }
    }
}
