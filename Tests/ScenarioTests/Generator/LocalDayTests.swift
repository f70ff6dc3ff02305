import EventModel
import Testing

@testable import Scenario

@Suite struct LocalDayTests {
    private func day(_ text: String, _ zone: String) throws -> LocalDay {
        LocalDay(try Timestamp.Day(text: text), in: try TimeZoneDatabase().zone(zone))
    }

    struct Case: Sendable, CustomTestStringConvertible {
        var zone: String
        var day: String
        var hours: [Int]
        var minutes: Int
        var testDescription: String { "\(zone) \(day)" }
    }

    @Test(arguments: [
        Case(zone: "UTC", day: "2024-02-29", hours: Array(0...23), minutes: 1440),
        Case(zone: "Asia/Kathmandu", day: "2024-06-01", hours: Array(0...23), minutes: 1440),
        Case(
            zone: "Pacific/Auckland", day: "2024-09-29", hours: [0, 1] + Array(3...23),
            minutes: 1380),
        Case(
            zone: "Pacific/Auckland", day: "2024-04-07", hours: [0, 1, 2] + Array(2...23),
            minutes: 1500),
        Case(
            zone: "Europe/Berlin", day: "2024-03-31", hours: [0, 1] + Array(3...23), minutes: 1380),
        Case(
            zone: "America/New_York", day: "2024-11-03", hours: [0, 1] + Array(1...23),
            minutes: 1500),
        Case(
            zone: "Australia/Lord_Howe", day: "2024-10-06", hours: Array(0...23), minutes: 1410),
        Case(
            zone: "Australia/Lord_Howe", day: "2024-04-07", hours: [0, 1] + Array(1...23),
            minutes: 1470),
        Case(zone: "Pacific/Apia", day: "2011-12-30", hours: [], minutes: 0),
        Case(zone: "Pacific/Apia", day: "2011-12-31", hours: Array(0...23), minutes: 1440),
    ])
    func `a day has a slot for each local hour and offset`(case: Case) throws {
        let day = try day(`case`.day, `case`.zone)
        #expect(day.slots.map(\.hour) == `case`.hours)
        #expect(day.slots.reduce(0) { $0 + $1.until - $1.from } == `case`.minutes * 60_000_000)
        #expect(day.happens == !`case`.hours.isEmpty)
    }

    @Test func `a 23-hour day has 23 slots`() throws {
        #expect(try day("2024-09-29", "Pacific/Auckland").slots.count == 23)
    }

    @Test func `slots follow each other without gap or overlap, whatever the zone and day`() throws
    {
        for name in [
            "Europe/Berlin", "America/New_York", "Pacific/Auckland", "Australia/Lord_Howe",
            "Africa/Casablanca", "Pacific/Apia", "Asia/Kathmandu", "America/Havana",
            "America/St_Johns", "Asia/Gaza", "Antarctica/Troll",
        ] {
            let zone = try TimeZoneDatabase().zone(name)
            var reached: Timestamp?
            for number in Int32(14_000)..<Int32(22_000) {
                let day = LocalDay(Timestamp.Day(number: number), in: zone)
                if let reached { #expect(day.start == reached, "\(name) \(day.day)") }
                var at = day.start.microseconds
                for slot in day.slots {
                    #expect(slot.from == at && slot.until > at, "\(name) \(day.day)")
                    #expect(slot.hourBegins <= slot.from)
                    #expect(slot.until <= slot.hourBegins + LocalDay.hourLength)
                    at = slot.until
                }
                #expect(at == day.end.microseconds, "\(name) \(day.day)")
                reached = day.end
            }
        }
    }

    @Test(arguments: [
        ("2020-01-01", 5, "2025-01-01"), ("2020-02-29", 4, "2024-02-29"),
        ("2020-02-29", 1, "2021-03-01"), ("2096-02-29", 4, "2100-03-01"),
    ])
    func `years are calendar years`(start: String, years: Int, end: String) throws {
        #expect(try Timestamp.Day(text: start).adding(years: years)?.description == end)
    }
}
