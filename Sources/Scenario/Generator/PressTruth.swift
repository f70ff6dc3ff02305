import EventModel

/// What really happened behind an event: ground truth, beside what the event says.
public struct PressTruth: Hashable, Sendable, BitwiseCopyable {
    var high: UInt64
    var low: UInt64
    /// When the button was pressed, in milliseconds.
    var milliseconds: Int64
    /// What was pressed.
    public var click: ClickKind
    /// What became of it.
    public var faults: PressFaults

    /// The press: the id that its event has where nothing goes wrong. All reports of one press name
    /// the same.
    public var press: EventID { .uuid(high, low) }
    /// When the button was pressed.
    public var pressed: Timestamp { Timestamp(microseconds: milliseconds * 1000) }
}

/// What makes a report, or the press behind it, other than plain.
public struct PressFaults: OptionSet, Hashable, Sendable, BitwiseCopyable {
    public let rawValue: UInt8

    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// A real press, right after another one.
    public static let again = PressFaults(rawValue: 1)
    /// The report came late.
    public static let late = PressFaults(rawValue: 2)
    /// The press was reported before.
    public static let duplicate = PressFaults(rawValue: 4)
    /// A SINGLE that is half of a DOUBLE.
    public static let split = PressFaults(rawValue: 8)
    /// The button's clock is off.
    public static let skewed = PressFaults(rawValue: 16)
    /// The button did not know the time.
    public static let unset = PressFaults(rawValue: 32)
    /// The battery was dead: no report came.
    public static let lost = PressFaults(rawValue: 64)
    /// The run ended while the report was on its way.
    public static let pending = PressFaults(rawValue: 128)

    /// The names of those that are there, in order of the bits.
    public var names: [String] {
        let all = ["again", "late", "duplicate", "split", "skewed", "unset", "lost", "pending"]
        return all.enumerated().filter { rawValue >> UInt8($0.offset) & 1 == 1 }.map(\.element)
    }
}
