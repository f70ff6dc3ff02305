import EventModel
import Foundation
import Lab
import Ledger
import Testing

@testable import Projections

@Suite struct `Feeds beyond memory` {
    /// Feeding stats that keep next to nothing in memory.
    private struct Spilling: Projection {
        static let name = FeedingStats.name
        static let version = FeedingStats.version
        var stats = FeedingStats(feedsInMemory: 3)
        init() {}
        init(from coder: inout StateDecoder) throws { stats = try FeedingStats(from: &coder) }
        mutating func apply(_ press: Press, _ history: borrowing History) {
            stats.apply(press, history)
        }
        mutating func merge(_ later: Spilling) { stats.merge(later.stats) }
        func encode(to coder: inout StateEncoder) { stats.encode(to: &coder) }
        func write(to store: StoreWriter) throws { try stats.write(to: store) }
    }

    @Test(arguments: 1...6)
    func `have the same digest and rows as feeds in memory`(number: Int) throws {
        try StoreFixture.with(generated: number) { fixture in
            var hydration = try fixture.hydration(
                "head", projections: [FeedingStats.self, Spilling.self])
            try hydration.run()
            let history = hydration.history
            let digests = hydration.folds.map { $0.digest(history) }
            #expect(digests[0] == digests[1])
            let tables = try hydration.folds.map { try ProjectionTables($0, history) }
            #expect(tables[0] == tables[1] && !tables[0].tables[0].rows.isEmpty)
        }
    }

    @Test func `keep the laws`() async throws {
        try await ProjectionLaws.check(Spilling.self, histories: 6)
    }

    @Test func `leave no file behind, whoever still reads them`() throws {
        let folder = NSTemporaryDirectory()
        func files() throws -> [String] {
            try FileManager.default.contentsOfDirectory(atPath: folder)
                .filter { $0.hasPrefix("replaylab-feeds-") }
        }
        var log = FeedLog(limit: 4)
        for minute in 0..<100 {
            log.append(
                Timestamp(seconds: Int64((minute * 37 % 100) * 60)), .long,
                at: UInt32(minute % 3))
        }
        // The file has no name from the moment it is made.
        #expect(try files() == [])
        let copy = log
        log.append(Timestamp(seconds: 0), .single, at: 0)
        var times: [Timestamp] = []
        copy.forEach(at: [0, 1, 2]) { time, _, _ in times.append(time) }
        #expect(times == (0..<100).map { Timestamp(seconds: $0 * 60) })
        #expect(log.count(at: [0, 1, 2]) == 101 && copy.count(at: [0, 1, 2]) == 100)
    }

    /// Feeding stats whose feeds beyond memory have nowhere to go.
    private struct Stuck: Tally {
        static let name = "stuck"
        static let table = "counts"
        var count = 0
        var stats = FeedingStats(feedsInMemory: 3, in: "/nowhere/at all")
        init() {}
        init(from coder: inout StateDecoder) throws { count = try coder.decode() }
        mutating func apply(_ press: Press, _ history: borrowing History) {
            stats.apply(press, history)
        }
        func check() throws { try stats.check() }
    }

