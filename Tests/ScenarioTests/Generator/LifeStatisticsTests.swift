import EventModel
import Foundation
import Testing

@testable import Scenario

/// A year of eighty households whose rates change with the hour and the season, in a zone that changes
/// its clocks, against the rates that the scenario states. Limits are 99.9 % points; the seed is fixed, so
/// a test that passes goes on passing.
@Suite struct LifeStatisticsTests {
    private static let buttons = 80

    private static let scenario = """
        name: uneven
        time-zone: Pacific/Auckland
        start: 2023-01-01
        fleet:
          count: \(buttons)
          name: f-##
          button: B##
          time-zones: {Pacific/Auckland: 1}
          bowls: {left: 1, right: 1}
          snacks:
            - name: a
              per-hour: {"06:00-10:00": 0.4, "10:00-17:00": 0.1, "17:00-22:00": 0.6, "22:00-06:00": 0.05}
              clicks: {SINGLE: 1, DOUBLE: 1}
          seasons: [{name: winter, days: 06-01..08-31, snacks: 2}, {name: summer, days: 12-01..02-28, snacks: 0.5}]
        """

    /// Rates by local hour in quarters of the year with their own factor, as the file states them.
    private static func rate(_ hour: Int, _ month: Int) -> Double {
        let plain =
            switch hour {
            case 6..<10: 0.4
            case 10..<17: 0.1
            case 17..<22: 0.6
            default: 0.05
            }
        switch month {
        case 6...8: return plain * 2
        case 12, 1, 2: return plain / 2
        default: return plain
        }
    }

    /// An hour of the local clock, or what a change leaves of it.
    private struct Hour {
        var from: Int64
        var until: Int64
        var weekday: Int
        var hour: Int
        var rate: Double
        /// How many presses of one button are to be expected before it.
        var before: Double
        var expected: Double { rate * Double(until - from) / 3.6e9 }
    }

    private static let hours: [Hour] = {
        guard let zone = try? TimeZoneDatabase().zone("Pacific/Auckland") else { return [] }
        var hours: [Hour] = []
        var sum = 0.0
        for number in Int32(19_358)..<Int32(19_723) {
            let day = LocalDay(Timestamp.Day(number: number), in: zone)
            for slot in day.slots {
                let hour = Hour(
                    from: slot.from, until: slot.until, weekday: day.day.weekday, hour: slot.hour,
                    rate: rate(slot.hour, day.day.date.month), before: sum)
                sum += hour.expected
                hours.append(hour)
            }
        }
        return hours
    }()

    /// Each button's presses, in microseconds.
    private static let times: [[Int64]] = {
        var times = [[Int64]](repeating: [], count: buttons)
        let events = try? ScenarioFile(scenario).events(seed: 7, years: 1)
        for event in events ?? [] where event.content.click != nil {
            if let button = event.device.flatMap({ Int($0.dropFirst()) }) {
                times[button - 1].append(event.time.microseconds)
            }
        }
        return times
    }()

    /// Presses of each button in each hour of the year.
    private static let counts: [[Int]] = times.map { times in
        var counts = [Int](repeating: 0, count: hours.count)
        for time in times { counts[place(time)] += 1 }
        return counts
    }

    private static func place(_ time: Int64) -> Int {
        var (low, high) = (0, hours.count)
        while high - low > 1 {
            let middle = (low + high) / 2
            if hours[middle].from <= time { low = middle } else { high = middle }
        }
        return low
    }

    @Test func `every hour of the week has the share that its rates give`() {
        var found = [Double](repeating: 0, count: 168)
        var expected = [Double](repeating: 0, count: 168)
        for (place, hour) in Self.hours.enumerated() {
            let ofWeek = hour.weekday * 24 + hour.hour
            expected[ofWeek] += hour.expected * Double(Self.buttons)
            for counts in Self.counts { found[ofWeek] += Double(counts[place]) }
        }
        #expect(expected.allSatisfy { $0 > 100 })
        let statistic = zip(found, expected).reduce(0) { sum, pair in
            sum + (pair.0 - pair.1) * (pair.0 - pair.1) / pair.1
        }
        #expect(statistic < 229, "chi-squared, 168 degrees of freedom")
        #expect(statistic > 115)
    }

