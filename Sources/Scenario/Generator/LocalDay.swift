import EventModel

/// A day of a zone, cut into slots: stretches with one local hour and one offset from UTC.
///
///     Auckland, 2024-09-29 (23 hours):  0 1 3 4 … 23               hour 2 does not happen
///     Auckland, 2024-04-07 (25 hours):  0 1 2 2 3 4 … 23           hour 2 happens twice
///     Lord Howe, 2024-04-07 (24.5 h):   0 1 1½ 2 3 … 23            half of hour 1 happens again
///     Apia, 2011-12-30:                 none                       the day does not happen
struct LocalDay {
    let day: Timestamp.Day
    /// The first moment of the day.
    let start: Timestamp
    /// The first moment of the next day.
    let end: Timestamp
    /// In order of time; the place in this list is the slot's part of an address.
    let slots: [Slot]
    /// Its place in the year, for `DayStretch`.
    let placeInYear: Int

    /// A part of an hour of the local clock.
    struct Slot: Hashable {
        /// The local hour, 0 to 23.
        var hour: Int
        /// When the clock showed the full hour, or would have: in UTC microseconds.
        var hourBegins: Int64
        /// The part of the hour that happens, in UTC microseconds: `from..<until`.
        var from: Int64
        var until: Int64
    }

    /// Whether the zone has this day at all.
    var happens: Bool { start < end }

    static let hourLength: Int64 = 3_600_000_000

    init(_ day: Timestamp.Day, in zone: ZoneTable) {
        self.day = day
        placeInYear = DayStretch.place(of: day)
        start = zone.start(of: day)
        end = zone.start(of: Timestamp.Day(number: day.number + 1))
        var slots: [Slot] = []
        var from = start.microseconds
        var offset = zone.offset(at: start)
        // A transition may change only the zone's abbreviation; that begins no slot.
        var changes = zone.transitions(from: start, until: end)
            .map { ($0.microseconds, zone.offset(at: $0)) }
        changes.append((end.microseconds, .min))
        for (until, next) in changes where next != offset && until > from {
            LocalDay.cut(from..<until, offset: offset, into: &slots)
            (from, offset) = (until, next)
        }
        self.slots = slots
    }

    private static func cut(_ stretch: Range<Int64>, offset: Int64, into slots: inout [Slot]) {
        var from = stretch.lowerBound
        while from < stretch.upperBound {
            let local = from + offset
            let intoHour = (local % hourLength + hourLength) % hourLength
            let hourBegins = from - intoHour
            let until = min(hourBegins + hourLength, stretch.upperBound)
            let hour = ((local - intoHour) / hourLength % 24 + 24) % 24
            slots.append(Slot(hour: Int(hour), hourBegins: hourBegins, from: from, until: until))
            from = until
        }
    }
}