    @Test func `that have nowhere to go end the pass, and name the folder`() throws {
        try StoreFixture.with(generated: 1) { fixture in
            let error = #expect(throws: StoreError.self) {
                try fixture.hydrate("head", projections: [Stuck.self])
            }
            #expect(
                error?.description
                    == "/nowhere/at all: the temporary file for feeds beyond memory cannot be made:"
                    + " No such file or directory; make room there, or set TMPDIR to a folder that"
                    + " has some")
            let checkpoints = try fixture.store().checkpoints()
            #expect(checkpoints == [])
        }
    }

    /// Feeds of three places in turn, the first one's rarely; a chunk holds 32.
    @Test(arguments: [0, 1, 31, 32, 33, 64, 65, 1000, 5000, 100_000])
    func `come back by place, sorted, and so do those that are appended later`(count: Int) {
        var lists: [[Int64]] = [[], [], []]
        var (feeds, later) = (FeedChunks(), FeedChunks())
        for number in 0..<count {
            let place = number % 17 == 0 ? 0 : 1 + number % 2
            // Every seventh is late.
            let feed = Int64(number % 7 == 0 ? number - 50 : number)
            lists[place].append(feed)
            if number < count / 3 {
                feeds.grow(places: place + 1)
                feeds.append(feed, at: place)
            } else {
                later.grow(places: place + 1)
                later.append(feed, at: place)
            }
        }
        feeds.append(later)
        #expect(feeds.count == count)
        for place in 0..<4 {
            var found: [Int64] = [-99]
            feeds.appendSorted(at: place, to: &found)
            let expected = place < 3 ? lists[place].sorted() : []
            #expect(found == [-99] + expected && feeds.count(at: place) == expected.count)
        }
        feeds.removeAll()
        #expect(feeds.count == 0 && feeds.count(at: 1) == 0)
    }

    /// Parts that are long enough to be taken over whole, and one that is copied.
    @Test func `of merged parts go on apart from the parts, however they were merged`() {
        let counts = [70_000, 3, 80_000, 70_001]
        let parts = counts.enumerated().map { number, count in
            var log = FeedLog()
            for minute in 0..<count {
                log.append(
                    Timestamp(seconds: Int64(number * 100_000 + minute)), .double,
                    at: UInt32(minute % 5))
            }
            return log
        }
        func feeds(_ log: FeedLog) -> [Timestamp] {
            var times: [Timestamp] = []
            log.forEach(at: [4, 1, 0, 3, 2]) { time, _, _ in times.append(time) }
            return times
        }
        var left = parts[0]
        for part in parts[1...] { left.merge(part) }
        var right = parts[2]
        right.merge(parts[3])
        var second = parts[1]
        second.merge(right)
        var all = parts[0]
        all.merge(second)
        #expect(feeds(left).count == 220_004 && feeds(left) == feeds(all))
        // What is appended to the whole is not the part's, nor the other way round.
        var part = parts[3]
        left.append(Timestamp(seconds: 1_000_000), .single, at: 0)
        part.append(Timestamp(seconds: 2_000_000), .single, at: 0)
        #expect(feeds(left).last == Timestamp(seconds: 1_000_000))
        #expect(feeds(part).last == Timestamp(seconds: 2_000_000))
        #expect(feeds(parts[3]).count == 70_001 && feeds(all).count == 220_004)
    }

    /// Four times the limit stay in memory when parts are merged, which are there already.
    @Test func `of any number of merged parts do not all stay in memory`() {
        var all = FeedLog(limit: 8)
        for number in 0..<20 {
            var part = FeedLog(limit: 8)
            for minute in 0..<7 {
                part.append(Timestamp(seconds: Int64(number * 7 + minute)), .long, at: 0)
            }
            all.merge(part)
            #expect(all.inMemory <= 32)
        }
        #expect(all.count(at: [0]) == 140 && all.failure == nil)
    }

    @Test func `are missed where their file was cut`() throws {
        var feeds = FeedChunks()
        feeds.grow(places: 1)
        for feed in [2, 1, 3] as [Int64] { feeds.append(feed, at: 0) }
        let run = try FeedRun(writing: feeds, in: NSTemporaryDirectory())
        #expect(run.read(0..<3, at: 0) == [1, 2, 3])
        try run.check()
        // Beyond the file's end, as if it had been cut.
        #expect(run.read(2..<5, at: 0) == [3])
        let error = #expect(throws: StoreError.self) { try run.check() }
        #expect(error?.description.contains("cannot be read: Input/output error") == true)
    }

    @Test func `are in order of time, then click, before 1970 too`() {
        var log = FeedLog(limit: 2)
        let times: [Int64] = [0, -1, 1, -86_400_000_001, 0, -1]
        let clicks: [ClickKind] = [.long, .double, .single, .long, .single, .single]
        for (time, click) in zip(times, clicks) {
            log.append(Timestamp(microseconds: time), click, at: 0)
        }
        var found: [String] = []
        log.forEach(at: [0]) { time, click, _ in found.append("\(time.microseconds) \(click)") }
        #expect(
            found == [
                "-86400000001 long", "-1 single", "-1 double", "0 single", "0 long", "1 single",
            ])
    }

    /// Places of one zone become one place in a snapshot; another zone's feed at the same moment
    /// must not change sides by that.
    @Test func `of one moment in two zones keep their order through a snapshot`() throws {
        try StoreFixture.with(
            .registration(
                of: "b", feeder: "f", zone: "Pacific/Auckland", left: 1, at: "2024-05-01T00:00:00Z"
            ),
            .press(.single, at: "2024-05-01T10:00:00Z", device: "b"),
            .registration(
                of: "b", feeder: "f", zone: "America/Havana", at: "2024-05-01T10:00:00Z"),
            .press(.single, at: "2024-05-01T14:00:00Z", device: "b"),
            .registration(
                of: "b", feeder: "f", zone: "Pacific/Auckland", left: 2, at: "2024-05-01T10:00:00Z"
            ),
            .press(.single, at: "2024-05-01T14:00:00Z", device: "b")
        ) { fixture in
            var hydration = try fixture.hydration("head", projections: [FeedingStats.self])
            try hydration.run()
            let fold = hydration.folds[0]
            let restored = ProjectionFold.of(FeedingStats.self)
            try restored.restore(fold.snapshot(hydration.history), hydration.history)
            let (before, after) = (
                try ProjectionTables(fold, hydration.history),
                try ProjectionTables(restored, hydration.history)
            )
            #expect(before == after)
        }
    }
}
