/// What is drawn from random words, by integers alone: floating point differs between platforms
/// and optimisation levels, integers do not.
extension RandomDraws {
    /// A number from 0 to `bound - 1`, each equally likely. `bound` must be above 0.
    ///
    /// Lemire, "Fast Random Integer Generation in an Interval" (2019): takes one word, and another
    /// one with a probability below `bound` / 2⁶⁴.
    @inlinable public mutating func below(_ bound: UInt64) -> UInt64 {
        precondition(bound > 0, "a draw needs something to draw from")
        var product = next().multipliedFullWidth(by: bound)
        if product.low < bound {
            let threshold = (0 &- bound) % bound
            while product.low < threshold { product = next().multipliedFullWidth(by: bound) }
        }
        return product.high
    }

    /// True in `partsPerMillion` of a million draws; never at 0, always from 1,000,000 on.
    @inlinable public mutating func happens(partsPerMillion: Int) -> Bool {
        below(1_000_000) < UInt64(max(0, partsPerMillion))
    }

    /// A deviation from -`spread` to `spread`, near 0 more often than far from it.
    ///
    /// The mean of four draws that are each uniform over the range: bell-shaped (Irwin–Hall),
    /// mean 0 (less than one unit below), standard deviation `spread` / √12, and nothing outside.
    /// `spread` must lie in 0...2⁶⁰.
    @inlinable public mutating func deviation(spread: Int64) -> Int64 {
        guard spread > 0 else { return 0 }
        let range = UInt64(spread) * 2 + 1
        var sum: UInt64 = 0
        for _ in 0..<4 { sum += below(range) }
        return Int64(sum >> 2) - spread
    }
}

/// A choice among places 0, 1, 2, … by whole-number weights.
public struct WeightedChoice: Sendable, Hashable {
    /// Running sums of the weights; the last one is their total.
    @usableFromInline let sums: [UInt64]

    /// nil where the weights are none, negative, all zero, or of a sum above `Int.max`.
    public init?(weights: [Int]) {
        var total = 0
        var sums: [UInt64] = []
        for weight in weights {
            let (sum, overflow) = total.addingReportingOverflow(weight)
            guard weight >= 0, !overflow else { return nil }
            total = sum
            sums.append(UInt64(sum))
        }
        guard total > 0 else { return nil }
        self.sums = sums
    }

    /// The place drawn.
    @inlinable public func draw(from draws: inout RandomDraws) -> Int {
        let value = draws.below(sums[sums.count - 1])
        var place = 0
        while sums[place] <= value { place += 1 }
        return place
    }
}
