import EventModel
import Foundation
import Lab
import Ledger
import Projections
import Testing

@Suite struct `A file of snapshots` {
    private let point = ResolvedPoint(last: 1700, time: nil)

    @Test func `grows with its ledger, and is then the one that is made at once`() throws {
        try withTemporaryFolder { folder in
            let events = GeneratedHistory(seed: 1, number: 1, size: 2100).events
            let path = folder + "/l"
            for end in [900, 901, 1600, events.count] {
                let begin = (try? EventLedger(path: path).headSequence()) ?? 0
                // Copies among the events are skipped, so more may be offered than are new.
                try GeneratedHistory.append(
                    Array(events[..<end]), to: path, provenance: "{\"end\":\(end)}")
                let bench = try SnapshotBench(existing: path)
                let extents = try bench.build(stretch: 100)
                let head = try bench.ledger.headSequence()
                for extent in extents {
                    #expect(extent.events == head / 100 * 100 && extent.dropped == 0)
                    #expect(extent.written >= head / 100 - begin / 100)
                }
                #expect(try bench.build().allSatisfy { $0.written == 0 })
            }
            let bench = try SnapshotBench(existing: path)
            let grown = try bench.dump()
            let extents = try bench.build(rebuild: true)
            #expect(extents.allSatisfy { $0.dropped == $0.states && $0.written == $0.states })
            // But for the appends that vouch, which were others when the ledger was shorter.
            #expect(try bench.dump() == grown)
        }
    }

