import EventModel
import Lab
import Ledger
import Testing

@testable import Projections

@Suite struct `What history knows` {
    private func history(
        _ devices: [String], _ registrations: [(Int, String, String)]
    ) throws -> History {
        try History(
            devices: devices,
            registrations: registrations.map { sequence, device, feeder in
                (
                    sequence, Timestamp(seconds: 0),
                    Registration(
                        device: device, feeder: feeder, timeZone: "UTC", leftGrams: sequence,
                        rightGrams: 0)
                )
            }, settings: HydrationSettings(), database: TimeZoneDatabase())
    }

    @Test func `says where a button was when it was pressed`() throws {
        try given(
            .press(.single, at: "2024-03-09T07:00:00Z", device: "b"),
            .registration(
                of: "b", feeder: "hall", zone: "UTC", left: 1, at: "2024-03-01T00:00:00Z"),
            // Effective by sequence: its own time does not matter.
            .press(.single, at: "2024-02-01T07:00:00Z", device: "b"),
            .registration(
                of: "b", feeder: "hall", zone: "UTC", left: 10, at: "2024-01-01T00:00:00Z"),
            .press(.single, at: "2024-03-09T07:00:00Z", device: "b")
        )
        .hydrate(BowlTotals.self)
        .then { #expect($0.grams(.left, of: "hall") == 11 && $0.grams(.left, of: "b") == 25) }
    }

    @Test func `does not know a registration that had not happened by then`() throws {
        try given(
            .registration(of: "b", feeder: "hall", zone: "UTC", at: "2024-03-09T00:00:00Z"),
            .press(.single, at: "2024-03-01T07:00:00Z", device: "b")
        )
        .hydrate(BowlTotals.self, until: "2024-03-05T00:00:00Z")
        .then { #expect($0.dispenses(.left, of: "b") == 1 && $0.events == 1) }
    }

    @Test func `tells names apart by their bytes`() throws {
        let (one, other) = ("caf\u{E9}", "cafe\u{301}")
        let history = try history([one, other], [(5, other, "kitchen")])
        #expect(history.feeders.count == 4)
        #expect(history.changes.map(\.device) == [2])
        #expect(history.feeder(named: one) != history.feeder(named: other))
        #expect(
            history.feedersByName.map(history.name) == ["cafe\u{301}", one, "default", "kitchen"])
    }

    @Test func `finds each feeder by its name, and no other`() throws {
        let history = try history(["a", "b", "c", "zz"], [])
        for (index, name) in history.feeders.enumerated() {
            #expect(history.feeder(named: name) == FeederIndex(UInt32(index)))
        }
        for name in ["", "aa", "zzz", "Default"] { #expect(history.feeder(named: name) == nil) }
    }

    @Test func `takes the default zone for a zone that is none, and notes each one once`() throws {
        let events: [GivenEvent] = [
            .press(.single, at: "2024-03-01T11:00:00Z", device: "b"),
            .registration(
                of: "b", feeder: "f", zone: "Mars/Base", left: 7, at: "2024-03-01T11:00:00Z"),
            .press(.single, at: "2024-03-01T11:00:00Z", device: "b"),
            .registration(of: "c", feeder: "g", zone: "Mars/Base", at: "2024-03-01T11:00:00Z"),
            .registration(of: "c", feeder: "g", zone: "Moon", at: "2024-03-01T11:00:00Z"),
            .press(.single, at: "2024-03-01T11:00:00Z", device: "c"),
        ]
        try withTemporaryFolder { folder in
            let fixture = StoreFixture(folder: folder)
            try GeneratedHistory.append(Given(events).events, to: fixture.ledgerPath)
            let settings = HydrationSettings(defaultZone: "Pacific/Auckland")
            try fixture.hydrate("seq:1", settings: settings)
            #expect(
                try fixture.hydrate("head", settings: settings)
                    == [.resume(from: 1), .resume(from: 1)])
            #expect(try fixture.differences() == [])
            let days = try SQLiteFile.value(
                "SELECT group_concat(feeder || ' ' || day) FROM feeding_stats_days",
                on: fixture.storePath)
            #expect(days == "b 2024-03-02,f 2024-03-02,g 2024-03-02")
            let history = try fixture.hydration("head", settings: settings).history
            #expect(history.unknownZones.map(\.sequence) == [2, 5])
            #expect(history.unknownZones.map(\.zone) == ["Mars/Base", "Moon"])
            #expect(
                history.notes.first
                    == "the registration at sequence 2 names zone Mars/Base, which tz database"
                    + " \(history.zoneVersion) does not have; zone Pacific/Auckland is taken")
            #expect(try fixture.hydration("seq:1", settings: settings).history.notes == [])
        }
    }

    @Test func `needs a default zone that there is`() throws {
        #expect(throws: ZoneError.self) {
            try History(
                devices: [], registrations: [],
                settings: HydrationSettings(defaultZone: "Mars/Base"), database: TimeZoneDatabase())
        }
    }

    /// A fold that is ahead gets nothing yet, and still has a say in what contents mean.
    @Test func `is heard by a fold that was ahead of the others`() throws {
        try StoreFixture.with(
            .event("Feed Dispensed", "{\"grams\": 20}", at: "2024-03-01T07:00:00Z"),
            .event("Feed Dispensed", "{\"grams\": 20}", at: "2024-03-01T07:00:01Z"),
            .event("Feed Dispensed", "{\"grams\": 20}", at: "2024-03-01T07:00:02Z")
        ) { fixture in
            try fixture.hydrate("seq:2", projections: [Listener.self])
            let steps = try fixture.hydrate("head", projections: [First.self, Listener.self])
            #expect(steps == [.build, .resume(from: 2)])
            #expect(try fixture.store().checkpoints().map(\.events) == [3, 0])
        }
    }

    @Test func `counts an event that nobody can decode once`() throws {
        try StoreFixture.with(
            .event("Feed Dispensed", "{\"grams\": 20}", at: "2024-03-01T07:00:00Z"),
            .event("Feed Dispensed", "{\"grams\": \"many\"}", at: "2024-03-01T07:00:01Z")
        ) { fixture in
            var hydration = try fixture.hydration(
                "head", projections: [Listener.self, SecondListener.self])
            try hydration.run()
            #expect(hydration.undecodable == 1 && hydration.firstUndecodable == 2)
            #expect(hydration.folds.map(\.events) == [1, 1])
        }
    }
}

private struct SecondListener: Tally {
    static let name = "second-listener"
    static let table = "counts"
    static let hears: [any EventDetail.Type] = [FeedDispensed.self]
    var count = 0
    init() {}
    init(from coder: inout StateDecoder) throws { count = try coder.decode() }
    mutating func apply(_ event: HeardEvent, _ history: borrowing History) { count += 1 }
}
