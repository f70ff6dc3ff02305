import Glibc
import Synchronization

/// Lets threads wait for something that another thread makes true, and costs that one a single load
/// as long as nobody waits.
///
/// A waiter looks again and again for some microseconds before it sleeps: in lock step the answer
/// is nearly always that near, and being woken would cost more than the wait.
final class Bell: Sendable {
    private let waiters = Atomic<Int>(0)
    // The pointers never change, and what they point to is made for use from many threads.
    nonisolated(unsafe) private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(
        capacity: 1)
    nonisolated(unsafe) private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(
        capacity: 1)

    private static let spinNanoseconds: Int64 = 50_000

    init() {
        pthread_mutex_init(mutex, nil)
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        pthread_cond_init(condition, &attributes)
        pthread_condattr_destroy(&attributes)
    }

    deinit {
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(mutex)
        condition.deallocate()
        mutex.deallocate()
    }

    /// Wakes all who wait. What they wait for must have been stored before, sequentially
    /// consistent: then either they see it, or this sees them.
    func ring() {
        guard waiters.load(ordering: .sequentiallyConsistent) > 0 else { return }
        pthread_mutex_lock(mutex)
        pthread_cond_broadcast(condition)
        pthread_mutex_unlock(mutex)
    }

    /// Waits until `isTrue`, at most for `timeout`; returns what it was at last.
    func wait(timeout: Duration, until isTrue: () -> Bool) -> Bool {
        if isTrue() { return true }
        let start = SystemClock.nanoseconds(CLOCK_MONOTONIC)
        let (end, overflow) = start.addingReportingOverflow(timeout.nanoseconds)
        let deadline = overflow ? Int64.max : end
        while SystemClock.nanoseconds(CLOCK_MONOTONIC) - start < Self.spinNanoseconds {
            if isTrue() { return true }
        }
        waiters.add(1, ordering: .sequentiallyConsistent)
        defer { waiters.subtract(1, ordering: .sequentiallyConsistent) }
        var limit = timespec()
        limit.tv_sec = Int(deadline / 1_000_000_000)
        limit.tv_nsec = Int(deadline % 1_000_000_000)
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        while !isTrue() {
            if pthread_cond_timedwait(condition, mutex, &limit) == ETIMEDOUT { return isTrue() }
        }
        return true
    }
}

extension Duration {
    /// Whole nanoseconds, from 0 to the greatest number there is.
    fileprivate var nanoseconds: Int64 {
        let (seconds, attoseconds) = components
        guard seconds >= 0, attoseconds >= 0 else { return 0 }
        let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        guard !overflow else { return .max }
        let (sum, more) = whole.addingReportingOverflow(attoseconds / 1_000_000_000)
        return more ? .max : sum
    }
}
