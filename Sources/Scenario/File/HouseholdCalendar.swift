import EventModel

/// What a household's days are like through the year: seasons, holidays, and when nobody is at home.
public struct HouseholdCalendar: Hashable, Sendable {
    /// The first one that a day lies in counts.
    public var seasons: [Season] = []
    /// Days that go by as Sundays do.
    public var holidays: [CalendarDays] = []
    /// Days on which nobody presses.
    public var absences: [CalendarDays] = []
    /// More such days, which are drawn.
    public var trips: Trips?

    public init() {}

    /// What of it holds in a zone.
    func holding(in zone: String) -> HouseholdCalendar {
        var calendar = self
        calendar.seasons.removeAll { !$0.days.hold(in: zone) }
        calendar.holidays.removeAll { !$0.hold(in: zone) }
        calendar.absences.removeAll { !$0.hold(in: zone) }
        return calendar
    }

    /// The place of the season that a day lies in; nil where it lies in none.
    func season(of day: LocalDay) -> Int? {
        seasons.firstIndex { $0.days.contains(day) }
    }

    /// The weekday by which a day goes, Monday 0 to Sunday 6.
    func weekday(of day: LocalDay) -> Int {
        holidays.contains { $0.contains(day) } ? 6 : day.day.weekday
    }
}

/// Days of the calendar, everywhere or in some zones only.
public struct CalendarDays: Hashable, Sendable {
    public var stretches: [DayStretch]
    /// Names of the tz database; none for all zones.
    public var timeZones: [String] = []

    func contains(_ day: LocalDay) -> Bool {
        stretches.contains { $0.contains(day.day, place: day.placeInYear) }
    }

    func hold(in zone: String) -> Bool { timeZones.isEmpty || timeZones.contains(zone) }
}

/// A part of the year in which cats beg more or less, and people get up later or earlier.
public struct Season: Hashable, Sendable {
    public var name: String
    public var days: CalendarDays
    /// What the rates of snacks are multiplied with, in millionths.
    public var snacks = 1_000_000
    /// How much later habits happen, in milliseconds; below 0 for earlier.
    public var shift: Int64 = 0

    /// Two hours, so that a habit stays in its part of the day.
    public static let shiftLimit: Int64 = 2 * 3_600_000

    /// A rate in this season, in millionths of an event.
    func rate(of rate: Int) -> Int { rate * snacks / 1_000_000 }
}

/// Absences that are drawn: so many a year on average, each of so many days.
public struct Trips: Hashable, Sendable {
    /// In millionths.
    public var perYear: Int
    public var days: ClosedRange<Int>

    /// A longer trip could reach over a whole year, which would have to be looked back for.
    public static let longest = 90
}
