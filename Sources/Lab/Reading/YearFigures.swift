import EventModel
import Ledger
import Projections

/// What a year of presses looks like: by day, by hour, by device, the longest gaps, the late reports.
///
/// Days and hours are those of each feeder's own clock, in its zone as registered when the press came
/// in. A gap belongs to the year in which it ends.
public struct YearFigures: Sendable {
    /// The time from one press at a feeder to the next.
    public struct Gap: Sendable, Equatable {
        public var feeder: String
        public var begin: Timestamp
        public var end: Timestamp
        /// Both by the feeder's clock when the gap ended.
        public var localBegin: String
        public var localEnd: String

        public var microseconds: Int64 { end.microseconds - begin.microseconds }
    }

    public let year: Int
    /// The feeder whose presses count; nil for all.
    public let feeder: String?
    /// Each year with presses, in order, with how many.
    public internal(set) var years: [(year: Int, presses: Int)] = []
    /// The first and the last day with a press in the whole history; nil where there is none.
    public internal(set) var known: ClosedRange<Timestamp.Day>?
    /// Presses by day of the year, 365 or 366.
    public internal(set) var days: [Int]
    /// Presses by hour of the day, 24.
    public internal(set) var hours = Array(repeating: 0, count: 24)
    /// The devices that were pressed, the most frequent first; nil for events that name none.
    public internal(set) var devices: [(name: String?, presses: Int)] = []
    /// The longest gaps, the longest first: at most `gapLimit`.
    public internal(set) var gaps: [Gap] = []
    /// When the year's presses were recorded; nil in a year without any.
    public internal(set) var lateness: Lateness?

    public static let gapLimit = 5

    init(year: Int, feeder: String?) {
        self.year = year
        self.feeder = feeder
        let first = Timestamp.Day(year: year, month: 1, day: 1)
        let isLeap = Timestamp.Day.count(year: year, month: 2) == 29
        firstDay = first ?? Timestamp.Day(number: 0)
        days = Array(repeating: 0, count: isLeap ? 366 : 365)
    }

    public let firstDay: Timestamp.Day
    public var lastDay: Timestamp.Day {
        Timestamp.Day(number: firstDay.number + Int32(days.count) - 1)
    }

    /// The year's presses.
    public var presses: Int { days.reduce(0, +) }
    public var daysWithPress: Int { days.count { $0 > 0 } }
    /// The first of the days with most presses; nil in a year without any.
    public var busiest: (day: Timestamp.Day, presses: Int)? {
        guard let most = days.max(), most > 0, let place = days.firstIndex(of: most) else {
            return nil
        }
        return (Timestamp.Day(number: firstDay.number + Int32(place)), most)
    }
}

/// How much later than they happened events were recorded.
public struct Lateness: Sendable {
    /// Recorded time less time, in microseconds, of all events, rising.
    private let lags: [Int64]
    /// The event that was recorded latest after it happened, the first of equals.
    public let latest: (sequence: Int, time: Timestamp, lag: Int64)

    /// - Parameter lags: of at least one event.
    init?(_ lags: [Int64], latest: (sequence: Int, time: Timestamp, lag: Int64)?) {
        guard let latest, !lags.isEmpty else { return nil }
        self.lags = lags.sorted()
        self.latest = latest
    }

    public var count: Int { lags.count }

    /// The least lag that so many percent of the events do not exceed (nearest rank).
    public func quantile(percent: Int) -> Int64 {
        let rank = (lags.count * min(100, max(0, percent)) + 99) / 100
        return lags[max(0, rank - 1)]
    }

    /// How many events were recorded more than so many microseconds after they happened.
    public func count(over lag: Int64) -> Int { lags.count { $0 > lag } }
}
