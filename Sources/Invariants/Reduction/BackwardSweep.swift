/// One way through a list from its end to its beginning, deleting the longest runs that can go.
///
///     as it was ╎ a run to delete ╎ what is known to be needed
///
/// Everything before a run is as it was, so whoever keeps states along the list can go on from one. The
/// longest run is galloped to, then bisected.
package enum BackwardSweep {
    /// - Parameter fails: whether the elements before `prefix`, with the needed ones after them, still
    ///   fail in the same way, so that those from `prefix` up to `end` can go; nil to stop.
    /// - Returns: what is left, and whether the way was gone to its end.
    package static func run<Element, Failure: Error>(
        _ elements: [Element],
        fails: (_ prefix: Int, _ end: Int, _ needed: [Element]) throws(Failure) -> Bool?
    ) throws(Failure) -> (left: [Element], isThrough: Bool) {
        // What is needed, latest first.
        var needed: [Element] = []
        var end = elements.count
        while end > 0 {
            let rest = Array(needed.reversed())
            let here = end
            let length = try longestRun(before: end) { length throws(Failure) in
                try fails(here - length, here, rest)
            }
            guard let length else {
                return (Array(elements[..<end]) + rest, false)
            }
            end -= length
            guard end > 0 else { break }
            end -= 1
            needed.append(elements[end])
        }
        return (needed.reversed(), true)
    }

    /// The same again and again, until no single element can go.
    ///
    /// - Returns: what is left, and whether each of it was tried alone.
    package static func toFixpoint<Element, Failure: Error>(
        _ elements: [Element], fails: ([Element]) throws(Failure) -> Bool?
    ) throws(Failure) -> (left: [Element], isMinimal: Bool) {
        var left = elements
        while true {
            let before = left
            let round = try run(left) { prefix, _, needed throws(Failure) in
                try fails(Array(before[..<prefix]) + needed)
            }
            left = round.left
            guard round.isThrough else { return (left, false) }
            // A round that deletes nothing has tried each element alone.
            if left.count == before.count { return (left, true) }
        }
    }

    /// How many elements right before `end` can go together; nil where it was stopped.
    private static func longestRun<Failure: Error>(
        before end: Int, goes: (_ length: Int) throws(Failure) -> Bool?
    ) throws(Failure) -> Int? {
        // Mostly nothing is needed but what was found already, at last.
        guard let all = try goes(end) else { return nil }
        if all { return end }
        var (good, bad) = (0, end)
        var length = 1
        while length < bad {
            guard let isGood = try goes(length) else { return nil }
            if isGood {
                good = length
                length *= 2
            } else {
                bad = length
            }
        }
        while bad - good > 1 {
            let middle = good + (bad - good) / 2
            guard let isGood = try goes(middle) else { return nil }
            if isGood { good = middle } else { bad = middle }
        }
        return good
    }
}
