import Synchronization

/// Counts calls, and sums what they give.
final class Ticks: Sendable {
    private let state = Mutex((count: 0, sum: 0))

    var count: Int { state.withLock(\.count) }
    var sum: Int { state.withLock(\.sum) }

    /// The number of the call.
    @discardableResult
    func add(_ value: Int = 0) -> Int {
        state.withLock {
            $0.count += 1
            $0.sum += value
            return $0.count
        }
    }
}
