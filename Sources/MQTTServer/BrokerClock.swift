import EventModel
import Glibc
import Synchronization

/// Where a broker's time comes from: a system clock for real clients, a virtual one in the lab.
public protocol BrokerClock: Sendable {
    /// The time now; never earlier than what it said before.
    func now() -> Timestamp
    /// Whether it goes on by itself, so that keep-alive and other deadlines can be waited for.
    var isRunning: Bool { get }
}

/// The computer's clock as it stood at the start, carried on by its monotonic clock: whoever sets
/// the date does not end every session.
public struct SystemClock: BrokerClock {
    private let offsetNanoseconds: Int64

    /// A clock that takes the computer's date now, and never again.
    public init() {
        offsetNanoseconds = Self.nanoseconds(CLOCK_REALTIME) - Self.nanoseconds(CLOCK_MONOTONIC)
    }

    public func now() -> Timestamp {
        Timestamp(microseconds: (Self.nanoseconds(CLOCK_MONOTONIC) + offsetNanoseconds) / 1000)
    }

    public var isRunning: Bool { true }

    static func nanoseconds(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}

/// A clock that stands still until somebody sets it.
///
/// Setting it wakes nobody: deadlines of the core are the lab's business
/// (`BrokerServer.withCore { $0.advance(to:) }`), and so keep-alive is off in its settings.
public final class VirtualClock: BrokerClock {
    private let microseconds: Atomic<Int64>

    /// A clock that stands at `start`.
    public init(_ start: Timestamp) { microseconds = Atomic(start.microseconds) }

    public func now() -> Timestamp {
        Timestamp(microseconds: microseconds.load(ordering: .acquiring))
    }

    /// Goes on to `time`; an earlier one changes nothing.
    public func advance(to time: Timestamp) {
        microseconds.max(time.microseconds, ordering: .acquiringAndReleasing)
    }

    public var isRunning: Bool { false }
}
