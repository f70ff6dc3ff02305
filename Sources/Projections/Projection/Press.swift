import EventModel

/// A feeder's place in `History.feeders`: dense, so that state by feeder is an array.
public struct FeederIndex: Hashable, Sendable, BitwiseCopyable {
    public var number: UInt32
    @inlinable public init(_ number: UInt32) { self.number = number }
}

/// A button press as a projection sees it: what happened, when, and at which feeder.
///
///     bytes:  time 8 │ sequence 8 │ place 4 │ feeder 4 │ click 1 │ – 3 │ device 4
public struct Press: Sendable, BitwiseCopyable {
    /// When the press happened, as the event says it.
    public var time: Timestamp
    /// The event's place in the ledger.
    public var sequence: Int
    /// The feeder as it was registered at that sequence: zone and portions. See `History.place`.
    public var place: UInt32
    /// The feeder that the button belonged to at that sequence.
    public var feeder: FeederIndex
    /// SINGLE, DOUBLE or LONG.
    public var click: ClickKind
    /// The button's code in this ledger; 0 for none. A code must not reach a state's digest: what it
    /// stands for is `History.device(of:)`.
    public var device: UInt32

    @inlinable
    public init(
        time: Timestamp, sequence: Int, place: UInt32, feeder: FeederIndex, click: ClickKind,
        device: UInt32 = 0
    ) {
        self.time = time
        self.sequence = sequence
        self.place = place
        self.feeder = feeder
        self.click = click
        self.device = device
    }
}

/// What an event other than a press says, decoded once for each distinct text.
///
/// A projection names the detail types that it wants to hear in `Projection.hears`.
public protocol EventDetail: Sendable {
    /// The detail type on the bus, such as `Feed Dispensed`.
    static var detailType: String { get }
    /// The source on the bus; nil to hear every source.
    static var source: String? { get }
    /// nil where the detail is not of the expected form; such an event is counted and passed over.
    init?(detail: JSONValue)
}

extension EventDetail {
    public static var source: String? { nil }
}

/// An event that is no press, as a projection hears it.
public struct HeardEvent: Sendable {
    public var time: Timestamp
    public var sequence: Int
    /// The feeder of the event's device; that named `default` where it has none.
    public var feeder: FeederIndex
    public var place: UInt32
    /// One of the types in `Projection.hears`.
    public var detail: any EventDetail

    public init(
        time: Timestamp, sequence: Int, feeder: FeederIndex, place: UInt32, detail: any EventDetail
    ) {
        (self.time, self.sequence, self.feeder) = (time, sequence, feeder)
        (self.place, self.detail) = (place, detail)
    }
}
