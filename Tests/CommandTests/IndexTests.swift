import EventModel
import Foundation
import Ledger
import Testing

@Suite struct `index` {
    /// A year of two cats, with segments of 1024 events.
    private func indexed() throws -> Bench {
        let bench = try Bench()
        try bench.good("simulate --scenario \(Shipped.twoCats) --years 1 --seed 1 --ledger l")
        _ = try ReplayIndex.build(path: bench.path("l"), size: 1024)
        return bench
    }

    private func integers(_ bench: Bench, _ words: String) throws -> [String: Int] {
        var found: [String: Int] = [:]
        let object = try bench.json(words)
        for key in ["head", "written", "dropped", "segments", "events", "bytes"] {
            found[key] = object[key]?.integer
        }
        return found
    }

    @Test func `drops, builds and rebuilds without changing a digest`() throws {
        let bench = try indexed()
        let digests = try bench.good("hydrate --ledger l --digests")
        #expect(try bench.good("hydrate --ledger l --digests --jobs 3") == digests)
        let info = try bench.json("info --ledger l --json")
        let segments = try #require(info["index"]?["segments"]?.integer)
        let head = try #require(info["head"]?.integer)
        #expect(segments == head / 1024 && segments >= 2)
        #expect(try bench.good("info --ledger l").contains("\(segments) segments"))

        let dropped = try integers(bench, "index --ledger l --drop --json")
        #expect(dropped["dropped"] == segments && dropped["segments"] == 0)
        #expect(try bench.good("hydrate --ledger l --digests") == digests)
        try bench.good("verify --ledger l")
        // A segment of the command's own holds more than this ledger.
        #expect(try integers(bench, "index --ledger l --json")["written"] == head / 65536)
        #expect(try integers(bench, "index --ledger l --rebuild --json")["head"] == head)
        try bench.good("verify --ledger l")
        #expect(try bench.listing == ["l"])
    }

    @Test func `a damaged segment is a finding for verify and a note for hydrate`() throws {
        let bench = try indexed()
        let digests = try bench.good("hydrate --ledger l --digests")
        try bench.tamper(
            "l",
            "DROP TRIGGER segment_update; UPDATE segment SET records = zeroblob(16384) WHERE number = 1"
        )
        let hydrated = try bench.run("hydrate --ledger l --digests --jobs 2")
        #expect(hydrated.ending == .exit(0) && hydrated.output == digests)
        #expect(hydrated.errors.contains("segment 1, from sequence 1025: its checksum differs"))
        #expect(hydrated.errors.contains("replaylab index --rebuild"))
        let verified = try bench.run("verify --ledger l")
        #expect(verified.ending == .exit(1) && verified.output.contains("segment 1"))
        try bench.good("index --ledger l --rebuild")
        try bench.good("verify --ledger l")
        #expect(try bench.run("hydrate --ledger l --digests").errors == "")
    }

    @Test func `needs a ledger, and one wish`() throws {
        let bench = try Bench()
        #expect(try bench.bad(66, "index --ledger none").contains("no ledger at none"))
        #expect(try bench.bad(64, "index --ledger l --drop --rebuild").contains("together"))
        #expect(try bench.bad(64, "hydrate --ledger l --jobs 0").contains("1 to 256"))
        #expect(try bench.listing == [])
    }
}
