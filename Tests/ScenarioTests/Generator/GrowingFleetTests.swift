import EventModel
import Testing

@testable import Scenario

/// Fleets whose households join, move, leave, and differ from each other.
@Suite struct GrowingFleetTests {
    private func scenario(_ more: String, count: Int = 200) throws -> ScenarioFile {
        try ScenarioFile(
            """
            name: some
            time-zone: UTC
            start: 2020-01-01
            fleet:
              count: \(count)
              name: f-####
              button: B####
              time-zones: {UTC: 1, Asia/Tokyo: 1, America/New_York: 1}
              bowls: {left: 25, right: 25}
              habits: [{name: breakfast, click: LONG, at: "12:00"}]
              snacks: [{name: a, per-hour: {"12:00-13:00": 1}, clicks: {SINGLE: 1}}]
              \(more)
            """)
    }

    private func households(
        _ scenario: ScenarioFile, seed: UInt64 = 1, until end: String = "2025-01-01"
    ) throws -> [Household] {
        try scenario.allHouseholds(seed: seed, until: Timestamp.Day(text: end))
    }

    @Test func `a fleet grows evenly from stage to stage`() throws {
        let scenario = try scenario(
            "growth: {2020-01-01: 20, 2021-01-01: 100, 2023-01-01: 200}")
        let days = try households(scenario).map { try #require($0.from).description }
        #expect(days[..<20].allSatisfy { $0 == "2020-01-01" })
        #expect(days[20] > "2020-01-01" && days[99] == "2021-01-01" && days[199] == "2023-01-01")
        #expect(days == days.sorted())
        #expect(days.count { $0 <= "2020-07-01" } == 59)
        #expect(days.count { $0 <= "2022-01-01" } == 150)
    }

    @Test func `whoever joins is registered a millisecond before the first day`() throws {
        let scenario = try scenario("growth: {2020-01-01: 20, 2021-01-01: 200}")
        var seen: Set<String> = []
        var later = 0
        let hour: Int64 = 3_600_000_000
        for event in try scenario.events(from: "2020-01-01", until: "2021-02-01") {
            let device = try #require(event.device)
            if event.content.click != nil {
                #expect(seen.contains(device))
            } else {
                #expect(seen.insert(device).inserted)
                // Before midnight, which is at a full hour in these zones; or at the run's begin.
                if seen.count > 20 { #expect(event.time.microseconds % hour == hour - 1000) }
                later += event.time.microseconds % hour == 0 ? 0 : 1
            }
        }
        #expect(seen.count == 200 && later > 180)
    }

    @Test func `households leave and move at the rate of a year`() throws {
        let scenario = try scenario("leaving: 0.1\n  moving: 0.2", count: 4000)
        let all = try households(scenario, until: "2024-12-27")
        // Five years: 1 - 0.9⁵ of them are gone; binomial, four standard deviations.
        let gone = all.count { $0.until != nil && $0.until! < Timestamp.Day(number: 20_089) }
        #expect(abs(Double(gone) - 4000 * 0.40951) < 4 * (4000 * 0.40951 * 0.59049).squareRoot())
        let years = all.reduce(0.0) { sum, one in
            sum + Double((one.until?.number ?? 20_087) - 18_262) / 365
        }
        let moves = Double(all.reduce(0) { $0 + $1.changes.count })
        #expect(abs(moves / years - 0.2) < 0.012)
        for household in all {
            let days = household.changes.map(\.day)
            #expect(days == days.sorted() && Set(days).count == days.count)
            if let until = household.until { #expect(days.allSatisfy { $0 <= until }) }
        }
    }

    @Test func `what happens after a run's end changes nothing in it`() throws {
        let scenario = try scenario(
            "leaving: 0.3\n  moving: 0.5\n  growth: {2020-01-01: 9, 2022-01-01: 200}")
        for end in ["2020-12-31", "2021-01-01", "2021-01-02", "2021-06-30"] {
            let short = try scenario.events(from: "2020-12-01", until: end).map(\.line)
            let long = try scenario.events(from: "2020-12-01", until: "2022-06-30").map(\.line)
            #expect(Array(long.prefix(short.count)) == short)
        }
    }

    @Test func `appetites and portions follow their weights`() throws {
        let scenario = try scenario(
            "appetites: {0.5: 1, 2: 3}\n  portions: {10: 1, 40: 1}", count: 4000)
        let all = try households(scenario)
        let hungry = all.count { $0.snacks[0].ratesByHour[12] == 2_000_000 }
        #expect(abs(hungry - 3000) < 110)
        #expect(all.count { $0.snacks[0].ratesByHour[12] == 500_000 } == 4000 - hungry)
        #expect(abs(all.count { $0.leftGrams == 40 } - 2000) < 130)
        #expect(all.allSatisfy { $0.leftGrams == $0.rightGrams && $0.leftGrams != 25 })
    }

    @Test func `a feeder is the same in a small fleet and in a large one`() throws {
        let more =
            "leaving: 0.2\n  moving: 0.3\n  appetites: {1: 1, 3: 1}\n  portions: {10: 1, 40: 1}"
        let small = try households(scenario(more, count: 50))
        let large = try households(scenario(more, count: 500))
        #expect(Array(large.prefix(50)) == small)
    }

    @Test func `a thinned fleet has every so many-th feeder as it is in the whole`() throws {
        let file = try scenario(
            "leaving: 0.2\n  moving: 0.3\n  growth: {2020-01-01: 7, 2021-01-01: 200}")
        let (thin, step) = file.thinned(to: 30)
        let all = try households(file)
        #expect(step == 7 && thin.feederCount == 29)
        #expect(
            try households(thin)
                == all.enumerated().filter { $0.offset % 7 == 0 }.map(\.element))
        #expect(file.thinned(to: 200).step == 1)
    }
}
