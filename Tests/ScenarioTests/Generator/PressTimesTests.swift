import EventModel
import Testing

@testable import Scenario

@Suite struct PressTimesTests {
    private func scenario(zone: String, _ habitsAndSnacks: String) throws -> ScenarioFile {
        try ScenarioFile(
            """
            name: one
            time-zone: \(zone)
            start: 2010-01-01
            feeders:
              - name: kitchen
                buttons: [G030PM]
                bowls: {left: 1, right: 1}
                \(habitsAndSnacks)
            """)
    }

    private func presses(
        _ habitsAndSnacks: String, zone: String, from start: String, until end: String,
        seed: UInt64 = 1
    ) throws -> [Event] {
        Array(
            try scenario(zone: zone, habitsAndSnacks)
                .events(seed: seed, from: start, until: end).dropFirst())
    }

    @Test(arguments: [
        // In the gap of 2:00 to 3:00 the clock goes on: 2:30 is shown as 3:30.
        ("Pacific/Auckland", "2024-09-29", "02:30", "2024-09-28T14:30:00Z"),
        // In the fold the first 2:30 counts.
        ("Pacific/Auckland", "2024-04-07", "02:30", "2024-04-06T13:30:00Z"),
        ("Europe/Berlin", "2024-07-01", "07:00", "2024-07-01T05:00:00Z"),
        ("Australia/Lord_Howe", "2024-04-07", "01:45", "2024-04-06T14:45:00Z"),
        ("Asia/Kathmandu", "2024-07-01", "00:00", "2024-06-30T18:15:00Z"),
    ])
    func `a habit keeps to the clock on the wall`(
        zone: String, day: String, at: String, expected: String
    ) throws {
        let end = Timestamp.Day(number: try Timestamp.Day(text: day).number + 1).description
        let presses = try presses(
            #"habits: [{name: a, click: SINGLE, at: "\#(at)"}]"#, zone: zone, from: day, until: end)
        #expect(presses.map(\.time.shortText) == [expected])
    }

    @Test func `a day that was skipped has no presses, and nothing is pressed twice instead`()
        throws
    {
        let presses = try presses(
            #"habits: [{name: a, click: LONG, at: "12:00"}]"#, zone: "Pacific/Apia",
            from: "2011-12-28", until: "2012-01-02")
        let days = try TimeZoneDatabase().zone("Pacific/Apia")
        #expect(
            presses.map { days.day(at: $0.time).description }
                == ["2011-12-28", "2011-12-29", "2011-12-31", "2012-01-01"])
    }

    @Test func `habits keep to their weekdays`() throws {
        let presses = try presses(
            #"habits: [{name: a, click: LONG, at: "23:30", weekdays: [mon, sat]}]"#,
            zone: "America/New_York", from: "2024-01-01", until: "2025-01-01")
        let zone = try TimeZoneDatabase().zone("America/New_York")
        #expect(presses.count == 105)
        #expect(presses.allSatisfy { [0, 5].contains(zone.day(at: $0.time).weekday) })
    }

    @Test func `a spread carries presses over midnight, even over a run's first and last`() throws {
        let habits = #"habits: [{name: a, click: LONG, at: "00:00", spread: 6h}]"#
        let long = try presses(habits, zone: "UTC", from: "2024-01-01", until: "2024-12-31")
        #expect(long.filter { $0.time.microseconds % 86_400_000_000 > 43_200_000_000 }.count > 100)
        // One per midnight, and the run cuts its first and last midnight in two.
        #expect((364...366).contains(long.count))
        let part = try presses(habits, zone: "UTC", from: "2024-03-01", until: "2024-03-20")
        let bounds = (part.first!.time, part.last!.time)
        let same = long.filter { $0.time >= bounds.0 && $0.time <= bounds.1 }
        #expect(same.map(\.id) == part.map(\.id))
    }

    @Test func `snacks come at the rate of their local hour, in every zone`() throws {
        for name in ["Pacific/Auckland", "Australia/Lord_Howe", "Asia/Kathmandu"] {
            let presses = try presses(
                #"snacks: [{name: a, per-hour: {"22:00-02:00": 3, "02:00-03:00": 6}, clicks: {DOUBLE: 1}}]"#,
                zone: name, from: "2020-01-01", until: "2024-01-01")
            let zone = try TimeZoneDatabase().zone(name)
            var cursor = ZoneTable.Cursor()
            var byHour = Array(repeating: 0, count: 24)
            for press in presses {
                let wall = zone.wall(at: press.time, &cursor)
                byHour[Int(wall.microsecond / 3_600_000_000)] += 1
            }
            for hour in 0..<24 {
                let rate = hour == 2 ? 6.0 : hour >= 22 || hour < 2 ? 3.0 : 0
                let expected = rate * 1461
                #expect(
                    abs(Double(byHour[hour]) - expected) <= 4.5 * expected.squareRoot(),
                    "\(name) hour \(hour)")
            }
        }
    }

    @Test(arguments: [
        ("Pacific/Auckland", "2024-09-29", 23.0), ("Pacific/Auckland", "2024-04-07", 25),
        ("Australia/Lord_Howe", "2024-10-06", 23.5), ("Australia/Lord_Howe", "2024-04-07", 24.5),
        ("Pacific/Auckland", "2024-06-01", 24),
    ])
    func `a day's presses follow its length`(zone: String, day: String, hours: Double) throws {
        let end = Timestamp.Day(number: try Timestamp.Day(text: day).number + 1).description
        var count = 0
        for seed in 0..<40 {
            count += try presses(
                #"snacks: [{name: a, per-hour: {"00:00-24:00": 25}, clicks: {DOUBLE: 1}}]"#,
                zone: zone, from: day, until: end, seed: UInt64(seed)
            ).count
        }
        // Half an hour makes 500 presses of 24,000; the standard deviation is 155.
        #expect(abs(Double(count) - 1000 * hours) < 3 * (1000 * hours).squareRoot())
    }

    @Test func `two buttons of a feeder press apart`() throws {
        let scenario = try ScenarioFile(
            """
            name: two
            time-zone: UTC
            start: 2024-01-01
            feeders:
              - name: kitchen
                buttons: [LEFT, RIGHT]
                bowls: {left: 1, right: 1}
                habits:
                  - {name: a, click: SINGLE, at: "07:00", button: LEFT}
                  - {name: b, click: DOUBLE, at: "08:00", button: RIGHT}
            """)
        let events = try scenario.events(from: "2024-01-01", until: "2024-01-03")
        #expect(
            events.map { "\($0.device ?? "") \($0.content.click?.word ?? "registered")" } == [
                "LEFT registered", "RIGHT registered", "LEFT SINGLE", "RIGHT DOUBLE", "LEFT SINGLE",
                "RIGHT DOUBLE",
            ])
    }
}
