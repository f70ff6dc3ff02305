import EventModel
import Lab
import Ledger
import Projections
import Testing

@Suite struct `The difference of two projections` {
    /// The first sequence after which the rows differ, found by hydrating to every sequence.
    private func firstParting(
        _ bench: HistoryBench, _ a: any Projection.Type, _ b: any Projection.Type
    ) throws -> Int? {
        for sequence in 0...bench.head
        where try bench.tables(a, at: sequence) != bench.tables(b, at: sequence) {
            return sequence
        }
        return nil
    }

    @Test(arguments: 0..<50)
    func `is found at the first sequence, as brute force finds it`(number: Int) throws {
        let bench = try HistoryBench(number)
        let wrong: any Projection.Type = number % 2 == 0 ? UTCDays.self : SkippingDays.self
        let diff = try ProjectionDiff(LocalDays.self, wrong, on: bench.loaded())
        let expected = try firstParting(bench, LocalDays.self, wrong)
        #expect(diff.every == 1)
        #expect(diff.parting?.sequence == expected)
        #expect(diff.isEqual == (expected == nil))
        let end = TablesDifference(
            try bench.tables(LocalDays.self, at: bench.head),
            try bench.tables(wrong, at: bench.head))
        #expect(diff.difference == end)
        if let expected {
            let there = TablesDifference(
                try bench.tables(LocalDays.self, at: expected),
                try bench.tables(wrong, at: expected))
            #expect(diff.parting?.difference == there)
        }
    }

    @Test(arguments: [3, 16, 100, 1_000])
    func `is narrowed down to a sequence also where few states are looked at`(every: Int) throws {
        let bench = try HistoryBench(5, size: 400)
        let loaded = try bench.loaded()
        for wrong in [UTCDays.self, SkippingDays.self] as [any Projection.Type] {
            let diff = try ProjectionDiff(LocalDays.self, wrong, on: loaded, every: every)
            let sequence = try #require(diff.parting?.sequence)
            #expect(
                try bench.tables(LocalDays.self, at: sequence)
                    != bench.tables(wrong, at: sequence))
            #expect(
                try bench.tables(LocalDays.self, at: sequence - 1)
                    == bench.tables(wrong, at: sequence - 1))
            #expect(diff.every == min(every, bench.head))
        }
    }

    @Test func `leaves out tables and columns that one of them does not have`() throws {
        let bench = try HistoryBench(3)
        let diff = try ProjectionDiff(LocalDays.self, LocalDays2.self, on: bench.loaded())
        #expect(diff.isEqual)
        #expect(diff.compared == ["day_counts (feeder, day_number, press_count)"])
        #expect(
            diff.omissions == [
                "column is_even of day_counts, which local-days does not have",
                "table extras, which local-days does not have",
            ])
    }

    @Test func `needs a table in common`() throws {
        let bench = try HistoryBench(3)
        let error = #expect(throws: DifferenceError.self) {
            try ProjectionDiff(BowlTotals.self, FeedingStats.self, on: bench.loaded())
        }
        #expect(error?.description.contains("no table in common") == true)
    }

    @Test func `is none in an empty ledger`() throws {
        let bench = try HistoryBench([Event]())
        let diff = try ProjectionDiff(LocalDays.self, UTCDays.self, on: bench.loaded())
        #expect(diff.isEqual && diff.events == 0 && diff.difference.isEmpty)
    }

    @Test func `is counted by table and column`() throws {
        func table(_ rows: [[Cell]]) -> [RowTable] {
            [RowTable(name: "t", columns: ["k", "a", "b"], key: 1, rows: rows)]
        }
        let difference = TablesDifference(
            table([
                [.integer(1), .integer(1), .null], [.integer(2), .integer(1), .text("caf\u{E9}")],
                [.integer(3), .integer(1), .null],
            ]),
            table([
                [.integer(2), .integer(1), .text("cafe\u{301}")],
                [.integer(3), .integer(1), .null], [.integer(10), .integer(1), .null],
            ]))
        let counts = try #require(difference.tables.first)
        #expect(
            (counts.equal, counts.onlyFirst, counts.onlySecond, counts.otherValue) == (1, 1, 1, 1))
        #expect(counts.columns.map(\.name) == ["b"])
        #expect(difference.rows.map(\.keyText) == ["1", "2", "10"])
        #expect(difference.rows.map(\.kind) == [.onlyFirst, .otherValue, .onlySecond])
    }
}
