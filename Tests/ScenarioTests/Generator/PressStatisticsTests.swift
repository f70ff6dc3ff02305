import EventModel
import Foundation
import Testing

@testable import Scenario

/// Four weeks of 100 buttons that are pressed once an hour on average, whatever the hour. Limits
/// are 99.9 % points; the seed is fixed, so a test that passes goes on passing.
@Suite struct PressStatisticsTests {
    private static let days = 28
    private static let buttons = 100

    /// Press times of each button in milliseconds since the begin.
    private static let times: [[Int64]] = {
        let text = """
            name: steady
            time-zone: UTC
            start: 2024-01-01
            fleet:
              count: \(buttons)
              name: f-###
              button: B###
              time-zones: {UTC: 1}
              bowls: {left: 1, right: 1}
              snacks: [{name: steady, per-hour: {"00:00-24:00": 1}, clicks: {SINGLE: 1, DOUBLE: 2}}]
            """
        var times = [[Int64]](repeating: [], count: buttons)
        let events = try? ScenarioFile(text).events(from: "2024-01-01", until: "2024-01-29")
        for event in events ?? [] where event.content.click != nil {
            let since = event.time.microseconds - 1_704_067_200_000_000
            if let button = event.device.flatMap({ Int($0.dropFirst()) }) {
                times[button - 1].append(since / 1000)
            }
        }
        return times
    }()

    /// Presses of a button in each hour.
    private static func hours(_ button: Int) -> [Double] {
        var counts = [Double](repeating: 0, count: days * 24)
        for time in times[button] { counts[Int(time / 3_600_000)] += 1 }
        return counts
    }

    @Test func `every hour of the week has its share`() {
        var counts = [Double](repeating: 0, count: 168)
        for time in Self.times.joined() { counts[Int(time / 3_600_000 % 168)] += 1 }
        let expected = counts.reduce(0, +) / 168
        let statistic = counts.reduce(0) { $0 + ($1 - expected) * ($1 - expected) / expected }
        #expect(statistic < 229)
        #expect(abs(expected * 168 - 67_200) < 3.3 * 67_200.0.squareRoot())
    }

    @Test func `every minute of the hour has its share`() {
        var counts = [Double](repeating: 0, count: 60)
        for time in Self.times.joined() { counts[Int(time / 60_000 % 60)] += 1 }
        let expected = counts.reduce(0, +) / 60
        #expect(counts.reduce(0) { $0 + ($1 - expected) * ($1 - expected) / expected } < 98.3)
    }

    @Test func `counts are dispersed as Poisson's are`() {
        let counts = (0..<Self.buttons).flatMap(Self.hours)
        let mean = counts.reduce(0, +) / Double(counts.count)
        let variance =
            counts.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(counts.count - 1)
        #expect(abs(variance / mean - 1) < 3.3 * (2 / Double(counts.count)).squareRoot())
    }

    @Test func `gaps are exponential`() {
        // Kolmogorov–Smirnov: sup |F - F₀| · √n is below 1.95.
        var gaps: [Double] = []
        for times in Self.times {
            for (a, b) in zip(times, times.dropFirst()) { gaps.append(Double(b - a) / 3.6e6) }
        }
        gaps.sort()
        let count = Double(gaps.count)
        let distance = gaps.enumerated().map { place, gap in
            abs((Double(place) + 0.5) / count - (1 - exp(-gap)))
        }
        .max()
        #expect((distance ?? 1) * count.squareRoot() < 1.95)
    }

    @Test func `neighbours know nothing of each other`() {
        // The mean product of two independent deviations over 67,000 hours: 1/√67,000.
        var sum = 0.0
        var count = 0.0
        for button in 0..<Self.buttons - 1 {
            for (a, b) in zip(Self.hours(button), Self.hours(button + 1)) {
                sum += (a - 1) * (b - 1)
                count += 1
            }
        }
        #expect(abs(sum / count) < 3.3 / count.squareRoot())
    }
}
