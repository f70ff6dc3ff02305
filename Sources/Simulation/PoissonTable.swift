/// How many events a stretch of time has, where they come at a known rate and independently.
///
/// Holds P(count <= k) as fractions of 2⁶⁴, worked out in integers only: the weights
/// `w₀ = 2⁵⁶, wₖ = wₖ₋₁ · rate / k`, each rounded down, then `(w₀ + … + wₖ) · 2⁶⁴ / Σw`. A weight
/// is at most 1 too small, plus what it takes over from the one before, so each probability is off
/// by less than 256 / 2⁵⁶ = 2⁻⁴⁸; counts whose weight rounds to 0 (each rarer than 2⁻⁵⁶) do not
/// occur. The table is the same on every machine; `exp` would not be.
public struct PoissonTable: Sendable, Hashable {
    /// The rates that the table is made for, in millionths of an event.
    public static let rates = 0...30_000_000

    /// P(count <= k) · 2⁶⁴, rounded down, for k = 0, 1, 2, …; what is not below any of them is one
    /// more than the last place.
    @usableFromInline let cumulative: [UInt64]

    /// - Parameter microEvents: the mean count in millionths: 1,500,000 for 1.5. In `rates`.
    public init(microEvents: Int) {
        precondition(PoissonTable.rates.contains(microEvents), "a rate of 0 to 30 events")
        let rate = UInt128(microEvents)
        var weights: [UInt128] = [1 << 56]
        // e³⁰ · 2⁵⁶ · 30,000,000 < 2¹²⁵, so no product overflows.
        while let last = weights.last, last > 0 {
            weights.append(last * rate / (UInt128(weights.count) * 1_000_000))
        }
        weights.removeLast()
        let total = weights.reduce(0, +)
        var sum: UInt128 = 0
        cumulative = weights.dropLast().map { weight in
            sum += weight
            return UInt64(total.dividingFullWidth((sum >> 64, sum << 64)).quotient)
        }
    }

    /// Whether the count is always 0.
    @inlinable public var isZero: Bool { cumulative.isEmpty }

    /// The count that belongs to a uniform random word.
    @inlinable public func count(for word: UInt64) -> Int {
        var count = 0
        while count < cumulative.count, cumulative[count] <= word { count += 1 }
        return count
    }
}
