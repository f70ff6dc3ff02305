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

    /// Takes in a feed, and how long the one before it was ago.
    fileprivate mutating func add(
        _ time: Timestamp, _ click: ClickKind, _ gap: Int64?, _ near: Int64
    ) {
        switch click {
        case .single: single += 1
        case .double: double += 1
        case .long: long += 1
        }
        first = min(first, time)
        last = max(last, time)
        guard let gap else { return }
        longestGap = max(longestGap ?? gap, gap)
        if gap < near { doubleFeeds += 1 }
    }
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
    private var days: FeedingSummary?
    private var feeds = 0
    private var hours = InlineArray<24, Int>(repeating: 0)

    /// Where the feed before fell: most feeds fall into the same day. Its zone, -1 for none; the
    /// moments at which that holds; its place in `open`.
    private var zone = -1
    private var moments: Range<Int64> = 0..<0
    private var midnight: Int64 = 0
    private var at = 0
    /// Whether a day may be done.
    private var isLater = false

    init(doubleFeed: Int64, zones: [ZoneTable]) {
        self.doubleFeed = doubleFeed
        self.zones = zones
        self.cursors = Array(repeating: ZoneTable.Cursor(), count: zones.count)
    }

    /// All days so far; nil before the first feed.
    var summary: FeedingSummary? {
        guard var summary = days, let previous else { return nil }
        summary.feeds = feeds
        summary.last = previous
        for hour in 0..<24 { summary.hours[hour] = hours[hour] }
        return summary
    }

    @inline(__always)
    mutating func take(_ time: Timestamp, _ click: ClickKind, zone: Int) {
        if zone != self.zone || !moments.contains(time.microseconds) { enter(time, zone) }
        let gap = previous.map { time.microseconds - $0.microseconds }
        open[at].add(time, click, gap, doubleFeed)
        previous = time
        feeds += 1
        hours[Int((time.microseconds - midnight) / 3_600_000_000)] += 1
    }

    /// Finds the day of a feed, or opens it.
    @inline(never)
    private mutating func enter(_ time: Timestamp, _ zone: Int) {
        let found = zones.span[zone].wallDay(at: time, &cursors[zone])
        (self.zone, moments, midnight) = (zone, found.moments, found.midnight)
        let day = found.day
        at = open.count
        while at > 0, open[at - 1].day > day { at -= 1 }
        if at > 0, open[at - 1].day == day {
            at -= 1
        } else {
            open.insert(FeedingDay(day: day, first: time, last: time), at: at)
            if days == nil { days = FeedingSummary(firstDay: day, lastDay: day, last: time) }
            days?.add(day)
        }
        newest = max(newest, day)
        isLater = true
    }

    /// The oldest day, if no later feed can fall into it: no two zones are more than a day apart.
    @inline(__always)
    mutating func nextDone() -> FeedingDay? { isLater ? findDone() : nil }

    @inline(never)
    private mutating func findDone() -> FeedingDay? {
        guard let first = open.first, first.day.number < newest.number - 2 else {
            isLater = false
            return nil
        }
        // The day of the feed before has another place then, or none.
        if at == 0 { zone = -1 } else { at -= 1 }
        return open.removeFirst()
    }

    /// The oldest day, once there are no more feeds.
    mutating func nextLeft() -> FeedingDay? {
        zone = -1
        return open.isEmpty ? nil : open.removeFirst()
    }
}
