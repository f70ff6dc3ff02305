import EventModel
import Foundation

/// Rows as text, so that nothing of the projections' own types is needed.
package typealias TextRows = [[String]]

extension ReferenceHistory {
    /// `bowl-totals`: feeder, bowl, dispenses, grams, last dispense.
    package func bowls(until point: Point, asOf: Timestamp?) -> TextRows {
        var rows: TextRows = []
        for (feeder, feeds) in feedsByFeeder(until: point, asOf: asOf) {
            let left = feeds.filter { $0.click == .single || $0.click == .long }
            let right = feeds.filter { $0.click == .double || $0.click == .long }
            for (bowl, fills, grams) in [
                ("left", left, left.map(\.left)), ("right", right, right.map(\.right)),
            ] {
                rows.append([
                    feeder, bowl, "\(fills.count)", "\(grams.reduce(0, +))",
                    fills.map(\.time).max()?.shortText ?? "null",
                ])
            }
        }
        return rows
    }

    /// `feeding-stats`: the tables `days`, `feeders` and `hours`.
    package func stats(
        until point: Point, asOf: Timestamp?
    ) -> (days: TextRows, feeders: TextRows, hours: TextRows) {
        var (days, feeders, hours): (TextRows, TextRows, TextRows) = ([], [], [])
        for (feeder, unsorted) in feedsByFeeder(until: point, asOf: asOf) {
            let feeds = unsorted.sorted {
                ($0.time, $0.click.rawValue, $0.zone) < ($1.time, $1.click.rawValue, $1.zone)
            }
            var byDay: [String: ReferenceDay] = [:]
            var byHour = Array(repeating: 0, count: 24)
            var previous: Timestamp?
            for feed in feeds {
                let (day, hour) = ReferenceCalendar.local(feed.time, feed.zone)
                let gap = previous.map { feed.time.microseconds - $0.microseconds }
                byDay[day, default: ReferenceDay()]
                    .add(feed, gap: gap, double: Int64(doubleFeedMinutes) * 60_000_000)
                byHour[hour] += 1
                previous = feed.time
            }
            let names = byDay.keys.sorted()
            for name in names { days.append([feeder, name] + (byDay[name]?.cells ?? [])) }
            let span = ReferenceCalendar.days(from: names[0], to: names[names.count - 1])
            feeders.append([
                feeder, "\(feeds.count)", names[0], names[names.count - 1], "\(names.count)",
                "\(span + 1 - names.count)", feeds[feeds.count - 1].time.shortText,
            ])
            for (hour, count) in byHour.enumerated() {
                hours.append([feeder, "\(hour)", "\(count)"])
            }
        }
        return (days, feeders, hours)
    }
}

/// One local day of one feeder.
private struct ReferenceDay {
    var clicks: [ClickKind] = []
    var times: [Timestamp] = []
    var gaps: [Int64] = []
    var doubleFeeds = 0

    mutating func add(_ feed: ReferenceHistory.Feed, gap: Int64?, double: Int64) {
        clicks.append(feed.click)
        times.append(feed.time)
        if let gap {
            gaps.append(gap)
            if gap < double { doubleFeeds += 1 }
        }
    }

    var cells: [String] {
        [
            "\(clicks.count)", "\(clicks.count { $0 == .single })",
            "\(clicks.count { $0 == .double })", "\(clicks.count { $0 == .long })",
            times.min()?.shortText ?? "null", times.max()?.shortText ?? "null",
            gaps.max().map { "\($0 / 1_000_000)" } ?? "null", "\(doubleFeeds)",
        ]
    }
}

/// Local days as Foundation's calendar and time zones have them.
enum ReferenceCalendar {
    static func local(_ time: Timestamp, _ zone: String) -> (day: String, hour: Int) {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = TimeZone(identifier: zone)!
        // Whole seconds, rounded down: a Double holds them exactly.
        let date = Date(timeIntervalSince1970: Double(time.seconds))
        let parts = calendar.dateComponents([.year, .month, .day, .hour], from: date)
        return (
            String(format: "%04d-%02d-%02d", parts.year!, parts.month!, parts.day!), parts.hour!
        )
    }

    /// How many days `to` is after `from`.
    static func days(from: String, to: String) -> Int {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = TimeZone(identifier: "UTC")!
        func date(_ day: String) -> Date {
            let parts = day.split(separator: "-").map { Int($0)! }
            return calendar.date(
                from: DateComponents(year: parts[0], month: parts[1], day: parts[2]))!
        }
        return calendar.dateComponents([.day], from: date(from), to: date(to)).day!
    }
}
