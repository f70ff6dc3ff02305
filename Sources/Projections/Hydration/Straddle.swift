/// How far late reports straddle a point in time: from the first event that happened after it, up to the
/// last that happened by it.
///
///     sequence:  1 2 3 4 5 6 7 8        times by the point: x
///                x x x . x . x .        straddled: 4 to 7
struct Straddle: Sendable {
    private var firstLeftOut = Int.max
    private var lastTaken = 0

    /// Events that happened by the point.
    mutating func take(_ range: ClosedRange<Int>) { lastTaken = max(lastTaken, range.upperBound) }

    /// Events of which at least the first happened after the point.
    mutating func leaveOut(from sequence: Int) { firstLeftOut = min(firstLeftOut, sequence) }

    mutating func merge(_ other: Straddle) {
        lastTaken = max(lastTaken, other.lastTaken)
        firstLeftOut = min(firstLeftOut, other.firstLeftOut)
    }

    /// nil where no event after the point came before one by it.
    var range: ClosedRange<Int>? {
        firstLeftOut < lastTaken ? firstLeftOut...lastTaken : nil
    }
}
