import EventModel

extension FeedingStats {
    public func write(to store: StoreWriter) throws {
        let history = store.history
        var summaries: [(FeederIndex, FeedingSummary)] = []
        try store.table(
            "days", key: 2,
            columns: [
                "feeder": .text, "day": .text, "feeds": .integer, "single": .integer,
                "double": .integer, "long": .integer, "first": .time, "last": .time,
                "longestGapSeconds": .integer, "doubleFeeds": .integer,
            ]
        ) { row in
            try forEachDay(history) { feeder, day in
                try row([
                    .text(history.name(of: feeder)), .text(day.day.description),
                    .integer(day.feeds), .integer(day.single), .integer(day.double),
                    .integer(day.long), .time(day.first), .time(day.last),
                    .optional(day.longestGap.map { Int($0 / 1_000_000) }),
                    .integer(day.doubleFeeds),
                ])
            } feeder: { feeder, summary in
                summaries.append((feeder, summary))
            }
        }
        try check()
        try store.table(
            "feeders",
            columns: [
                "feeder": .text, "feeds": .integer, "firstDay": .text, "lastDay": .text,
                "daysWithFeed": .integer, "daysWithoutFeed": .integer, "last": .time,
            ]
        ) { row in
            for (feeder, summary) in summaries {
                try row([
                    .text(history.name(of: feeder)), .integer(summary.feeds),
                    .text(summary.firstDay.description), .text(summary.lastDay.description),
                    .integer(summary.daysWithFeed), .integer(summary.daysWithoutFeed),
                    .time(summary.last),
                ])
            }
        }
        try store.table(
            "hours", key: 2,
            columns: ["feeder": .text, "hour": .integer, "feeds": .integer]
        ) { row in
            for (feeder, summary) in summaries {
                for (hour, feeds) in summary.hours.enumerated() {
                    try row([
                        .text(history.name(of: feeder)), .integer(hour), .integer(feeds),
                    ])
                }
            }
        }
    }

    /// How long each feeder's bowls have gone without a feed at `time`: a gap that has not ended.
    public func report(at time: Timestamp, to store: StoreWriter) throws {
        var summaries: [(FeederIndex, FeedingSummary)] = []
        forEachDay(store.history) { _, _ in
        } feeder: { feeder, summary in
            summaries.append((feeder, summary))
        }
        try check()
        try store.table(
            "openGaps", columns: ["feeder": .text, "since": .time, "seconds": .integer]
        ) { row in
            for (feeder, summary) in summaries where summary.last <= time {
                let gap = time.microseconds - summary.last.microseconds
                try row([
                    .text(store.history.name(of: feeder)), .time(summary.last),
                    .integer(Int(gap / 1_000_000)),
                ])
            }
        }
    }
}
