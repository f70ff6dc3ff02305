import EventModel
import Lab
import Ledger
import Projections
import Testing

@Suite struct `A hydration from the replay index` {
    private static let types: [any Projection.Type] = [BowlTotals.self, FeedingStats.self]

    /// What each fold came to: everything that a checkpoint keeps.
    private func results(
        _ ledger: EventLedger, _ point: ResolvedPoint, _ source: RecordSource, jobs: Int = 1,
        batch: Int = .max
    ) throws -> [String] {
        var hydration = try Hydration(
            ledger, to: point, projections: Self.types, database: TimeZoneDatabase())
        (hydration.source, hydration.jobs, hydration.batch) = (source, jobs, batch)
        try hydration.run()
        return hydration.folds.map {
            "\($0.name) \($0.sequence) \($0.events) \($0.input) \($0.latest.microseconds)"
                + " \($0.digest(hydration.history)) \(hydration.given)"
        }
    }

    /// A generated history that fills some segments.
    private func ledger(_ seed: UInt64, in folder: String) throws -> EventLedger {
        let writer = try LedgerWriter(path: folder + "/l") { _ in "{}" }
        writer.segmentSize = 1024
        try writer.append(GeneratedHistory(seed: seed, number: 1, size: 3600).events)
        try writer.close()
        let ledger = try EventLedger(path: folder + "/l")
        #expect(try ledger.indexExtent().segments >= 3)
        return ledger
    }

    @Test(arguments: [environmentSeed() ?? 1, 2])
    func `comes to the same as one from rows, at every kind of point, on any number of threads`(
        seed: UInt64
    ) throws {
        try withTemporaryFolder { folder in
            let ledger = try ledger(seed, in: folder)
            let head = try ledger.headSequence()
            var points = [1, 2, 1000, 1023, 1024, 1025, 1700, 2048, 2049, 3072, head].map {
                ResolvedPoint(last: $0, time: nil)
            }
            for sequence in stride(from: 5, to: head, by: 700) {
                points.append(
                    ResolvedPoint(last: head, time: try ledger.event(at: sequence).time))
            }
            for point in points {
                let expected = try results(ledger, point, .rows)
                for (jobs, batch) in [(1, Int.max), (1, 700), (2, .max), (3, 64), (7, .max)] {
                    #expect(
                        try results(ledger, point, .index, jobs: jobs, batch: batch) == expected,
                        "seed \(seed), \(point), \(jobs) jobs, batches of \(batch)")
                }
                #expect(try results(ledger, point, .rows, jobs: 4) == expected)
            }
        }
    }

    @Test func `goes on from any cut, with more threads than before, to the same state`() throws {
        try withTemporaryFolder { folder in
            let ledger = try ledger(3, in: folder)
            let head = try ledger.resolve(.head)
            let expected = try results(ledger, head, .rows)
            for (number, cut) in [1, 1000, 1024, 1025, 2500, 3072].enumerated() {
                let store = try HydrationStore(path: folder + "/s\(number)")
                for (last, jobs) in [(cut, 1 + number % 3), (head.last, 3)] {
                    var hydration = try Hydration(
                        ledger, to: ResolvedPoint(last: last, time: nil), projections: Self.types,
                        database: TimeZoneDatabase())
                    hydration.jobs = jobs
                    _ = try store.hydrate(&hydration)
                    guard last == head.last else { continue }
                    #expect(hydration.given == head.last - cut)
                    let ends = hydration.folds.map { "\($0.input) \($0.digest(hydration.history))" }
                    #expect(
                        zip(expected, ends).allSatisfy { whole, end in
                            end.split(separator: " ").allSatisfy { whole.contains($0) }
                        })
                }
                #expect(
                    try store.verify(
                        against: ledger, projections: Self.types, database: TimeZoneDatabase()
                    ).isEmpty)
            }
        }
    }

    @Test func `stops on every thread when its progress throws, with that error`() throws {
        struct Enough: Error {}
        try withTemporaryFolder { folder in
            let ledger = try ledger(4, in: folder)
            var hydration = try Hydration(
                ledger, to: ledger.resolve(.head), projections: Self.types,
                database: TimeZoneDatabase())
            (hydration.jobs, hydration.batch) = (4, 10)
            var calls = 0
            #expect(throws: Enough.self) {
                try hydration.run { _ in
                    calls += 1
                    if calls == 5 { throw Enough() }
                }
            }
            #expect(calls == 5)
        }
    }

    @Test func `reports how far all threads together have come`() throws {
        try withTemporaryFolder { folder in
            let ledger = try ledger(5, in: folder)
            let head = try ledger.resolve(.head)
            var hydration = try Hydration(
                ledger, to: head, projections: Self.types, database: TimeZoneDatabase())
            hydration.jobs = 3
            var reached: [Int] = []
            try hydration.run { reached.append($0) }
            #expect(reached == reached.sorted() && reached.last == head.last)
        }
    }
}
