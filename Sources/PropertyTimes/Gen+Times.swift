import EventModel
import PropertyTesting

/// Microseconds.
private let minute: Int64 = 60_000_000
private let day: Int64 = 86_400_000_000

extension Gen where Value == LocalTime {
    /// Local times of these zones, many where programs go wrong: minutes around a change of clocks, the hour
    /// that comes twice, the one (or the day) that never does, leap days, ends of years, midnight, 1970
    /// and before.
    ///
    /// The simplest is noon of 2000-01-01 in the first zone, so let that be `.utc`.
    ///
    /// - Parameters:
    ///   - zones: at least one.
    ///   - from: the first moment about which changes of clocks are looked for; times lie a day or two
    ///     outside, too.
    ///   - until: where they end.
    public static func localTimes(
        in zones: [ZoneTable], from: Timestamp = .from1900, until: Timestamp = .until2040
    ) -> Gen<LocalTime> {
        precondition(!zones.isEmpty, "a time of no zone cannot be drawn")
        precondition(
            from < until && from.isWritable && until.isWritable,
            "times are drawn between two that have a text, in their order")
        return Gen<ZoneTable>.element(of: zones).flatMap { zone in
            let changes = zone.transitions(from: from, until: until)
            return Gen<Int64>.weighted([
                (2, noons(from, until)), (2, midnights(from, until)),
                changes.isEmpty ? (0, noons(from, until)) : (5, around(changes, zone)),
                (1, anywhere(from, until)),
            ]).map { LocalTime(zone: zone, local: $0) }
        }
    }

    /// Whole minutes near noon of 2000-01-01: one choice, as a shorter case would be simpler.
    private static func noons(_ from: Timestamp, _ until: Timestamp) -> Gen<Int64> {
        Gen<Int64>.integer(
            in: from.microseconds / minute...until.microseconds / minute,
            origin: 10_957 * 1440 + 720
        ).map { $0 * minute }
    }

    /// Midnights of days that calendars know little of, and what lies by them.
    private static func midnights(_ from: Timestamp, _ until: Timestamp) -> Gen<Int64> {
        let dates = [
            (2000, 1, 1), (2000, 2, 29), (2000, 3, 1), (1900, 2, 28), (1900, 3, 1), (1970, 1, 1),
            (1969, 12, 31), (2023, 12, 31), (2024, 2, 29), (2024, 12, 31), (2011, 12, 30),
            (2038, 1, 19),
        ]
        let days = dates.compactMap { Timestamp.Day(year: $0, month: $1, day: $2)?.number }
            .map { Int64($0) * day }
            .filter { $0 >= from.microseconds - day && $0 <= until.microseconds + day }
        guard !days.isEmpty else { return noons(from, until) }
        return zip(Gen<Int64>.element(of: days), steps).map { $0 + $1 }
    }

    /// What the clock shows on both sides of a change, and what it never shows.
    private static func around(_ changes: [Timestamp], _ zone: ZoneTable) -> Gen<Int64> {
        zip(Gen<Int>.integer(in: 0...changes.count - 1), .bool, steps).map { place, isAfter, step in
            let moment = changes[place]
            let edge = Timestamp(microseconds: moment.microseconds - (isAfter ? 0 : 1))
            return moment.microseconds + zone.offset(at: edge) + step
        }
    }

    /// Minutes of three hours to each side, a microsecond, or hours of a day and more.
    private static var steps: Gen<Int64> {
        .weighted([
            (6, Gen<Int64>.integer(in: -180...180).map { $0 * minute }),
            (2, Gen<Int64>.integer(in: -1...1)),
            (2, Gen<Int64>.integer(in: -30...30).map { $0 * 60 * minute }),
        ])
    }

    private static func anywhere(_ from: Timestamp, _ until: Timestamp) -> Gen<Int64> {
        Gen<Int64>.integer(
            in: from.microseconds...until.microseconds, origin: 10_957 * day + 720 * minute)
    }
}

extension Gen where Value == ZonedTime {
    /// Moments by the clocks of these zones, where `LocalTime`'s are; both moments of an hour that comes
    /// twice, and for one that never does the moment that the zone's table takes it for.
    public static func times(
        in zones: [ZoneTable], from: Timestamp = .from1900, until: Timestamp = .until2040
    ) -> Gen<ZonedTime> {
        zip(Gen<LocalTime>.localTimes(in: zones, from: from, until: until), .bool)
            .map { local, isLast in
                let moments = local.moments
                let time =
                    (isLast ? moments.last : moments.first)
                    ?? local.zone.moment(local.day, microsecond: local.microsecond)
                return ZonedTime(zone: local.zone, time: time)
            }
    }
}

extension Gen where Value == Timestamp {
    /// Moments by the clock of a zone.
    public static func times(
        in zone: ZoneTable = .utc, from: Timestamp = .from1900, until: Timestamp = .until2040
    ) -> Gen<Timestamp> {
        Gen<ZonedTime>.times(in: [zone], from: from, until: until).map(\.time)
    }
}

extension Timestamp {
    /// 1900-01-01T00:00:00Z: where most tables begin.
    public static let from1900 = Timestamp(seconds: -2_208_988_800)
    /// 2040-01-01T00:00:00Z: after 2038, when seconds need more than 32 bits.
    public static let until2040 = Timestamp(seconds: 2_208_988_800)
}
