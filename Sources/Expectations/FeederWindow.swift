import EventModel

/// The messages of QoS 1 that a feeder has and has not acknowledged, as an audit counts them.
///
/// A broker gives a client so many at once. What is more waits at the broker, and comes in its order,
/// each at the very moment at which the feeder acknowledges another (MQTT 3.1.1, 4.6: the order of a
/// topic is kept, and a window of messages in flight is the broker's to choose).
///
///     room ──the last place is taken──> full since then ──acknowledged, and nothing comes──> room
struct FeederWindow {
    private let size: Int
    private var count = 0
    /// Since when there has been no room, but for moments in which one went and the next one came.
    private var fullSince: Timestamp?
    /// The last moment at which a place became free.
    private var freed: Timestamp?
    /// Whether the broker ever gave the feeder more than fit.
    private(set) var wasOverrun = false

    init(size: Int) { self.size = size }

    /// The feeder has dealt with the oldest of them.
    mutating func acknowledge(at now: Timestamp) {
        forgetWhatPassed(by: now)
        count = max(0, count - 1)
        freed = now
    }

    /// A message has come.
    ///
    /// - Returns: since when the broker had no room for it at this moment; nil where it had.
    mutating func receive(at now: Timestamp) -> Timestamp? {
        forgetWhatPassed(by: now)
        let heldSince = fullSince
        count += 1
        if count >= size { fullSince = fullSince ?? now }
        if count > size { wasOverrun = true }
        return heldSince
    }

    /// A place that stays free for longer than a moment is room for whoever comes.
    private mutating func forgetWhatPassed(by now: Timestamp) {
        if count < size, freed != now { fullSince = nil }
    }
}
