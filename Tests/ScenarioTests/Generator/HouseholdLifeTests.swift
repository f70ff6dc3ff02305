import EventModel
import Testing

@testable import Scenario

/// What changes in a household's life: seasons, holidays, absences, moving, coming and going.
@Suite struct HouseholdLifeTests {
    /// One feeder with a breakfast at 07:00 sharp.
    private func scenario(
        zone: String = "UTC", habit: String = "", _ more: String = ""
    ) throws -> ScenarioFile {
        try ScenarioFile(
            """
            name: one
            time-zone: \(zone)
            start: 2020-01-01
            feeders:
              - name: kitchen
                buttons: [G030PM]
                bowls: {left: 25, right: 30}
                cats: [{name: Miso, from: 2020-03-01, until: 2020-04-30}]
                habits: [{name: breakfast, click: LONG, at: "07:00"\(habit)}]
                \(more)
            """)
    }

    private func days(
        _ scenario: ScenarioFile, from: String, until: String, seed: UInt64 = 1
    ) throws -> [String] {
        try scenario.events(seed: seed, from: from, until: until)
            .filter { $0.content.click != nil }.map { String($0.time.shortText.prefix(10)) }
    }

    @Test(arguments: [
        ("2024-07-06..2024-07-08", ["2024-07-05", "2024-07-09", "2024-07-10"]),
        ("07-06..07-08", ["2024-07-05", "2024-07-09", "2024-07-10"]),
        ("07-06", ["2024-07-05", "2024-07-07", "2024-07-08", "2024-07-09", "2024-07-10"]),
        ("2023-07-06..2023-07-08", (5...10).map { $0 < 10 ? "2024-07-0\($0)" : "2024-07-10" }),
        ("07-09..07-05", ["2024-07-06", "2024-07-07", "2024-07-08"]),
    ])
    func `nobody presses on a day of absence`(days stretch: String, expected: [String]) throws {
        let scenario = try scenario("absences: [\(stretch)]")
        #expect(try days(scenario, from: "2024-07-05", until: "2024-07-11") == expected)
    }

    private func scenario(_ more: String) throws -> ScenarioFile {
        try scenario(zone: "UTC", habit: "", more)
    }

    @Test func `a holiday goes by as a Sunday does, where it holds`() throws {
        let habit = ", weekdays: weekdays"
        for (zone, count) in [("UTC", 4), ("Europe/Berlin", 5)] {
            let scenario = try scenario(
                zone: zone, habit: habit,
                "holidays: [{name: boxing day, days: 12-26, time-zones: [UTC]}]")
            // A Monday to a Sunday, with the 26th on its Thursday.
            let found = try days(scenario, from: "2024-12-23", until: "2024-12-30")
            #expect(found.count == count)
            #expect(found.contains("2024-12-26") == (zone != "UTC"))
        }
    }

    @Test func `a season shifts habits, and the first one counts`() throws {
        let scenario = try scenario(
            """
            seasons:
                  - {name: deep winter, days: 07-01..07-03, later: 30m}
                  - {name: winter, days: 06-01..08-31, earlier: 1h}
            """)
        let times = try scenario.events(from: "2024-06-30", until: "2024-07-05").dropFirst()
            .map { $0.time.shortText.suffix(9) }
        #expect(times == ["06:00:00Z", "07:30:00Z", "07:30:00Z", "07:30:00Z", "06:00:00Z"])
    }

