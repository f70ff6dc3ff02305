import EventModel

/// What a clock on the wall of a zone shows: a local day and a microsecond of it.
///
/// Not every local time is a moment: a transition skips some (a gap) and repeats others (a fold).
public struct LocalTime: Sendable, CustomStringConvertible {
    public var zone: ZoneTable
    public var day: Timestamp.Day
    /// 0 up to, not including, 86,400,000,000.
    public var microsecond: Int64

    /// - Parameter local: microseconds from 1970-01-01 00:00 on that clock, as if it had never changed.
    public init(zone: ZoneTable, local: Int64) {
        self.zone = zone
        let micros: Int64 = 86_400_000_000
        let (days, rest) = local.quotientAndRemainder(dividingBy: micros)
        day = Timestamp.Day(number: Int32(truncatingIfNeeded: rest < 0 ? days - 1 : days))
        microsecond = rest < 0 ? rest + micros : rest
    }

    /// What the clock of a zone shows at a moment.
    public init(zone: ZoneTable, at time: Timestamp) {
        self.init(zone: zone, local: time.microseconds + zone.offset(at: time))
    }

    /// Microseconds from 1970-01-01 00:00 on that clock, as if it had never changed.
    public var local: Int64 { Int64(day.number) * 86_400_000_000 + microsecond }

    /// The moments at which the clock shows it, in their order: none in a gap, two in a fold.
    ///
    /// Plain, for tests to compare with: all offsets of the days around are tried.
    public var moments: [Timestamp] {
        let reach: Int64 = 2 * 86_400_000_000
        let near = zone.transitions(
            from: Timestamp(microseconds: local - reach),
            until: Timestamp(microseconds: local + reach))
        let looks = [Timestamp(microseconds: local - reach)] + near
        let found = Set(looks.map { zone.offset(at: $0) })
            .map { (moment: Timestamp(microseconds: local - $0), offset: $0) }
            .filter { zone.offset(at: $0.moment) == $0.offset }
        return found.map(\.moment).sorted()
    }

    /// `2011-12-30 00:00:00.000000 Pacific/Apia (skipped)`.
    public var description: String {
        // The text of the moment that a clock in UTC shows so.
        let text = Timestamp(microseconds: local).text(.microsecond)
        let kind = [0: " (skipped)", 1: ""][moments.count] ?? " (twice)"
        let shown = String(text.dropLast().map { $0 == "T" ? " " : $0 })
        return "\(shown) \(zone.name)\(kind)"
    }
}

/// A moment, and the zone whose clock matters.
public struct ZonedTime: Sendable, CustomStringConvertible {
    public var zone: ZoneTable
    public var time: Timestamp

    public init(zone: ZoneTable, time: Timestamp) {
        self.zone = zone
        self.time = time
    }

    /// What the zone's clock shows.
    public var local: LocalTime { LocalTime(zone: zone, at: time) }

    /// `2011-12-30T10:00:00.000000Z, 2011-12-31 00:00:00.000000 Pacific/Apia`.
    public var description: String { "\(time.text(.microsecond)), \(local)" }
}