    @Test func `keeps what was made when it is stopped, and goes on from there`() throws {
        struct Enough: Error {}
        try withTemporaryFolder { folder in
            let bench = try SnapshotBench(seed: 2, in: folder)
            #expect(throws: Enough.self) {
                try bench.build(stretch: 50) { if $0 >= 1000 { throw Enough() } }
            }
            let halfway = try bench.hydrate(point)
            #expect(halfway.spared.events == 950)
            #expect(
                bench.results(halfway)
                    == bench.results(try bench.hydrate(point, usesSnapshots: false)))
            var first: Int?
            try bench.build { first = first ?? $0 }
            #expect(first == 1000)
            #expect(try bench.hydrate(point).spared.events == 1700)
        }
    }

    @Test func `of another ledger is not believed, though one event in the middle differs`() throws
    {
        try withTemporaryFolder { folder in
            var events = GeneratedHistory(seed: 3, number: 1, size: 2100).events
            let bench = try SnapshotBench(seed: 3, in: folder)
            try bench.build(stretch: 100)
            unlink(bench.ledger.path)
            events[700].time = Timestamp(microseconds: events[700].time.microseconds + 1)
            try GeneratedHistory.append(events, to: bench.ledger.path)
            var other = try SnapshotBench(existing: bench.ledger.path)
            other.types = bench.types
            let found = try other.hydrate(point)
            #expect(found.spared.snapshots == 0)
            #expect(
                found.unsoundSnapshots.map(\.description) == [
                    "those of bowl-totals: they are of other events than the ledger's",
                    "those of feeding-stats: they are of other events than the ledger's",
                ])
            #expect(
                other.results(found)
                    == other.results(try other.hydrate(point, usesSnapshots: false)))
            #expect(try other.build().allSatisfy { $0.dropped > 0 && $0.written > 0 })
            #expect(try other.hydrate(point).unsoundSnapshots.isEmpty)
        }
    }

    @Test(arguments: [
        ("UPDATE part SET body = zeroblob(length(body))", "is not the one that was written"),
        ("UPDATE part SET events = events + 1", "is not the one that was written"),
        ("DELETE FROM part WHERE feeder > 1", "is not the one that was written"),
        ("UPDATE snapshot SET latest = latest - 1", "a row about them is not the one"),
        ("UPDATE snapshot SET batch_digest = x'00'", "a row about them is not the one"),
        ("PRAGMA user_version = 9", "format version 9, and this program knows 1"),
        ("PRAGMA application_id = 7", "a file of another program"),
        ("DROP TABLE part", "no such table"),
        ("UPDATE feeder SET name = name || 'x'", "a row about feeders is not the one"),
        ("DELETE FROM feeder WHERE code > 1", "rows about feeders are missing"),
        ("UPDATE basis SET stretch = 0", "a row about them is not the one"),
        ("UPDATE basis SET stretch = NULL", "it is damaged"),
        ("UPDATE snapshot SET latest = NULL", "a row about them is not the one"),
        ("UPDATE snapshot SET batch_digest = 'x'", "a row about them is not the one"),
        ("UPDATE part SET events = NULL", "is not the one that was written"),
        ("UPDATE part SET body = NULL", "is not the one that was written"),
        ("UPDATE feeder SET name = NULL", "a row about feeders is not the one"),
    ])
    func `that is damaged changes no result, and is named`(sql: String, reason: String) throws {
        try withTemporaryFolder { folder in
            let bench = try SnapshotBench(seed: 4, in: folder)
            try bench.build(stretch: 100)
            let path = Snapshots.path(of: bench.ledger.path)
            // Damaged bytes heed no constraint, so the tables must have none.
            try SQLiteFile.execute(
                """
                PRAGMA writable_schema = ON;
                UPDATE sqlite_master
                SET sql = replace(replace(replace(sql, 'STRICT,', ''), 'STRICT', ''), 'NOT NULL', '')
                """, on: path)
            try SQLiteFile.execute(sql, on: path)
            let found = try bench.hydrate(point)
            #expect(found.unsoundSnapshots.contains { $0.description.contains(reason) })
            #expect(
                bench.results(found)
                    == bench.results(try bench.hydrate(point, usesSnapshots: false)))
            // To be made anew it takes the same words, or to be deleted.
            do { try bench.build(rebuild: true) } catch is StoreError { unlink(path) }
            try bench.build(stretch: 100)
            #expect(try bench.hydrate(point).unsoundSnapshots.isEmpty)
        }
    }

    @Test(arguments: [
        "DELETE FROM part WHERE place = 3", "UPDATE part SET feeder = feeder + 100",
        "UPDATE part SET feeder = 3 - feeder WHERE feeder = 1 AND place % 2 = 1",
        "UPDATE feeder SET name = name || 'x'", "DELETE FROM feeder",
    ])
    func `that lost what it says of a feeder is not taken for one that has nothing of it`(
        sql: String
    ) throws {
        try withTemporaryFolder { folder in
            let bench = try SnapshotBench(seed: 4, in: folder)
            try bench.build(stretch: 100)
            let path = Snapshots.path(of: bench.ledger.path)
            try SQLiteFile.execute("DELETE FROM part WHERE feeder = 2; " + sql, on: path)
            for feeder in try bench.hydration(point).history.feeders {
                let found = try bench.hydrate(point, feeder: feeder)
                let expected = try bench.hydrate(point, feeder: feeder, usesSnapshots: false)
                #expect(bench.results(found) == bench.results(expected), "\(feeder)")
            }
        }
    }

    @Test func `counts the events of a feeder, though they left nothing in its state`() throws {
        try withTemporaryFolder { folder in
            let bench = try SnapshotBench(seed: 4, in: folder, types: [LongPresses.self])
            try bench.build(stretch: 10)
            for feeder in [nil] + (try bench.hydration(point).history.feeders.map { $0 }) {
                let found = try bench.hydrate(point, feeder: feeder)
                #expect(found.spared.snapshots > 0)
                let expected = try bench.hydrate(point, feeder: feeder, usesSnapshots: false)
                #expect(bench.results(found) == bench.results(expected), "\(feeder ?? "all")")
            }
        }
    }

    @Test func `keeps states of other settings apart`() throws {
        try withTemporaryFolder { folder in
            let bench = try SnapshotBench(seed: 5, in: folder)
            try bench.build(stretch: 100)
            let settings = HydrationSettings(defaultZone: "Asia/Tokyo", portionGrams: 3)
            #expect(try bench.hydrate(point, settings: settings).spared.snapshots == 0)
            try bench.build(stretch: 50, settings: settings)
            for settings in [settings, HydrationSettings()] {
                let found = try bench.hydrate(point, settings: settings)
                #expect(found.spared.events == 1700)
                let expected = try bench.hydrate(point, usesSnapshots: false, settings: settings)
                #expect(bench.results(found) == bench.results(expected))
            }
        }
    }

    @Test func `stays a small part of the ledger, whatever states are like`() throws {
        try withTemporaryFolder { folder in
            var bench = try SnapshotBench(seed: 6, in: folder, types: [Weighty.self, First.self])
            bench.policy = SnapshotPolicy()
            let extents = try bench.build(stretch: 50)
            // A thousand bytes are too many for each fifty events.
            for extent in extents { #expect(extent.bytes <= extent.events * 10) }
            let found = try bench.hydrate(point)
            #expect(
                bench.results(found)
                    == bench.results(try bench.hydrate(point, usesSnapshots: false)))
            #expect(extents[0].states > 5)
            #expect(extents[1].states > extents[0].states)
        }
    }

    @Test func `is made by two at once as by one`() async throws {
        let folder = try TemporaryFolderPath()
        let bench = try SnapshotBench(seed: 7, in: folder.path)
        try bench.build(stretch: 20)
        let expected = try bench.dump()
        unlink(Snapshots.path(of: bench.ledger.path))
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 1...3 { group.addTask { try bench.build(stretch: 20) } }
            try await group.waitForAll()
        }
        try bench.build()
        let point = ResolvedPoint(last: 1999, time: nil)
        let found = try bench.hydrate(point)
        #expect(
            bench.results(found) == bench.results(try bench.hydrate(point, usesSnapshots: false)))
        #expect(found.spared.events == 1980 && expected != nil)
    }

    /// A folder that is removed with its last holder.
    private final class TemporaryFolderPath: Sendable {
        let path: String
        init() throws {
            path = NSTemporaryDirectory() + "/replaylab-tests-\(UUID().uuidString)"
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true)
        }
        deinit { try? FileManager.default.removeItem(atPath: path) }
    }
}

/// Counts what many feeders have none of in a short stretch.
private struct LongPresses: Projection {
    static let name = "long-presses"
    static let version = 1
    static let feedersAreIndependent = true
    private var counts = PerFeeder<Int>()

    init() {}
    mutating func apply(_ press: Press, _ history: borrowing History) {
        if press.click == .long { counts[press.feeder] += 1 }
    }
    mutating func merge(_ later: LongPresses) { counts.merge(later.counts, +) }
    func encode(to coder: inout StateEncoder) { coder.encode(counts) }
    init(from coder: inout StateDecoder) throws { counts = try coder.decode() }
    func write(to store: StoreWriter) throws {}
}

/// A state of a thousand bytes, whatever happened.
private struct Weighty: Tally {
    static let name = "weighty"
    static let table = "counts"
    var count = 0
    init() {}
    func encode(to coder: inout StateEncoder) {
        coder.encode(count)
        coder.encode(String(repeating: "x", count: 990))
    }
    init(from coder: inout StateDecoder) throws {
        count = try coder.decode()
        _ = try coder.decode() as String
    }
}
