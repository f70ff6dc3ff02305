import EventModel
import Lab
import Projections

/// `feeding-stats` as a person likes to see it: totals, hours of the day, the last year's calendar.
struct FeedingPicture {
    private var summaries: [(String, FeedingSummary)] = []
    private var feedsByDay: [Timestamp.Day: Int] = [:]
    private var hours = Array(repeating: 0, count: 24)
    private var longestGap: Int64 = 0
    private var doubleFeeds = 0

    init(_ stats: FeedingStats, _ history: History) {
        stats.forEachDay(history) { _, day in
            feedsByDay[day.day, default: 0] += day.feeds
            longestGap = max(longestGap, day.longestGap ?? 0)
            doubleFeeds += day.doubleFeeds
        } feeder: { feeder, summary in
            summaries.append((history.name(of: feeder), summary))
            for hour in 0..<24 { hours[hour] += summary.hours[hour] }
        }
    }

    func print() {
        guard let last = feedsByDay.keys.max() else {
            Terminal.print("  no feeds yet")
            return
        }
        let feeds = summaries.reduce(0) { $0 + $1.1.feeds }
        let days = summaries.reduce(0) { $0 + $1.1.daysWithFeed }
        let without = summaries.reduce(0) { $0 + $1.1.daysWithoutFeed }
        Terminal.print(
            "  \(Figures.count(summaries.count, "feeder")), \(Figures.count(feeds, "feed")) on"
                + " \(Figures.count(days, "day")), \(Figures.decimal(Double(feeds) / Double(max(1, days)))) a day;"
                + " \(Figures.count(without, "day")) without a feed")
        let minutes = Int(longestGap / 60_000_000)
        Terminal.print(
            "  longest gap \(minutes / 60) h \(minutes % 60) min,"
                + " \(Figures.count(doubleFeeds, "double feed"))")
        Terminal.print("  hour of day  0 \(Charts.sparkline(hours)) 23")
        let weeks = min(53, Terminal.width - 8)
        for line in Charts.calendar(feedsByDay, last: last, weeks: weeks) {
            Terminal.print("  " + line)
        }
    }
}
