import EventModel
import Foundation
import Testing

@Suite struct `snapshots` {
    /// A year of two cats, with stretches of 256 events.
    private func made() throws -> Bench {
        let bench = try Bench()
        try bench.good("simulate --scenario \(Shipped.twoCats) --years 1 --seed 1 --ledger l")
        try bench.good("snapshots --ledger l --stretch 256")
        return bench
    }

    @Test func `are gone on from, without changing a digest`() throws {
        let bench = try made()
        for words in [
            "--until 50%", "--until 50% --feeder kitchen", "--until seq:2000 --feeder kitchen",
        ] {
            let with = try bench.good("hydrate --ledger l --digests \(words)")
            #expect(
                with == (try bench.good("hydrate --ledger l --digests --no-snapshots \(words)")))
            #expect(with == (try bench.good("hydrate --ledger l --digests --jobs 3 \(words)")))
        }
        let object = try bench.json("hydrate --ledger l --json --until seq:1000 --feeder kitchen")
        #expect(object["feeder"]?.string == "kitchen")
        #expect(object["snapshots"]?["folded"]?.integer == 1000 % 256)
        let text = try bench.good("hydrate --ledger l --until seq:1000 --feeder kitchen")
        #expect(text.contains("l, feeder kitchen until seq:1000: 1,000 events"))
        #expect(text.contains("and 232 events folded."))
        #expect(try bench.listing == ["l", "l.snapshots"])
    }

    @Test func `are made once, made anew, and dropped`() throws {
        let bench = try made()
        func numbers(_ words: String) throws -> [Int?] {
            let object = try bench.json("snapshots --ledger l --json \(words)")
            return (object["projections"]?.array ?? []).map { $0["written"]?.integer }
        }
        #expect(try numbers("") == [0, 0])
        #expect(try numbers("--rebuild").allSatisfy { ($0 ?? 0) > 0 })
        #expect(try numbers("--projection bowl-totals --stretch 512").count == 1)
        #expect(try bench.good("snapshots --ledger l --drop") == "l.snapshots deleted\n")
        #expect(try bench.good("snapshots --ledger l --drop") == "l.snapshots is not there\n")
        #expect(try bench.listing == ["l"])
        try bench.good("snapshots --ledger l")
        #expect(try numbers("") == [0, 0])
    }

    @Test func `are not believed when the ledger was made anew`() throws {
        let bench = try made()
        bench.remove("l")
        try bench.good("simulate --scenario \(Shipped.twoCats) --years 1 --seed 2 --ledger l")
        let found = try bench.run("hydrate --ledger l --digests")
        #expect(found.ending == .exit(0))
        #expect(found.errors.contains("they are of other events than the ledger's"))
        #expect(found.errors.contains("replaylab snapshots --rebuild"))
        #expect(found.output == (try bench.good("hydrate --ledger l --digests --no-snapshots")))
        #expect(try bench.good("snapshots --ledger l").contains("of other events dropped first"))
        #expect(try bench.run("hydrate --ledger l --digests").errors == "")
    }

    @Test func `lie beside the ledger itself, whatever link it is named by`() throws {
        let bench = try made()
        try FileManager.default.createDirectory(
            atPath: bench.path("links"), withIntermediateDirectories: false)
        for (link, target) in [("links/one", "../l"), ("two", "links/one")] {
            try FileManager.default.createSymbolicLink(
                atPath: bench.path(link), withDestinationPath: target)
            let object = try bench.json(
                "hydrate --ledger \(link) --json --until 50% --feeder kitchen")
            #expect((object["snapshots"]?["used"]?.integer ?? 0) > 0)
            let made = try bench.good("snapshots --ledger \(link)")
            #expect(made.contains("0 new") && !made.contains("000"))
        }
        #expect(try bench.listing == ["l", "l.snapshots", "links", "two"])
    }

    @Test func `of a ledger without events are none of none`() throws {
        let bench = try Bench()
        try bench.write("", to: "none.jsonl")
        try bench.good("import none.jsonl --ledger l")
        #expect(try bench.good("snapshots --ledger l").contains("within 0 of 0 events"))
    }

    @Test func `refuse what cannot be`() throws {
        let bench = try made()
        #expect(try bench.bad(66, "snapshots --ledger none").contains("no ledger at none"))
        #expect(try bench.bad(64, "snapshots --ledger l --drop --rebuild").contains("together"))
        #expect(try bench.bad(64, "snapshots --ledger l --stretch 0").contains("takes 1 to"))
        #expect(try bench.bad(64, "hydrate --ledger l --feeder", [""]).contains("is empty"))
        #expect(
            try bench.bad(64, "snapshots --ledger l --projection bowl-total")
                .contains("did you mean \"bowl-totals\"?"))
        #expect(
            try bench.bad(64, "hydrate --ledger l --feeder kitchn")
                .contains("no feeder kitchn in this history; did you mean \"kitchen\"?"))
        #expect(
            try bench.bad(64, "hydrate --ledger l --feeder kitchen --store s").contains("together"))
        try bench.write("not a database at all, and long enough to be looked at", to: "l.snapshots")
        #expect(try bench.bad(65, "snapshots --ledger l").contains("is no file of snapshots"))
        #expect(
            try bench.bad(65, "snapshots --ledger l --drop").contains("is no file of snapshots"))
        let found = try bench.run("hydrate --ledger l --digests")
        #expect(found.ending == .exit(0) && found.errors.contains("is no file of snapshots"))
    }
}
