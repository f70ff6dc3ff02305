import EventModel
import Foundation
import Lab
import Synchronization
import Testing

@testable import Projections

@Suite struct `Ordered work` {
    private static let jobs = [1, 2, 3, 7]

    @Test(arguments: jobs, [0, 1, 2, 5, 200])
    func `is delivered in order, each part once, on the caller's thread`(jobs: Int, parts: Int) {
        let thread = Thread.current
        var delivered: [Int] = []
        OrderedWork.run(parts: parts, jobs: jobs) { part in
            // Later parts are often done first.
            if part % 3 == 0 { usleep(300) }
            return part * part
        } deliver: { part, square in
            #expect(square == part * part && Thread.current === thread)
            delivered.append(part)
        }
        #expect(delivered == Array(0..<parts))
    }

    private struct Enough: Error {}

    @Test(arguments: jobs)
    func `stops where a delivery throws, and no thread is left at it`(jobs: Int) {
        let made = Mutex(0)
        let working = Mutex(0)
        #expect(throws: Enough.self) {
            try OrderedWork.run(parts: 1000, jobs: jobs) { part in
                working.withLock { $0 += 1 }
                made.withLock { $0 += 1 }
                usleep(100)
                working.withLock { $0 -= 1 }
                return part
            } deliver: { part, _ in
                if part == 5 { throw Enough() }
            }
        }
        #expect(working.withLock { $0 } == 0)
        #expect(made.withLock { $0 } <= 6 + 2 * jobs)
    }

    @Test(arguments: jobs)
    func `is never further ahead than two parts a thread`(jobs: Int) {
        let newest = Mutex(0)
        OrderedWork.run(parts: 100, jobs: jobs) { part in
            newest.withLock { $0 = max($0, part) }
        } deliver: { part, _ in
            // Others have time to run ahead.
            if part % 10 == 0 { usleep(2000) }
            #expect(newest.withLock { $0 } <= part + 2 * jobs)
        }
    }

    @Test(
        arguments: [
            ([], 4, []), ([9], 4, [0..<1]), ([1, 1, 1, 1, 1], 2, [0..<2, 2..<4, 4..<5]),
            ([9, 1, 1, 9, 0, 0], 4, [0..<1, 1..<3, 3..<4, 4..<6]), ([0, 0], 0, [0..<2]),
            ([1, 2, 3], 0, [0..<1, 1..<2, 2..<3]),
        ] as [([Int], Int, [Range<Int>])])
    func `is shared out in ranges of about one weight`(
        weights: [Int], share: Int, expected: [Range<Int>]
    ) {
        let ranges = OrderedWork.ranges(weights, share: share)
        #expect(ranges == expected && ranges.flatMap { $0 } == Array(weights.indices))
    }
}

@Suite struct `Feeding stats on several threads` {
    /// All that is read of a state.
    private struct Reading: Equatable {
        var digest: SHA256Digest
        var chunks: [[UInt8]]
        var tables: ProjectionTables
        var openGaps: [[Cell]] = []

        init(_ fold: ProjectionFold, _ history: History) throws {
            digest = fold.digest(history)
            var chunks: [[UInt8]] = []
            var encoder = StateEncoder(history: history) { chunks.append($0) }
            fold.encode(to: &encoder)
            _ = encoder.finish()
            self.chunks = chunks
            tables = try ProjectionTables(fold, history)
            var gaps: [[Cell]] = []
            try fold.report(
                at: Timestamp(text: "2031-01-01T00:00:00Z"),
                to: StoreWriter(history: history) { _ in { gaps.append($0) } })
            openGaps = gaps
        }
    }

    @Test(arguments: 1...6)
    func `have the digest, bytes and rows that one thread comes to`(number: Int) throws {
        try StoreFixture.with(generated: number) { fixture in
            let readings = try [1, 2, 3, 7].map { jobs in
                var hydration = try fixture.hydration("head", projections: [FeedingStats.self])
                hydration.jobs = jobs
                try hydration.run()
                #expect(hydration.history.jobs == jobs)
                return try Reading(hydration.folds[0], hydration.history)
            }
            for reading in readings { #expect(reading == readings[0]) }
        }
    }

    /// Chunks of a snapshot are compared one by one, so they must end where they always do; feeds of
    /// many lengths lie across their ends.
    @Test func `write chunks that end at the same numbers`() throws {
        let names = (1...9).map { "feeder-\($0)" }
        var history = try History(
            devices: names, registrations: [], settings: HydrationSettings(),
            database: TimeZoneDatabase())
        let fold = TypedFold<FeedingStats>()
        var draws = SplitMix(state: 7)
        var time = Timestamp(seconds: 1_600_000_000)
        var presses: [Press] = []
        for sequence in 1...60_000 {
            time.microseconds += Int64(draws.next() >> (24 + draws.next() % 36))
            let feeder = UInt32(1 + draws.next() % 9)
            presses.append(
                Press(
                    time: time, sequence: sequence, place: feeder, feeder: FeederIndex(feeder),
                    click: ClickKind.allCases[Int(draws.next() % 3)]))
        }
        presses.withUnsafeBufferPointer { fold.apply(batch: $0.span, history) }
        let expected = try Reading(fold, history)
        #expect(expected.chunks.count > 3)
        for jobs in [2, 3, 7] {
            history.jobs = jobs
            let found = try Reading(fold, history)
            #expect(found.chunks.map(\.count) == expected.chunks.map(\.count))
            #expect(found == expected)
        }
    }

    /// Numbers: SplitMix64 (Steele, Lea, Flood, 2014).
    private struct SplitMix {
        var state: UInt64
        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var z = state
            z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
            return z ^ (z >> 31)
        }
    }
}
