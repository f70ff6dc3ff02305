import EventModel

/// One local day of one feeder, with at least one feed.
public struct FeedingDay: Equatable, Sendable {
    public var day: Timestamp.Day
    public var single = 0
    public var double = 0
    public var long = 0
    public var first: Timestamp
    public var last: Timestamp
    /// The longest time from a feed to the next one, of those gaps that end on this day, in
    /// microseconds; nil where the day's only feed is the feeder's very first.
    public var longestGap: Int64?
    /// Feeds that came sooner after the one before than the settings' minutes.
    public var doubleFeeds = 0

    public var feeds: Int { single + double + long }
}

/// All days of one feeder together.
public struct FeedingSummary: Equatable, Sendable {
    public var firstDay: Timestamp.Day
    public var lastDay: Timestamp.Day
    public var daysWithFeed = 0
    public var feeds = 0
    public var last: Timestamp
    /// Feeds by local hour of the day, 0 to 23.
    public var hours: [Int] = Array(repeating: 0, count: 24)

    fileprivate mutating func add(_ day: Timestamp.Day) {
        firstDay = min(firstDay, day)
        lastDay = max(lastDay, day)
        daysWithFeed += 1
    }

    /// Days between the first and the last one that had no feed.
    public var daysWithoutFeed: Int {
        Int(lastDay.number) - Int(firstDay.number) + 1 - daysWithFeed
    }
}

/// Puts one feeder's feeds, in order of time, into days.
struct FeedingWalk {
    private let doubleFeed: Int64
    private let zones: [ZoneTable]
    private var cursors: [ZoneTable.Cursor]
    /// Days that may still get a feed, in order. More than one is open around midnight: clocks put
    /// back over it, or a feeder that moved to another zone, lead back to the day before.
    private var open: [FeedingDay] = []
    private var newest = Timestamp.Day(number: .min)
    private var previous: Timestamp?
    private(set) var summary: FeedingSummary?

    init(doubleFeed: Int64, zones: [ZoneTable]) {
        self.doubleFeed = doubleFeed
        self.zones = zones
        self.cursors = Array(repeating: ZoneTable.Cursor(), count: zones.count)
    }

    mutating func take(_ time: Timestamp, _ click: ClickKind, zone: Int) {
        let (day, microsecond) = zones[zone].wall(at: time, &cursors[zone])
        var at = open.count
        while at > 0, open[at - 1].day > day { at -= 1 }
        if at > 0, open[at - 1].day == day {
            at -= 1
        } else {
            open.insert(FeedingDay(day: day, first: time, last: time), at: at)
            if summary == nil { summary = FeedingSummary(firstDay: day, lastDay: day, last: time) }
            summary?.add(day)
        }
        switch click {
        case .single: open[at].single += 1
        case .double: open[at].double += 1
        case .long: open[at].long += 1
        }
        open[at].first = min(open[at].first, time)
        open[at].last = max(open[at].last, time)
        if let previous {
            let gap = time.microseconds - previous.microseconds
            open[at].longestGap = max(open[at].longestGap ?? gap, gap)
            if gap < doubleFeed { open[at].doubleFeeds += 1 }
        }
        previous = time
        newest = max(newest, day)
        summary?.feeds += 1
        summary?.last = time
        summary?.hours[Int(microsecond / 3_600_000_000)] += 1
    }

    /// The oldest day, if no later feed can fall into it: no two zones are more than a day apart.
    mutating func nextDone() -> FeedingDay? {
        guard let first = open.first, first.day.number < newest.number - 2 else { return nil }
        return open.removeFirst()
    }

    /// The oldest day, once there are no more feeds.
    mutating func nextLeft() -> FeedingDay? { open.isEmpty ? nil : open.removeFirst() }
}