    @Test func `counts are dispersed as Poisson's are, whatever the season`() {
        // Weeks of one button: (n - λ)² / λ has mean 1 and variance 2 + 1/λ.
        var statistic = 0.0
        var variance = 0.0
        for counts in Self.counts {
            for week in stride(from: 0, to: counts.count - 168, by: 168) {
                let expected = Self.hours[week..<week + 168].reduce(0) { $0 + $1.expected }
                let found = Double(counts[week..<week + 168].reduce(0, +))
                statistic += (found - expected) * (found - expected) / expected - 1
                variance += 2 + 1 / expected
            }
        }
        #expect(abs(statistic) < 3.3 * variance.squareRoot())
    }

    @Test func `gaps are exponential once time goes by the rates`() {
        // Kolmogorov–Smirnov on Λ(next) - Λ(this): sup |F - F₀| · √n is below 1.95.
        var gaps: [Double] = []
        for times in Self.times {
            let rescaled = times.map { time in
                let hour = Self.hours[Self.place(time)]
                return hour.before + hour.rate * Double(time - hour.from) / 3.6e9
            }
            for (a, b) in zip(rescaled, rescaled.dropFirst()) { gaps.append(b - a) }
        }
        gaps.sort()
        let count = Double(gaps.count)
        #expect(count > 100_000)
        let distance = gaps.enumerated().map { place, gap in
            abs((Double(place) + 0.5) / count - (1 - exp(-gap)))
        }
        .max()
        #expect((distance ?? 1) * count.squareRoot() < 1.95)
    }

    @Test func `neighbours know nothing of each other, nor an hour of the next`() {
        func residual(_ count: Int, _ hour: Hour) -> Double {
            (Double(count) - hour.expected) / hour.expected.squareRoot()
        }
        let residuals = Self.counts.map { counts in
            zip(counts, Self.hours).map(residual)
        }
        func checked(_ pairs: [(ArraySlice<Double>, ArraySlice<Double>)]) -> Double {
            var (sum, count) = (0.0, 0.0)
            for (one, other) in pairs {
                for (a, b) in zip(one, other) { sum += a * b }
                count += Double(min(one.count, other.count))
            }
            return sum / count.squareRoot()
        }
        let neighbours = zip(residuals, residuals.dropFirst()).map { ($0[...], $1[...]) }
        #expect(abs(checked(neighbours)) < 3.3)
        #expect(abs(checked(residuals.map { ($0[...], $0.dropFirst()) })) < 3.3)
    }

    @Test func `late reports strike anybody, at any time, and each doubling alike`() throws {
        let text =
            Self.scenario.replacing("\(Self.buttons)", with: "40", maxReplacements: 1)
            + "\n  mishaps: {late-reports: {rate: 0.25, by: 1m-64m}}"
        var generator = try ScenarioGenerator(
            ScenarioFile(text), seed: 3, years: 1, zones: TimeZoneDatabase())
        var flags: [Int: [(time: Int64, isLate: Bool)]] = [:]
        var doublings = [Double](repeating: 0, count: 6)
        while let events = generator.next({ $0 }) {
            for event in events where generator.contents[event.content].click != nil {
                let lag = (event.recorded.microseconds - event.time.microseconds) / 60_000_000
                flags[event.content / 3, default: []].append((event.time.microseconds, lag > 0))
                if lag > 0 { doublings[min(5, Int64.bitWidth - 1 - lag.leadingZeroBitCount)] += 1 }
            }
        }
        // Neighbouring presses of a button: products of deviations from the rate.
        var (sum, count, late) = (0.0, 0.0, 0.0)
        for button in flags.keys.sorted() {
            let presses = (flags[button] ?? []).sorted { $0.time < $1.time }
                .map { $0.isLate ? 0.75 : -0.25 }
            for (a, b) in zip(presses, presses.dropFirst()) { sum += a * b }
            count += Double(presses.count)
            late += Double(presses.count { $0 > 0 })
        }
        let variance = 0.25 * 0.75
        #expect(abs(late - count * 0.25) < 3.3 * (count * variance).squareRoot())
        #expect(abs(sum) < 3.3 * variance * count.squareRoot())
        let each = late / 6
        let statistic = doublings.reduce(0) { $0 + ($1 - each) * ($1 - each) / each }
        #expect(statistic < 20.5, "chi-squared, 5 degrees of freedom")
    }
}
