import Foundation

/// Works out parts of something on several threads, and delivers them in order on the caller's.
///
///     part 0 │ part 1 │ part 2 │ …     whoever is free makes the next one
///        └────────┴────────┴──> deliver, in order
///
/// What is delivered does not depend on how many threads there are. At most two parts a thread are
/// made and not delivered yet, so the size of a part bounds the memory.
enum OrderedWork {
    /// - Parameters:
    ///   - jobs: how many threads there are, the caller's among them.
    ///   - make: works a part out, on any thread.
    ///   - deliver: takes the parts in order; where it throws, no further part is begun.
    static func run<Part: Sendable>(
        parts: Int, jobs: Int, make: @escaping @Sendable (Int) -> Part,
        deliver: (Int, Part) throws -> Void
    ) rethrows {
        let jobs = min(jobs, parts)
        guard jobs > 1 else {
            for part in 0..<max(0, parts) { try deliver(part, make(part)) }
            return
        }
        let board = PartBoard(parts: parts, ahead: 2 * jobs, make)
        defer { board.close() }
        for _ in 1..<jobs { board.addThread() }
        for part in 0..<parts { try deliver(part, board.take(part)) }
    }

    /// Neighbouring ranges of places whose weights come to about `share`, or of one place that is
    /// heavier.
    static func ranges(_ weights: [Int], share: Int) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        var (begin, sum) = (0, 0)
        for (place, weight) in weights.enumerated() {
            if place > begin, sum + weight > share {
                ranges.append(begin..<place)
                (begin, sum) = (place, 0)
            }
            sum += weight
        }
        if begin < weights.count { ranges.append(begin..<weights.count) }
        return ranges
    }
}

/// Which parts are begun, and those that are made and wait for their turn.
///
/// Unchecked: all that changes is behind `condition`.
private final class PartBoard<Part: Sendable>: @unchecked Sendable {
    private let condition = NSCondition()
    private let count: Int
    private let ahead: Int
    private let make: @Sendable (Int) -> Part
    private var next = 0
    private var taken = 0
    private var made: [Int: Part] = [:]
    private var threads = 0
    private var isClosed = false

    init(parts: Int, ahead: Int, _ make: @escaping @Sendable (Int) -> Part) {
        count = parts
        self.ahead = ahead
        self.make = make
    }

    func addThread() {
        condition.withLock { threads += 1 }
        let thread = Thread { [self] in
            while let part = begin() { put(part, make(part)) }
            condition.withLock {
                threads -= 1
                condition.broadcast()
            }
        }
        thread.stackSize = 4 << 20
        thread.start()
    }

    /// The next part that nobody makes, once there is room for it; nil where there is none.
    private func begin() -> Int? {
        condition.withLock {
            while !isClosed, next < count, next >= taken + ahead { condition.wait() }
            guard !isClosed, next < count else { return nil }
            defer { next += 1 }
            return next
        }
    }

    private func put(_ part: Int, _ result: Part) {
        condition.withLock {
            made[part] = result
            condition.broadcast()
        }
    }

    /// Gives a part out. While it is not there the caller makes others.
    func take(_ part: Int) -> Part {
        while true {
            var begun: Int?
            let result: Part? = condition.withLock {
                if let found = made.removeValue(forKey: part) {
                    taken = part + 1
                    condition.broadcast()
                    return found
                }
                if next < min(count, taken + ahead) {
                    begun = next
                    next += 1
                } else {
                    condition.wait()
                }
                return nil
            }
            if let result { return result }
            if let begun { put(begun, make(begun)) }
        }
    }

    /// Waits until no thread works any more.
    func close() {
        condition.withLock {
            isClosed = true
            condition.broadcast()
            while threads > 0 { condition.wait() }
        }
    }
}
