import EventModel
import Testing

@testable import Scenario

/// Mistakes in what changes and in what goes wrong.
@Suite struct LifeMistakeTests {
    static let good = """
        name: good
        time-zone: UTC
        start: 2020-01-01
        feeders:
          - name: kitchen
            buttons: [B1]
            bowls: {left: 25, right: 30}
            from: 2020-02-01
            until: 2024-01-31
            cats: [{name: Miso, from: 2020-01-01, until: 2023-01-01}]
            habits: [{name: a, click: LONG, at: "07:00", cat: Miso, from: 2021-01-01}]
            snacks: [{name: b, per-hour: {"17:00-22:00": 10}, clicks: {SINGLE: 1}}]
            seasons: [{name: winter, days: [12-01..02-28], snacks: 3, later: 30m}]
            holidays: [12-25, 2024-03-29..2024-04-01]
            absences: [{days: 2021-08-01, time-zones: [UTC]}]
            trips: {per-year: 2.5, days: 3-14}
            changes: [{day: 2022-01-01, time-zone: Asia/Tokyo, bowls: {left: 20}}]
            double-presses: {rate: 0.1, within: 5s}
            mishaps:
              late-reports: {rate: 0.01, by: 5m-48h}
              batteries: {days: 400-700, dead: 0-3}
              health-reports: {every: 7}
        fleet:
          count: 20
          name: f-##
          button: F##
          time-zones: {UTC: 1}
          bowls: {left: 1, right: 2}
          growth: {2020-01-01: 5, 2021-01-01: 20}
          appetites: {0.5: 1, 1: 2}
          portions: {20: 1}
          leaving: 0.05
        """

    @Test func `a good file is read to the letter`() throws {
        let kitchen = try #require(try ScenarioFile(Self.good).households.first)
        #expect(kitchen.from?.description == "2020-02-01")
        #expect(kitchen.until?.description == "2024-01-31")
        #expect(kitchen.habits[0].days.from?.description == "2021-01-01")
        #expect(kitchen.habits[0].days.until?.description == "2023-01-01")
        #expect(kitchen.calendar.seasons[0].snacks == 3_000_000)
        #expect(kitchen.calendar.seasons[0].shift == 1_800_000)
        #expect(kitchen.calendar.holidays.count == 2)
        #expect(kitchen.calendar.trips == Trips(perYear: 2_500_000, days: 3...14))
        #expect(kitchen.changes[0].leftGrams == 20 && kitchen.changes[0].rightGrams == nil)
        #expect(kitchen.mishaps.late == DelayedReports(rate: 10_000, delay: 300_000...172_800_000))
        #expect(kitchen.mishaps.batteries == Batteries(life: 400...700, dead: 0...3))
    }

    @Test(arguments: [
        ("seasons:", "saesons:", "13:5", "did you mean \"seasons\"?"),
        ("later: 30m", "latter: 30m", "13:63", "did you mean \"later\"?"),
        ("later: 30m", "later: 3h", "13:70", "at most 2h, not 3h"),
        ("later: 30m", "later: 30m, earlier: 1h", "13:84", "not both"),
        ("snacks: 3", "snacks: 4", "13:15", "\"b\" above 30 presses an hour"),
        ("12-01..02-28", "12-01..02-30", "13:37", "12-20..01-28"),
        ("2024-03-29..2024-04-01", "2024-04-01..2024-03-29", "14:23", "were expected, not"),
        ("12-25,", "12-25..2024-12-26,", "14:16", "days such as"),
        ("[UTC]}]", "[UCT-1]}]", "15:48", "no time zone UCT-1"),
        ("3-14", "14-3", "16:34", "from 1 to 90, was expected, not \"14-3\""),
        ("3-14", "3-91", "16:34", "not \"3-91\""),
        ("day: 2022-01-01", "day: 2020-02-01", "17:21", "not after 2020-02-01"),
        ("day: 2022-01-01", "day: 2024-02-01", "17:21", "after 2024-01-31, the feeder's last day"),
        (", time-zone: Asia/Tokyo, bowls: {left: 20}", "", "17:15", "needs \"time-zone\" or"),
        ("until: 2024-01-31", "until: 2019-01-31", "9:12", "is before 2020-02-01"),
        ("cat: Miso", "cat: Misso", "11:55", "did you mean \"Miso\"?"),
        ("cats: [{", "cats: [{name: Miso}, {", "11:55", "several cats are named \"Miso\""),
        ("rate: 0.1,", "rate: 1.1,", "18:28", "a rate, a number from 0 to 1"),
        ("late-reports", "late-report", "20:7", "did you mean \"late-reports\"?"),
        ("5m-48h", "48h-5m", "20:38", "5m-48h of times from 1s to 720h"),
        ("5m-48h", "0s-5m", "20:38", "not \"0s-5m\""),
        ("5m-48h", "5m-721h", "20:38", "not \"5m-721h\""),
        ("400-700", "29-700", "21:25", "from 30 to 5000"),
        ("every: 7", "every: 0", "22:31", "from 1 to 365"),
        ("2020-01-01: 5", "2022-01-01: 5", "29:27", "2021-01-01 is not after 2022-01-01"),
        ("2020-01-01: 5,", "2020-01-01: 20,", "29:40", "not more than the 20 before"),
        ("2021-01-01: 20", "2021-01-01: 19", "29:11", "must be the fleet's count, 20"),
        ("{0.5: 1, 1: 2}", "{0.5: 0}", "30:14", "at least one weight"),
        ("leaving: 0.05", "leeving: 0.05", "32:3", "did you mean \"leaving\"?"),
    ])
    func `a mistake is shown with its place and a way out`(
        old: String, new: String, place: String, message: String
    ) throws {
        try #require(Self.good.contains(old))
        let text = Self.good.replacing(old, with: new, maxReplacements: 1)
        let error = try #require(throws: ScenarioError.self) { try ScenarioFile(text) }
        #expect("\(error.line):\(error.column)" == place)
        #expect(error.message.contains(message), "\(error)")
    }
}
