/// A time zone as the table of its transitions, so that "which local day is this?" is a comparison.
///
/// Built from a TZif file (RFC 9636) of the machine's tz database, whose version goes into every
/// checkpoint and provenance: another tzdata can put a press into another day.
///
///     starts:   … | 2023-09-23T14:00Z | 2024-04-06T14:00Z | …     UTC microseconds, rising
///     offsets:  …       +13:00              +12:00                  valid from that start on
///
/// Local times that a transition skips (a gap) or repeats (a fold) are settled here, for all:
/// a time in a gap means the same distance after the gap's begin, that is, it moves forward by the
/// gap's length; a time in a fold means its first occurrence.
public struct ZoneTable: Sendable {
    /// The name in the tz database, such as `Pacific/Auckland`.
    public let name: String
    /// The first moment of each stretch, in microseconds; the first one is `Int64.min`.
    @usableFromInline let starts: [Int64]
    /// Microseconds east of UTC in each stretch.
    @usableFromInline let offsets: [Int64]

    private let greatestOffset: Int64

    init(name: String, starts: [Int64], offsets: [Int64]) {
        self.name = name
        // A transition of the name or the law alone (Kathmandu's file has one in 2038) is none of the clock.
        let changes = offsets.indices.filter { $0 == 0 || offsets[$0] != offsets[$0 - 1] }
        self.starts = changes.map { starts[$0] }
        self.offsets = changes.map { offsets[$0] }
        self.greatestOffset = offsets.max() ?? 0
    }

    /// Coordinated Universal Time, which needs no file.
    public static let utc = ZoneTable(name: "UTC", starts: [.min], offsets: [0])

    /// Where in the table a moment lies: lets a run of nearby moments skip the search.
    public struct Cursor: Sendable, BitwiseCopyable {
        @usableFromInline var start: Int64 = 1
        @usableFromInline var end: Int64 = 0
        @usableFromInline var offset: Int64 = 0
        @inlinable public init() {}
    }

    /// Microseconds east of UTC at `time`.
    @inlinable public func offset(at time: Timestamp) -> Int64 {
        var cursor = Cursor()
        return offset(at: time, &cursor)
    }

    /// Microseconds east of UTC at `time`; two comparisons where `cursor` was near before.
    @inlinable public func offset(at time: Timestamp, _ cursor: inout Cursor) -> Int64 {
        if time.microseconds >= cursor.start, time.microseconds < cursor.end {
            return cursor.offset
        }
        let place = index(at: time.microseconds)
        cursor.start = starts[place]
        cursor.end = place + 1 < starts.count ? starts[place + 1] : .max
        cursor.offset = offsets[place]
        return cursor.offset
    }

    @usableFromInline func index(at microseconds: Int64) -> Int {
        var low = 0
        var high = starts.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if starts[middle] <= microseconds { low = middle } else { high = middle }
        }
        return low
    }

    /// The local day and the microsecond of it that a clock on the wall shows at `time`.
    @inlinable public func wall(
        at time: Timestamp, _ cursor: inout Cursor
    ) -> (day: Timestamp.Day, microsecond: Int64) {
        let local = time.microseconds + offset(at: time, &cursor)
        var day = local / 86_400_000_000
        var rest = local % 86_400_000_000
        if rest < 0 {
            day -= 1
            rest += 86_400_000_000
        }
        return (Timestamp.Day(number: Int32(truncatingIfNeeded: day)), rest)
    }

    /// A local day as the clock on the wall shows it around one moment, until its offset changes.
    public struct WallDay: Sendable {
        public let day: Timestamp.Day
        /// When it began, had it had one offset throughout: microseconds since then are what the
        /// clock shows.
        public let midnight: Int64
        /// The moments, in microseconds, at which the clock shows this day by this offset.
        public let moments: Range<Int64>
    }

    /// The local day at `time`, and how long its answer holds.
    public func wallDay(at time: Timestamp, _ cursor: inout Cursor) -> WallDay {
        let (day, microsecond) = wall(at: time, &cursor)
        let midnight = time.microseconds - microsecond
        return WallDay(
            day: day, midnight: midnight,
            moments: max(midnight, cursor.start)..<min(midnight + 86_400_000_000, cursor.end))
    }

    /// The local day at `time`.
    public func day(at time: Timestamp) -> Timestamp.Day {
        var cursor = Cursor()
        return wall(at: time, &cursor).day
    }

    /// The moment at which a clock on the wall shows `microsecond` of `day`; for gaps and folds see
    /// the type's description.
    public func moment(_ day: Timestamp.Day, microsecond: Int64 = 0) -> Timestamp {
        let local = Int64(day.number) * 86_400_000_000 + microsecond
        // The stretch in which `local` lies if read with the offset before the nearest transition:
        // in a fold that is the first occurrence, in a gap it moves forward by the gap.
        var place = index(at: local - greatestOffset)
        while place + 1 < starts.count, local - offsets[place] >= starts[place + 1] { place += 1 }
        if place > 0, local - offsets[place] < starts[place] {
            // Only a gap leaves `local` before this stretch and not before the end of the last.
            return Timestamp(microseconds: local - offsets[place - 1])
        }
        return Timestamp(microseconds: local - offsets[place])
    }

    /// The first moment of a local day. Where a transition skips midnight, the transition itself;
    /// a day that the zone skipped altogether (Apia's 2011-12-30) is empty: it starts where the
    /// next one does.
    public func start(of day: Timestamp.Day) -> Timestamp {
        let local = Int64(day.number) * 86_400_000_000
        for place in max(0, index(at: local - 86_400_000_000 * 2))..<starts.count {
            let end = place + 1 < starts.count ? starts[place + 1] : .max
            let moment = max(starts[place], local - offsets[place])
            if moment < end { return Timestamp(microseconds: moment) }
        }
        return Timestamp(microseconds: local - (offsets.last ?? 0))
    }

    /// The moments inside `from..<until` at which the offset changes.
    public func transitions(from: Timestamp, until: Timestamp) -> [Timestamp] {
        let first = index(at: from.microseconds) + 1
        return starts.dropFirst(first).prefix { $0 < until.microseconds }
            .map(Timestamp.init(microseconds:))
    }
}
