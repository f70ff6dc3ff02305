import EventModel
import Testing

@testable import Scenario

/// Forty seeds, one after the other from 1, so that none is chosen for what it draws.
///
/// The level was stated before anything was drawn. Of a right generator each statistic below is a
/// standard normal number, so over forty seeds the sum of their squares is chi-squared with 40 degrees of
/// freedom, 99.9 % of it between 16.9 and 76.1, and the sum over √40 is standard normal, 99.9 % of it
/// within 3.3. The first finds what is spread wrongly, the second what is off to one side.
@Suite struct SeedStatisticsTests {
    private static let seeds = UInt64(1)...40
    private static let (buttons, days) = (12, 14)

    private static let scenario = """
        name: steady
        time-zone: UTC
        start: 2024-01-01
        fleet:
          count: \(buttons)
          name: f-##
          button: B##
          time-zones: {UTC: 1}
          bowls: {left: 1, right: 1}
          snacks: [{name: a, per-hour: {"00:00-24:00": 1}, clicks: {SINGLE: 1, DOUBLE: 1}}]
          double-presses: {rate: 0.05, within: 5s}
          mishaps:
            late-reports: {rate: 0.25, by: 1m-64m}
            duplicate-reports: {rate: 0.1, by: 1s-30m}
            split-doubles: {rate: 0.2}
        """

    /// What was counted in a run.
    private struct Counts {
        /// Presses of each button in each hour that are no other press's repetition.
        var hours = [[Int]](
            repeating: [Int](repeating: 0, count: days * 24), count: buttons)
        var presses = 0
        var doubles = 0
        var again = 0
        var split = 0
        /// First reports, and how many of them were late.
        var reports = 0
        var late = 0
        /// Reports that are half of a DOUBLE, and how many of them were late.
        var halves = 0
        var lateHalves = 0
        var duplicates = 0
    }

    private static func counts(_ seed: UInt64) throws -> Counts {
        // A day more, so that all reports of the presses before have arrived.
        let start = try Timestamp.Day(text: "2024-01-01")
        var generator = try ScenarioGenerator(
            ScenarioFile(scenario), seed: seed, start: start,
            end: Timestamp.Day(number: start.number + Int32(days) + 1), zones: TimeZoneDatabase())
        let begin = generator.start.microseconds
        var counts = Counts()
        var halves: Set<EventID> = []
        while let events = generator.next({ $0 }) {
            for event in events {
                guard let reported = generator.contents[event.content].click else { continue }
                let pressed = (event.truth?.pressed ?? event.time).microseconds
                let hour = Int((pressed - begin) / 3_600_000_000)
                guard hour < days * 24 else { continue }
                let faults = event.truth?.faults ?? []
                if faults.contains(.duplicate) {
                    counts.duplicates += 1
                    continue
                }
                counts.reports += 1
                if faults.contains(.late) { counts.late += 1 }
                if faults.contains(.split) { counts.halves += 1 }
                if faults.isSuperset(of: [.split, .late]) { counts.lateHalves += 1 }
                if faults.contains(.split), let press = event.truth?.press {
                    guard halves.insert(press).inserted else { continue }
                    counts.split += 1
                }
                counts.presses += 1
                if (event.truth?.click ?? reported) == .double { counts.doubles += 1 }
                if faults.contains(.again) {
                    counts.again += 1
                } else {
                    counts.hours[event.content / 3][hour] += 1
                }
            }
        }
        return counts
    }

    private static let all: [Counts] = seeds.compactMap { try? counts($0) }

    /// How many standard deviations a count lies from a share of a number of trials.
    private static func deviation(_ count: Int, _ share: Double, of trials: Int) -> Double {
        (Double(count) - share * Double(trials))
            / (share * (1 - share) * Double(trials)).squareRoot()
    }

    @Test(arguments: [
        "presses", "dispersion", "neighbours", "hours in a row", "doubles", "again", "split",
        "late",
        "late halves", "duplicates",
    ])
    func `over forty seeds it is normal`(statistic: String) throws {
        let found = Self.all.map { Self.deviation($0, statistic) }
        try #require(found.count == 40)
        let squares = found.reduce(0) { $0 + $1 * $1 }
        #expect(squares > 16.9 && squares < 76.1, "chi-squared, 40 degrees of freedom")
        #expect(abs(found.reduce(0, +)) < 3.3 * 40.0.squareRoot())
    }

    private static func deviation(_ counts: Counts, _ statistic: String) -> Double {
        switch statistic {
        case "doubles": return deviation(counts.doubles, 0.5, of: counts.presses)
        case "again": return deviation(counts.again, 0.05, of: counts.presses - counts.again)
        case "split": return deviation(counts.split, 0.2, of: counts.doubles)
        case "late": return deviation(counts.late, 0.25, of: counts.reports)
        // One mishap knows nothing of another.
        case "late halves": return deviation(counts.lateHalves, 0.25, of: counts.halves)
        case "duplicates": return deviation(counts.duplicates, 0.1, of: counts.reports)
        default: break
        }
        // One press an hour on average: n - 1 has mean 0 and variance 1.
        let residuals = counts.hours.map { $0.map { Double($0 - 1) } }
        let size = Double(buttons * days * 24)
        switch statistic {
        case "presses": return residuals.joined().reduce(0, +) / size.squareRoot()
        case "dispersion":
            // (n - 1)² has mean 1 and variance 2 + 1.
            let squares = residuals.joined().reduce(0) { $0 + $1 * $1 }
            return (squares - size) / (3 * size).squareRoot()
        case "neighbours":
            return products(zip(residuals, residuals.dropFirst()).map { ($0[...], $1[...]) })
        default: return products(residuals.map { ($0[...], $0.dropFirst()) })
        }
    }

    /// The sum of products of independent deviations, in standard deviations.
    private static func products(_ pairs: [(ArraySlice<Double>, ArraySlice<Double>)]) -> Double {
        var (sum, count) = (0.0, 0)
        for (one, other) in pairs {
            for (a, b) in zip(one, other) {
                sum += a * b
                count += 1
            }
        }
        return sum / Double(count).squareRoot()
    }
}
