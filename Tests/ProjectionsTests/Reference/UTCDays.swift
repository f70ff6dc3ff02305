import EventModel
import Projections

/// Feeds by day, of UTC where it should be of the feeder's zone: sound by every law, and wrong.
struct UTCDays: Projection {
    static let name = "utc-days"
    static let version = 1

    private struct Key: Hashable {
        var feeder: FeederIndex
        var day: Timestamp.Day
    }
    private var feeds: [Key: Int] = [:]

    init() {}

    mutating func apply(_ press: Press, _ history: borrowing History) {
        feeds[Key(feeder: press.feeder, day: press.time.dayUTC), default: 0] += 1
    }

    mutating func merge(_ later: UTCDays) { feeds.merge(later.feeds, uniquingKeysWith: +) }

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
