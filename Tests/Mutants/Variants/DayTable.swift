import EventModel
import Projections

/// Which day a press is counted for.
protocol DayRule: Sendable {
    static var name: String { get }
    static func day(of press: Press, in zone: ZoneTable) -> Timestamp.Day
}

/// Counted by the day of UTC.
enum DaysOfUTC: DayRule {
    static let name = "days-of-utc"
    static func day(of press: Press, in zone: ZoneTable) -> Timestamp.Day { press.time.dayUTC }
}

/// Takes the offset at a day's first moment for all of it.
enum DaysOfTwentyFourHours: DayRule {
    static let name = "days-of-24-hours"
    static func day(of press: Press, in zone: ZoneTable) -> Timestamp.Day {
        let begin = zone.start(of: zone.day(at: press.time))
        return press.time.later(zone.offset(at: begin)).dayUTC
    }
}

/// Books for the day that was skipped what happens in the day after it.
enum DaysWithoutSkip: DayRule {
    static let name = "days-without-skip"
    static func day(of press: Press, in zone: ZoneTable) -> Timestamp.Day {
        let day: Int64 = 86_400_000_000
        let before = zone.offset(at: press.time.later(-day))
        let isSkipped = zone.offset(at: press.time) - before >= day
        return isSkipped ? press.time.later(before).dayUTC : zone.day(at: press.time)
    }
}

extension Timestamp {
    fileprivate func later(_ microseconds: Int64) -> Timestamp {
        Timestamp(microseconds: self.microseconds + microseconds)
    }
}

/// Feeds by feeder and day, by a rule.
struct DayTable<Rule: DayRule>: Projection {
    static var name: String { Rule.name }
    static var version: Int { 1 }

    private struct Key: Hashable {
        var feeder: FeederIndex
        var day: Timestamp.Day
    }
    private var feeds: [Key: Int] = [:]

    init() {}

    mutating func apply(_ press: Press, _ history: borrowing History) {
        let zone = history.zones[history.place(of: press).zone]
        feeds[Key(feeder: press.feeder, day: Rule.day(of: press, in: zone)), default: 0] += 1
    }

    mutating func merge(_ later: DayTable) { feeds.merge(later.feeds, uniquingKeysWith: +) }

    /// In order of names, then days.
    private func rows(_ history: History) -> [(key: Key, feeds: Int)] {
        history.feedersByName.flatMap { feeder in
            feeds.filter { $0.key.feeder == feeder }.sorted { $0.key.day < $1.key.day }
                .map { (key: $0.key, feeds: $0.value) }
        }
    }

    func encode(to coder: inout StateEncoder) {
        let rows = rows(coder.history)
        coder.encode(rows.count)
        for (key, feeds) in rows {
            coder.encode(coder.history.name(of: key.feeder))
            coder.encode(Int(key.day.number))
            coder.encode(feeds)
        }
    }

    init(from coder: inout StateDecoder) throws {
        for _ in 0..<(try coder.decodeCount()) {
            let feeder = try coder.decodeFeeder()
            let day: Int = try coder.decode()
            feeds[Key(feeder: feeder, day: Timestamp.Day(number: Int32(day)))] = try coder.decode()
        }
    }

    func write(to store: StoreWriter) throws {
        try store.table(
            "days", key: 2, columns: ["feeder": .text, "day": .text, "feeds": .integer]
        ) { row in
            for (key, feeds) in rows(store.history) {
                try row([
                    .text(store.history.name(of: key.feeder)), .text(key.day.description),
                    .integer(feeds),
                ])
            }
        }
    }
}
