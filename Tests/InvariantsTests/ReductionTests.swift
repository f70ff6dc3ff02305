import EventModel
import InvariantDoubles
import Invariants
import Lab
import Ledger
import Projections
import Simulation
import Testing

@Suite struct `A reduction` {
    /// `count` of `range`, rising, drawn by a seed.
    private func places(_ count: Int, of size: Int, seed: UInt64) -> [Int] {
        var draws = RandomStream(seed: seed, domain: .lawHistory).draws(
            slot: 1, day: 0, entity: RandomStream.entity("planted"))
        var chosen: Set<Int> = []
        while chosen.count < count { chosen.insert(Int(draws.below(UInt64(size)))) }
        return chosen.sorted()
    }

    @Test(arguments: [1, 2, 5, 10, 30], [UInt64(1), 2, 3])
    func `finds the planted events, and costs two replays or three`(
        needed: Int, seed: UInt64
    ) throws {
        let events = Presses.many(20_000)
        let planted = places(needed, of: events.count, seed: seed)
        let ledger = try TemporaryLedger(events)
        try Planted.$moments.withValue(planted.map { events[$0].time }) {
            let reduced = try #require(
                try LedgerReduction(
                    ledger.open(), ChosenInvariant(Planted.self), database: TimeZoneDatabase()
                ).run())
            #expect(reduced.events.map { $0.sequence - 1 } == planted)
            #expect(reduced.isMinimal)
            #expect(reduced.replays <= (needed <= 10 ? 2 : 3))
        }
    }

    @Test func `finds planted events at both ends and side by side`() throws {
        let events = Presses.many(3000)
        let ledger = try TemporaryLedger(events)
        for planted in [
            [0], [2999], [0, 2999], [0, 1, 2], [1499, 1500, 2998, 2999], [0, 1, 2999],
        ] {
            try Planted.$moments.withValue(planted.map { events[$0].time }) {
                let reduced = try #require(
                    try LedgerReduction(
                        ledger.open(), ChosenInvariant(Planted.self), database: TimeZoneDatabase()
                    ).run())
                #expect(reduced.events.map { $0.sequence - 1 } == planted)
            }
        }
    }

    @Test(arguments: 0..<20)
    func `of a failure that is not monotone leaves no event that can go`(offset: Int) throws {
        let events =
            Presses.many(300) { $0 % 7 == offset % 7 ? .long : .double }
            + [Presses.press(900, at: Timestamp(seconds: 1_800_000_000))]
        // An odd number of LONG presses before the SINGLE one.
        let longs = events.filter { $0.content.click == .long }.count
        let history = longs % 2 == 1 ? events : Array(events.dropFirst(offset % 7 + 1))
        let ledger = try TemporaryLedger(history)
        let reduced = try #require(
            try LedgerReduction(
                ledger.open(), ChosenInvariant(OddLongs.self), database: TimeZoneDatabase()
            ).run())
        #expect(reduced.isMinimal)
        // One by one no LONG press can go, in pairs all but three.
        #expect(reduced.events.count == 4)
        for place in reduced.events.indices {
            var others = reduced.events.map(\.event)
            others.remove(at: place)
            let rest = try SmallHistory(
                others, for: reduced.invariant, database: TimeZoneDatabase())
            #expect(rest.violation(of: reduced.invariant) == nil)
        }
    }

    @Test func `of a failure that is not monotone does not go through a long history one by one`()
        throws
    {
        let end = Presses.press(900_000, at: Timestamp(seconds: 1_900_000_000))
        let ledger = try TemporaryLedger(Presses.many(5001, every: 60) { _ in .long } + [end])
        let reduced = try #require(
            try LedgerReduction(
                ledger.open(), ChosenInvariant(OddLongs.self), database: TimeZoneDatabase()
            ).run())
        #expect(reduced.isMinimal && reduced.events.count == 4)
        #expect(reduced.replays < 30)
    }

    @Test func `says what may be otherwise`() throws {
        let begin = Presses.begin.seconds
        let ledger = try TemporaryLedger([
            Presses.registration("a", feeder: "kitchen"),
            Presses.press(1, at: Timestamp(seconds: begin + 600), .double, device: "a"),
            Presses.press(2, at: Timestamp(seconds: begin + 660), .long, device: "a"),
        ])
        let reduced = try #require(
            try LedgerReduction(
                ledger.open(), ChosenInvariant(NoDoubleFeed.self), database: TimeZoneDatabase()
            ).run())
        #expect(reduced.isExplained)
        #expect(
            reduced.events.map(\.free) == [
                ["in any zone", "with any portions", "a year earlier or later"],
                // A LONG one would fill the left bowl too, which is another failure.
                ["a minute earlier or later"], ["DOUBLE", "a minute earlier or later"],
            ])
    }

    @Test func `keeps the registrations that the failure needs, and no others`() throws {
        var events = [
            Presses.registration("a", feeder: "hall"), Presses.registration("b", feeder: "kitchen"),
            Presses.registration("a", feeder: "kitchen"), Presses.registration("c", feeder: "hall"),
        ]
        events += Presses.many(200)
        let time = Timestamp(seconds: Presses.begin.seconds + 5_000_000)
        events.append(Presses.press(500, at: time, .long, device: "a"))
        events.append(
            Presses.press(501, at: Timestamp(seconds: time.seconds + 61), .double, device: "b"))
        let ledger = try TemporaryLedger(events)
        let reduced = try #require(
            try LedgerReduction(
                ledger.open(), ChosenInvariant(NoDoubleFeed.self), database: TimeZoneDatabase()
            ).run())
        #expect(reduced.identity.description == "no-double-feed: double-feed of kitchen right")
        #expect(reduced.events.map(\.sequence) == [2, 3, 205, 206])
        // DOUBLE twice is as simple as it gets: SINGLE would be another bowl.
        #expect(reduced.events.map(\.event.content.click) == [nil, nil, .long, .double])
    }

    @Test func `writes a ledger that fails in the same way and names its source`() throws {
        var events = [Presses.registration("button-0", feeder: "kitchen")] + Presses.many(50)
        events.append(
            Presses.press(
                70, at: Timestamp(seconds: events[50].time.seconds + 30), device: "button-0"))
        let ledger = try TemporaryLedger(events)
        let source = try ledger.open()
        let database = try TimeZoneDatabase()
        let reduced = try #require(
            try LedgerReduction(source, ChosenInvariant(NoDoubleFeed.self), database: database)
                .run())
        let path = ledger.folder + "/min.ledger"
        let provenance = try MinimalLedger.provenance(reduced, of: source)
        try MinimalLedger.write(reduced.events.map(\.event), to: path, provenance: provenance)
        #expect(reduced.events.map(\.sequence) == [1, 51, 52])
        #expect(try MinimalLedger.violation(in: path, reduced, database: database) != nil)
        #expect(provenance["source"]?.string == (try source.head().root.hex))
        #expect(try EventLedger(path: path).runs().first?.provenance == provenance.text)
    }

    @Test func `that is stopped still fails`() throws {
        let events = Presses.many(4000)
        let ledger = try TemporaryLedger(events)
        try Planted.$moments.withValue([3, 77, 1900, 3500].map { events[$0].time }) {
            for patience in [0, 1, 5, 20, 40] {
                var asked = 0
                let reduced = try #require(
                    try LedgerReduction(
                        ledger.open(), ChosenInvariant(Planted.self), database: TimeZoneDatabase()
                    ) {
                        asked += 1
                        return asked > patience
                    }.run())
                #expect(!reduced.isMinimal)
                #expect(reduced.reducedViolation != nil)
            }
        }
    }

    @Test func `of a ledger that keeps the invariant is none`() throws {
        let ledger = try TemporaryLedger(Presses.many(100))
        let reduced = try LedgerReduction(
            ledger.open(), ChosenInvariant(NoDoubleFeed.self), database: TimeZoneDatabase()
        ).run()
        #expect(reduced == nil)
    }
}
