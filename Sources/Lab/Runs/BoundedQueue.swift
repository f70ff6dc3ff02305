import Foundation

/// Hands values from one thread to another, a few at a time: a producer that is ahead waits.
///
/// `@unchecked Sendable`: all state is behind `condition`.
final class BoundedQueue<Element: Sendable>: @unchecked Sendable {
    private let condition = NSCondition()
    private let limit: Int
    private var elements: [Element] = []
    private var isFinished = false
    private var isAbandoned = false
    private var failure: (any Error)?

    init(limit: Int) { self.limit = limit }

    /// Waits for room; false where nobody takes any more.
    func put(_ element: Element) -> Bool {
        condition.withLock {
            while elements.count >= limit, !isAbandoned { condition.wait() }
            guard !isAbandoned else { return false }
            elements.append(element)
            condition.broadcast()
            return true
        }
    }

    /// Says that there is no more, or why.
    func finish(_ error: (any Error)? = nil) {
        condition.withLock {
            isFinished = true
            failure = error
            condition.broadcast()
        }
    }

    /// Waits for the next value; nil at the end.
    func take() throws -> Element? {
        try condition.withLock {
            while elements.isEmpty, !isFinished { condition.wait() }
            guard !elements.isEmpty else {
                if let failure { throw failure }
                return nil
            }
            defer { condition.broadcast() }
            return elements.removeFirst()
        }
    }

    /// Says that nobody takes any more.
    func abandon() {
        condition.withLock {
            isAbandoned = true
            condition.broadcast()
        }
    }
}
