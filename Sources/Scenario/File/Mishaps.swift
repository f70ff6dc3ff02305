/// What goes wrong between a finger and the button handler. Each has a rate and a domain of random
/// numbers of its own, so that switching one on changes no other one's draws.
public struct Mishaps: Hashable, Sendable {
    /// Reports that come late.
    public var late: DelayedReports?
    /// Presses that are reported once more, by another event; the delay is that of the second report.
    public var duplicate: DelayedReports?
    /// How many DOUBLE presses are seen as two SINGLE, in parts per million.
    public var split = 0
    /// Clocks that are off for good.
    public var skew: SkewedClocks?
    /// On how many of its days a button does not know what time it is, in parts per million: it says
    /// how long after 1970 began it was pressed, with that day's begin in its place.
    public var unset = 0
    public var batteries: Batteries?
    /// Buttons report their health every so many days; 0 for never.
    public var healthDays = 0

    public init() {}

    /// Whether a press may come to something else than one event at its own time.
    var touchPresses: Bool {
        late != nil || duplicate != nil || split > 0 || skew != nil || unset > 0 || batteries != nil
    }
}

/// Reports that take some time: how many, and how long.
public struct DelayedReports: Hashable, Sendable {
    /// In parts per million.
    public var rate: Int
    /// In milliseconds. Each doubling of the shortest one is as likely as another (the last may be cut):
    /// most are short, and some are very long.
    public var delay: ClosedRange<Int64>

    /// Thirty days: what is on its way is held in memory.
    public static let delayLimit: Int64 = 720 * 3_600_000
}

/// Clocks that are off by the same time for good.
public struct SkewedClocks: Hashable, Sendable {
    /// How many buttons have one, in parts per million.
    public var rate: Int
    /// How far one may be off, in milliseconds either way.
    public var limit: Int64
}

/// Batteries that run out, and stay so until somebody changes them.
public struct Batteries: Hashable, Sendable {
    /// How many days one lasts.
    public var life: ClosedRange<Int>
    /// How many days the button is dead then.
    public var dead: ClosedRange<Int>
}

/// Presses that are pressed again at once, by a child or by somebody in a hurry.
public struct RepeatedPresses: Hashable, Sendable {
    /// How many, in parts per million.
    public var rate: Int
    /// How soon at the latest, in milliseconds.
    public var within: Int64
}
