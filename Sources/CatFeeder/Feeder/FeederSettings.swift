import EventModel

/// Which of its states a feeder publishes.
public enum StatesMode: String, CaseIterable, Sendable {
    /// One every time round its loop, as the firmware does: 52 million in five years.
    case all
    /// Those that differ from the one before.
    case onChange = "on-change"
    case none
}

/// How a feeder is built. The times are the deployed firmware's.
public struct FeederSettings: Sendable, Equatable {
    /// Which states the firmware writes, and how often.
    public enum Firmware: String, CaseIterable, Sendable {
        /// `{"food_capacity":73}`, every 3 s.
        case current
        /// `{"time":…,"state_1":…,"state_2":…}`, every 5 s.
        case older
    }

    /// Which states are written, and how often.
    public var firmware: Firmware = .current
    /// Which of them are published.
    public var states: StatesMode = .onChange
    /// Microseconds that the motors run at a feed.
    public var feedDuration: Int64 = 10_000_000
    /// Microseconds that the feeder rests after it.
    public var restDuration: Int64 = 2_000_000
    /// What a full hopper holds, in grams.
    public var hopperGrams = 4_000
    /// Grams that a feed puts into the left bowl.
    public var leftGrams = 25
    /// Grams that a feed puts into the right bowl.
    public var rightGrams = 25
    /// Whether somebody fills the hopper up before a feed that would empty it.
    public var isRefilled = true
    /// The mended firmware: remembers the ids of the messages that it has fed for, through a loss of
    /// power, too, and acknowledges a message when the feed is over.
    public var remembersMessages = false
    /// How many ids the mended firmware remembers: the oldest is forgotten first.
    public var memory = 1_024

    /// The deployed feeder.
    public init() {}

    /// Microseconds from one time round the loop to the next.
    public var loopPeriod: Int64 { firmware == .current ? 3_000_000 : 5_000_000 }

    /// The portion of a bowl.
    public func grams(_ bowl: Bowl) -> Int { bowl == .left ? leftGrams : rightGrams }
}

/// One motor's run.
public struct Dispense: Sendable, Equatable {
    /// The bowl whose motor ran.
    public var bowl: Bowl
    /// What fell into the bowl: less than a portion where the hopper was empty or the power went.
    public var grams: Int
    /// When the motor started.
    public var begin: Timestamp
    /// The topic's message that asked for it.
    public var payload: [UInt8]
}
