import EventModel

/// One feeder with its buttons and bowls, and the cats and people around it.
public struct Household: Hashable, Sendable {
    /// The feeder's name, unique in its scenario.
    public var feeder: String
    /// The ids of the buttons that work the feeder, such as `G030PM0123456789`.
    public var buttons: [String]
    /// A name of the tz database.
    public var timeZone: String
    /// Grams a dispense into the left bowl.
    public var leftGrams: Int
    /// Grams a dispense into the right bowl.
    public var rightGrams: Int
    public var cats: [Cat]
    public var habits: [Habit]
    public var snacks: [Snacks]
    /// The first day on which the feeder is there; nil where it was before the run.
    public var from: Timestamp.Day?
    /// The last one; nil where it stays.
    public var until: Timestamp.Day?
    /// Where it moves and what its bowls hold from some day on, in order of days.
    public var changes: [Change] = []
    public var calendar = HouseholdCalendar()
    public var repeated: RepeatedPresses?
    public var mishaps = Mishaps()

    /// The registrations of the household's buttons, as it is at first.
    public var registrations: [Registration] { registrations(of: stays[0]) }

    /// How many presses an ordinary week has on average, in millionths.
    var microPressesPerWeek: Int {
        habits.reduce(0) { $0 + $1.weekdays.count * $1.probability }
            + snacks.reduce(0) { $0 + 7 * $1.ratesByHour.reduce(0, +) }
    }
}

/// A cat, and the bowl that it eats from.
public struct Cat: Hashable, Sendable {
    public var name: String
    /// nil where it eats from both.
    public var bowl: Bowl?
    /// When it is there.
    public var days = Presence()
}

/// The days on which somebody or something is there: from the first to the last one.
public struct Presence: Hashable, Sendable {
    /// nil for always so far.
    public var from: Timestamp.Day?
    /// nil for ever after.
    public var until: Timestamp.Day?

    public init(from: Timestamp.Day? = nil, until: Timestamp.Day? = nil) {
        (self.from, self.until) = (from, until)
    }

    /// The days on which both are there.
    func and(_ other: Presence) -> Presence {
        Presence(
            from: [from, other.from].compactMap(\.self).max(),
            until: [until, other.until].compactMap(\.self).min())
    }

    func contains(_ day: Timestamp.Day) -> Bool {
        if let from, day < from { return false }
        if let until, day > until { return false }
        return true
    }
}

/// Something that a household does at about the same time of day: breakfast, dinner.
public struct Habit: Hashable, Sendable {
    /// Unique in its household. Draws go by the name: another order of habits changes nothing.
    public var name: String
    public var click: ClickKind
    /// The button that is pressed: a place in the household's `buttons`.
    public var button: Int
    /// The usual time, in milliseconds of the local day.
    public var milliseconds: Int64
    /// How far from it a press may be, in milliseconds either way; at most `spreadLimit`.
    public var spread: Int64
    public var weekdays: Weekdays
    /// How often it happens on such a day, in parts per million.
    public var probability: Int
    /// The days on which the household has it: its own, and those of its cat.
    public var days = Presence()

    /// Six hours, so that a press is never far from its day.
    public static let spreadLimit: Int64 = 6 * 3_600_000
}

/// Presses that come at any time, more often in some hours than in others.
public struct Snacks: Hashable, Sendable {
    /// Unique among the household's snacks.
    public var name: String
    /// The button that is pressed: a place in the household's `buttons`.
    public var button: Int
    /// Presses an hour on average, in millionths, for each hour of the local clock from 0 to 23.
    public var ratesByHour: [Int]
    /// How often each click is taken, in the order SINGLE, DOUBLE, LONG.
    public var clickWeights: [Int]
    /// The days on which the household has them: their own, and those of their cat.
    public var days = Presence()
}

/// Days of the week.
public struct Weekdays: OptionSet, Hashable, Sendable {
    /// Bit 0 is Monday, bit 6 Sunday.
    public let rawValue: UInt8

    public init(rawValue: UInt8) { self.rawValue = rawValue }

    public static let daily = Weekdays(rawValue: 0b111_1111)
    public static let mondayToFriday = Weekdays(rawValue: 0b001_1111)
    public static let weekend = Weekdays(rawValue: 0b110_0000)

    /// How many days they are.
    public var count: Int { rawValue.nonzeroBitCount }

    /// Whether the day of the week, Monday 0 to Sunday 6, is among them.
    @inlinable public func contains(weekday: Int) -> Bool { rawValue >> UInt8(weekday) & 1 == 1 }

    /// The names of the days in a scenario file, Monday first.
    static let names = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
}