    @Test func `a season multiplies what cats beg for`() throws {
        let text = """
            name: one
            time-zone: UTC
            start: 2020-01-01
            feeders:
              - name: kitchen
                buttons: [G030PM]
                bowls: {left: 25, right: 30}
                snacks: [{name: a, per-hour: {"00:00-24:00": 2}, clicks: {SINGLE: 1}}]
                seasons: [{name: hungry, days: 07-01..12-31, snacks: 2.5}]
            """
        let events = try ScenarioFile(text).events(from: "2023-01-01", until: "2024-01-01")
        let hungry = events.count { $0.time.shortText >= "2023-07" }
        let ordinary = Double(events.count - hungry)
        #expect(abs(ordinary - 2 * 24 * 181) < 4 * (2.0 * 24 * 181).squareRoot())
        #expect(abs(Double(hungry) - 5 * 24 * 184) < 4 * (5.0 * 24 * 184).squareRoot())
        // Outside the season nothing changes.
        let plain = try ScenarioFile(text.replacing("2.5", with: "1"))
            .events(from: "2023-01-01", until: "2024-01-01")
        #expect(
            plain.map(\.line).filter { $0.contains(" 2023-0") }.prefix(8000)
                == events.map(\.line).filter { $0.contains(" 2023-0") }.prefix(8000))
    }

    @Test func `trips are as many and as long as they should be`() throws {
        let scenario = try scenario("trips: {per-year: 3, days: 5-9}")
        let zone = ZoneTable.utc
        var away = 0
        var lengths: Set<Int> = []
        for seed in UInt64(1)...40 {
            let present = try scenario.events(seed: seed, from: "2020-01-01", until: "2024-01-01")
                .dropFirst().map { Int(zone.day(at: $0.time).number) }
            away += 1461 - present.count
            for (a, b) in zip(present, present.dropFirst()) where b > a + 1 {
                lengths.insert(b - a - 1)
            }
        }
        // 3 trips of 7 days a year; some of them overlap.
        #expect((2700...3500).contains(away))
        #expect(lengths.min() == 5)
        #expect(lengths.isSuperset(of: 5...9))
    }

    @Test func `a cat's habit is there while the cat is`() throws {
        let scenario = try scenario(zone: "UTC", habit: ", cat: Miso", "")
        let found = try days(scenario, from: "2020-01-01", until: "2021-01-01")
        #expect(found.count == 61)
        #expect(found.first == "2020-03-01" && found.last == "2020-04-30")
    }

    @Test func `a feeder that moves is registered anew and keeps to the new clock`() throws {
        let scenario = try scenario(
            zone: "America/New_York",
            """
            changes:
                  - {day: 2024-03-05, time-zone: Europe/Berlin}
                  - {day: 2024-03-07, bowls: {left: 10}}
            """)
        let events = try scenario.events(from: "2024-03-03", until: "2024-03-09")
        #expect(
            events.map {
                $0.content.click == nil ? "registered \($0.time.text)" : $0.time.shortText
            }
                == [
                    "registered 2024-03-03T05:00:00.000000Z", "2024-03-03T12:00:00Z",
                    "2024-03-04T12:00:00Z",
                    // The day begins where the feeder was before.
                    "registered 2024-03-05T04:59:59.999000Z", "2024-03-05T06:00:00Z",
                    "2024-03-06T06:00:00Z", "registered 2024-03-06T22:59:59.999000Z",
                    "2024-03-07T06:00:00Z", "2024-03-08T06:00:00Z",
                ])
        let told = events.compactMap { Registration(detail: $0.detail) }
        #expect(told.map(\.timeZone) == ["America/New_York", "Europe/Berlin", "Europe/Berlin"])
        #expect(told.map(\.leftGrams) == [25, 25, 10] && told.allSatisfy { $0.rightGrams == 30 })
        #expect(Set(events.map(\.id)).count == events.count)
    }

    @Test func `a run that begins after a move registers the feeder where it is`() throws {
        let scenario = try scenario("changes: [{day: 2022-03-05, time-zone: Asia/Tokyo}]")
        let events = try scenario.events(from: "2023-01-01", until: "2023-01-03")
        #expect(events.count == 3)
        #expect(Registration(detail: events[0].detail)?.timeZone == "Asia/Tokyo")
        #expect(events[1].time.shortText == "2023-01-01T22:00:00Z")
    }

    @Test func `a move over the date line begins no place before the one it leaves ends`() throws {
        // The 5th begins in Pago Pago at 11:00Z; on Kiritimati the 6th began an hour before that.
        let scenario = try scenario(
            zone: "Pacific/Pago_Pago",
            """
            changes:
                  - {day: 2024-03-05, time-zone: Pacific/Kiritimati}
                  - {day: 2024-03-06, time-zone: UTC}
            """)
        let events = try scenario.events(from: "2024-03-04", until: "2024-03-08")
        #expect(
            events.map { Registration(detail: $0.detail)?.timeZone ?? $0.time.shortText }
                == [
                    "Pacific/Pago_Pago", "2024-03-04T18:00:00Z", "UTC", "2024-03-06T07:00:00Z",
                    "2024-03-07T07:00:00Z", "2024-03-08T07:00:00Z",
                ])
        #expect(events[2].time.text == "2024-03-05T10:59:59.999000Z")
    }

    @Test func `a feeder that comes as a run ends is registered in it, as in a longer run`() throws
    {
        let scenario = try scenario("from: 2020-02-01")
        let short = try scenario.events(from: "2020-01-01", until: "2020-02-01")
        let long = try scenario.events(from: "2020-01-01", until: "2020-03-01")
        #expect(short.map(\.line) == long.prefix(1).map(\.line))
        #expect(short.first?.time.text == "2020-01-31T23:59:59.999000Z")
    }

    @Test func `a feeder comes and goes`() throws {
        let scenario = try scenario("from: 2020-02-01\n    until: 2020-02-10")
        let events = try scenario.events(from: "2020-01-01", until: "2020-12-31")
        #expect(events.count == 11)
        #expect(events[0].content.click == nil)
        #expect(events[0].time.text == "2020-01-31T23:59:59.999000Z")
        #expect(events[10].time.shortText == "2020-02-10T07:00:00Z")
        #expect(try scenario.events(from: "2020-02-11", until: "2020-03-01").isEmpty)
    }
}
