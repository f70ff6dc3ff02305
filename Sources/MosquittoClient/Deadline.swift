import Glibc

/// A point of the monotonic clock: how long a wait may last.
struct Deadline {
    private let nanoseconds: Int64

    /// Nanoseconds of the monotonic clock.
    static var now: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    /// - Parameter timeout: less than nothing counts as nothing, more than 30 years as 30 years.
    init(after timeout: Duration) {
        let limit: Int64 = 30 * 366 * 86_400
        let (seconds, attoseconds) = timeout.components
        let length: Int64 =
            seconds < 0 || attoseconds < 0
            ? 0 : min(seconds, limit) * 1_000_000_000 + attoseconds / 1_000_000_000
        nanoseconds = Deadline.now + length
    }

    /// What is left: 0 once it has passed.
    var remainingNanoseconds: Int64 { max(0, nanoseconds - Deadline.now) }

    var hasPassed: Bool { nanoseconds <= Deadline.now }

    /// What is left for `poll`, rounded up, so that it never returns a moment too early.
    func remainingMilliseconds(atMost limit: Int64) -> Int32 {
        Int32(min((remainingNanoseconds + 999_999) / 1_000_000, limit))
    }
}

/// The system's words for its error numbers.
enum SystemError {
    static func text(_ number: Int32) -> String {
        return strerror(number).map { String(cString: $0) } ?? "error \(number)"
    }
}
