import EventModel
import Ledger
import Projections
import Testing

@testable import Lab

@Suite struct `The history of a row` {
    /// The events after which a row was another one, found by hydrating to every sequence.
    private func steps(_ states: [[RowTable]], _ table: String, _ key: String) -> [RowStep] {
        var steps: [RowStep] = []
        var before: [Cell]?
        for (sequence, tables) in states.enumerated() {
            let own = tables.first { $0.name == table }
            let row = own?.rows.first { own?.keyText($0).hasSameBytes(as: key) == true }
            if sequence > 0, row != before {
                steps.append(RowStep(sequence: sequence, before: before, after: row))
            }
            before = row
        }
        return steps
    }

    @Test(arguments: 0..<24)
    func `is what brute force finds`(number: Int) throws {
        let bench = try HistoryBench(number)
        let all: [any Projection.Type] = [
            BowlTotals.self, FeedingStats.self, KnownFeeders.self, GramsHeard.self,
        ]
        let type = all[number / 6]
        let states = try (0...bench.head).map { try bench.tables(type, at: $0) }
        let lookup = try RowLookup(type, on: bench.loaded())
        for table in try #require(states.last) {
            // Each row of a small table, and some of a large one.
            for row in table.rows.indices where row.isMultiple(of: table.rows.count / 12 + 1) {
                let key = table.keyText(table.rows[row])
                let expected = steps(states, table.name, key)
                let all = try lookup.history(of: key, in: table.name, last: nil)
                #expect(all.steps == expected, "\(table.name) \(key)")
                #expect(all.row == table.rows[row])
                let last = try lookup.history(of: key, in: table.name, last: 2, every: 1)
                #expect(last.steps == expected.suffix(2), "\(table.name) \(key)")
            }
        }
    }

    @Test func `has its last steps right also where few states are looked at`() throws {
        let bench = try HistoryBench(5, size: 600)
        let states = try (0...bench.head).map { try bench.tables(BowlTotals.self, at: $0) }
        let lookup = try RowLookup(BowlTotals.self, on: bench.loaded())
        let table = try #require(states.last?.first)
        for row in table.rows {
            // Counts only rise, so no change is undone between two looks.
            let key = table.keyText(row)
            let found = try lookup.history(of: key, in: nil, last: 5, every: 150)
            #expect(found.steps == steps(states, "bowls", key).suffix(5))
            #expect(found.feeder != nil && found.events < bench.head)
        }
    }

    @Test func `takes all events where a row depends on other feeders, whatever is claimed`() throws
    {
        let bench = try HistoryBench(5)
        let lookup = try RowLookup(KnownFeeders.self, on: bench.loaded())
        let busy = try lookup.history(of: "kitchen", in: nil, last: 4, every: 2)
        #expect(busy.feeder == nil && busy.events == bench.head)
    }

    @Test(arguments: [
        ("kitchen|lefd", nil, "kitchen|left"), ("nobody|left", nil, "the nearest are"),
        ("kitchen|left", "bowlz", "did you mean \"bowls\"?"),
    ])
    func `of an unknown row names the nearest`(key: String, table: String?, hint: String) throws {
        let bench = try HistoryBench(5)
        let lookup = try RowLookup(BowlTotals.self, on: bench.loaded())
        let error = #expect(throws: DifferenceError.self) {
            try lookup.history(of: key, in: table, last: nil)
        }
        #expect(error?.description.contains(hint) == true, "\(error.map { "\($0)" } ?? "none")")
    }

    @Test func `stops at a time`() throws {
        let bench = try HistoryBench(5)
        let time = try bench.ledger.event(at: bench.head / 2).time
        let loaded = try bench.loaded(until: time)
        let lookup = try RowLookup(BowlTotals.self, on: loaded)
        let table = try #require(
            try bench.tables(BowlTotals.self, at: bench.head, until: time).first)
        for row in table.rows {
            let found = try lookup.history(of: table.keyText(row), in: nil, last: nil)
            #expect(found.row == row)
            #expect(found.steps.last?.after == row)
        }
    }
}
