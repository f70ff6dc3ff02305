/// A moment on the one timeline of the laboratory: UTC, whole microseconds since 1970-01-01.
///
/// Time is data here. It comes from an event, a file or a scheduler, never from a clock, and it
/// is an integer from the first byte read to the last one written: `Foundation.Date` carries a
/// floating-point number and loses microseconds.
public struct Timestamp: Hashable, Comparable, Sendable, BitwiseCopyable {
    /// Microseconds since 1970-01-01T00:00:00Z; negative before it.
    public var microseconds: Int64

    @inlinable public init(microseconds: Int64) {
        self.microseconds = microseconds
    }

    /// The moment `seconds` whole seconds after 1970-01-01T00:00:00Z.
    @inlinable public init(seconds: Int64) {
        self.microseconds = seconds * 1_000_000
    }

    @inlinable public static func < (a: Timestamp, b: Timestamp) -> Bool {
        a.microseconds < b.microseconds
    }

    /// The whole seconds since 1970, rounded down.
    @inlinable public var seconds: Int64 {
        let (quotient, rest) = microseconds.quotientAndRemainder(dividingBy: 1_000_000)
        return rest < 0 ? quotient - 1 : quotient
    }

    /// The first moment that the text form can write: 0001-01-01T00:00:00Z.
    public static let earliest = Timestamp(seconds: -62_135_596_800)
    /// The last moment that the text form can write: 9999-12-31T23:59:59.999999Z.
    public static let latest = Timestamp(microseconds: 253_402_300_800_000_000 - 1)

    /// Whether the text form can write it: what a ledger keeps lies between the two.
    @inlinable public var isWritable: Bool { self >= .earliest && self <= .latest }

    /// This moment with all that is finer than `resolution` cut off (rounded towards the past).
    public func floored(to resolution: Resolution) -> Timestamp {
        let unit = resolution.microseconds
        let rest = microseconds % unit
        return Timestamp(microseconds: microseconds &- (rest < 0 ? rest + unit : rest))
    }

    /// The coarsest resolution that still writes this moment exactly.
    public var resolution: Resolution {
        if microseconds % 1_000_000 == 0 { return .second }
        return microseconds % 1_000 == 0 ? .millisecond : .microsecond
    }

    /// How finely a text gives a time.
    public enum Resolution: Int, Comparable, Sendable {
        case microsecond, millisecond, second

        public static func < (a: Resolution, b: Resolution) -> Bool { a.rawValue < b.rawValue }

        var microseconds: Int64 {
            switch self {
            case .second: 1_000_000
            case .millisecond: 1_000
            case .microsecond: 1
            }
        }
    }
}

extension Timestamp {
    /// A day of the proleptic Gregorian calendar, as days since 1970-01-01.
    ///
    /// A day has no zone: 2024-02-29 begins at another moment in every zone. `ZoneTable` maps
    /// between the two.
    public struct Day: Hashable, Comparable, Sendable, BitwiseCopyable {
        public var number: Int32

        @inlinable public init(number: Int32) { self.number = number }

        /// The day of this date; nil where the calendar has no such date.
        public init?(year: Int, month: Int, day: Int) {
            guard (1...9999).contains(year), (1...12).contains(month),
                (1...Day.count(year: year, month: month)).contains(day)
            else { return nil }
            self.number = Day.number(year: year, month: month, day: day)
        }

        @inlinable public static func < (a: Day, b: Day) -> Bool { a.number < b.number }

        /// How many days this month has.
        public static func count(year: Int, month: Int) -> Int {
            switch month {
            case 4, 6, 9, 11: 30
            case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
            default: 31
            }
        }

        // Days from civil, and back: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms".
        static func number(year: Int, month: Int, day: Int) -> Int32 {
            let y = month <= 2 ? year - 1 : year
            let era = (y >= 0 ? y : y - 399) / 400
            let yearOfEra = y - era * 400
            let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
            let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
            return Int32(era * 146_097 + dayOfEra - 719_468)
        }

        /// The date of this day.
        public var date: (year: Int, month: Int, day: Int) {
            let z = Int(number) + 719_468
            let era = (z >= 0 ? z : z - 146_096) / 146_097
            let dayOfEra = z - era * 146_097
            let yearOfEra =
                (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
            let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
            let shifted = (5 * dayOfYear + 2) / 153
            let month = shifted < 10 ? shifted + 3 : shifted - 9
            let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
            return (year, month, dayOfYear - (153 * shifted + 2) / 5 + 1)
        }

        /// The day of the week, Monday 0 to Sunday 6.
        public var weekday: Int { ((Int(number) + 3) % 7 + 7) % 7 }
    }
}
