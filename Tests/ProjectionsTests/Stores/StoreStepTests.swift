import EventModel
import Foundation
import Lab
import Projections
import Testing

@Suite struct `A store comes to a point` {
    @Test func `by building, resuming, and doing nothing`() throws {
        try StoreFixture.with(generated: 2) { fixture in
            var steps = try fixture.hydrate("seq:20")
            #expect(steps == [.build, .build])
            steps = try fixture.hydrate("seq:50")
            #expect(steps == [.resume(from: 20), .resume(from: 20)])
            #expect(try fixture.store().checkpoints().map(\.state) == fixture.digests("seq:50"))
            let bytes = FileManager.default.contents(atPath: fixture.storePath)
            #expect(
                try fixture.hydrate("seq:50") == [.resume(from: 50), .resume(from: 50)])
            #expect(FileManager.default.contents(atPath: fixture.storePath) == bytes)
        }
    }

    @Test func `by rebuilding for an earlier one, and says why`() throws {
        try StoreFixture.with(
            .press(.single, at: "2024-03-01T07:00:00Z"), .press(.long, at: "2024-03-02T07:00:00Z")
        ) { fixture in
            try fixture.hydrate("head")
            let step = try fixture.hydrate("seq:1")[0]
            #expect(step == .rebuild("it was at sequence 2, a later point"))
            #expect("\(step)".hasPrefix("rebuilt: it was at"))
            try fixture.hydrate("head")
            #expect(
                try fixture.hydrate("2024-03-01T12:00:00Z")[0]
                    == .rebuild("it holds events up to 2024-03-02T07:00:00Z, a later point"))
            #expect(try fixture.differences() == [])
        }
    }

    @Test func `marks a time that late reports straddle, and rebuilds from there`() throws {
        try StoreFixture.with(
            .press(.single, at: "2024-03-01T07:00:00Z"),
            .press(.single, at: "2024-03-03T07:00:00Z"),
            .press(.double, at: "2024-03-01T19:00:00Z", recorded: "2024-03-09T00:00:00Z")
        ) { fixture in
            try fixture.hydrate("2024-03-02T00:00:00Z")
            let checkpoint = try fixture.store().checkpoints()[0]
            #expect(!checkpoint.isPrefix && checkpoint.events == 2 && checkpoint.sequence == 3)
            #expect(try fixture.differences() == [])
            let step = try fixture.hydrate("2024-03-04T00:00:00Z")[0]
            #expect(step == .rebuild("late reports straddle the time that it was hydrated to"))
            #expect(try fixture.store().checkpoints().map(\.state) == fixture.digests("head"))
            #expect(try fixture.store().checkpoints().allSatisfy { $0.isPrefix })
        }
    }

    @Test func `resumes from a time that cuts cleanly`() throws {
        try StoreFixture.with(
            .press(.single, at: "2024-03-01T07:00:00Z"), .press(.long, at: "2024-03-02T07:00:00Z")
        ) { fixture in
            try fixture.hydrate("2024-03-01T12:00:00Z")
            #expect(try fixture.hydrate("2024-03-01T13:00:00Z")[0] == .resume(from: 1))
            #expect(try fixture.hydrate("head")[0] == .resume(from: 1))
            #expect(try fixture.differences() == [])
        }
    }

    @Test func `rebuilds for other settings`() throws {
        try StoreFixture.with(generated: 1) { fixture in
            try fixture.hydrate("seq:30")
            let step = try fixture.hydrate(
                "seq:40", settings: HydrationSettings(portionGrams: 30))[0]
            #expect(
                step
                    == .rebuild(
                        "the settings were zone UTC, portion 25 g, double feeds within 10 min and"
                            + " are zone UTC, portion 30 g, double feeds within 10 min"))
            #expect(try fixture.differences() == [])
        }
    }

    @Test func `rebuilds for another tz database, and verify tells of it`() throws {
        try StoreFixture.with(
            .press(.single, at: "2024-03-01T07:00:00Z"), .press(.long, at: "2024-03-02T07:00:00Z")
        ) { fixture in
            let folder = fixture.folder + "/zoneinfo"
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true)
            try Data("# version 1999z\n".utf8).write(to: URL(filePath: folder + "/tzdata.zi"))
            let old = try TimeZoneDatabase(folder: folder)
            try fixture.hydrate("seq:1", database: old)
            let now = try TimeZoneDatabase().version
            let reason = "the tz database was 1999z and is \(now)"
            #expect(
                try fixture.differences() == [
                    "bowl-totals: \(reason)", "feeding-stats: \(reason)",
                ])
            #expect(try fixture.hydrate("head")[0] == .rebuild(reason))
            #expect(try fixture.differences() == [])
        }
    }

    @Test func `rebuilds for another version, and drops the tables that it no longer has`() throws {
        try StoreFixture.with(generated: 1) { fixture in
            try fixture.hydrate("seq:30", projections: [First.self, Longer.self])
            let step = try fixture.hydrate("seq:40", projections: [Second.self])[0]
            #expect(step == .rebuild("the projection's version was 1 and is 2"))
            let tables = try SQLiteFile.value(
                "SELECT group_concat(name, ' ') FROM (SELECT name FROM sqlite_master"
                    + " WHERE type = 'table' AND name LIKE 'tally%' ORDER BY name)",
                on: fixture.storePath)
            #expect(tables == "tally_longer_counts tally_totals")
            let differences = try fixture.store().verify(
                against: fixture.ledger(), projections: [Second.self, Longer.self],
                database: TimeZoneDatabase())
            #expect(differences == [])
        }
    }

    @Test func `rebuilds what a projection cannot read back`() throws {
        try StoreFixture.with(generated: 1) { fixture in
            try fixture.hydrate("seq:30", projections: [Forgetful.self])
            let step = try fixture.hydrate("seq:40", projections: [Forgetful.self])[0]
            #expect(step == .rebuild("forgetful does not read back what it wrote"))
            #expect(try fixture.store().checkpoints()[0].events > 0)
        }
    }

    @Test func `one projection at a time, each from where it is`() throws {
        try StoreFixture.with(generated: 3) { fixture in
            try fixture.hydrate("seq:20", projections: [BowlTotals.self])
            try fixture.hydrate("seq:60", projections: [FeedingStats.self])
            #expect(
                try fixture.hydrate("head")
                    == [.resume(from: 20), .resume(from: 60)])
            #expect(try fixture.store().checkpoints().map(\.state) == fixture.digests("head"))
            #expect(try fixture.differences() == [])
        }
    }

    @Test func `again with the same hydration after it was cut off`() throws {
        struct Stop: Error {}
        try StoreFixture.with(generated: 4) { fixture in
            let store = try fixture.store()
            var hydration = try fixture.hydration("head")
            hydration.batch = 10
            #expect(throws: Stop.self) {
                _ = try store.hydrate(&hydration) { if $0 >= 40 { throw Stop() } }
            }
            #expect(try store.checkpoints() == [])
            #expect(try store.hydrate(&hydration) == [.build, .build])
            #expect(try store.checkpoints().map(\.state) == fixture.digests("head"))
        }
    }
}
