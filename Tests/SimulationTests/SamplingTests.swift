import Simulation
import Testing

@Suite struct SamplingTests {
    private func draws(_ slot: UInt64 = 0) -> RandomDraws {
        RandomStream(seed: 20_111_115, domain: .tieOrder).draws(slot: slot)
    }

    /// Pearson's statistic of `counts` against expected shares.
    private func chiSquared(_ counts: [Int], shares: [Double]) -> Double {
        let total = Double(counts.reduce(0, +))
        return zip(counts, shares).reduce(0) { sum, pair in
            let expected = pair.1 * total
            return sum + (Double(pair.0) - expected) * (Double(pair.0) - expected) / expected
        }
    }

    // The limits are the 99.9 % points of chi-squared with one degree of freedom fewer than places.
    @Test(arguments: [(2, 10.83), (6, 20.52), (7, 22.46), (10, 27.88), (100, 148.2)])
    func `below is uniform`(bound: Int, limit: Double) {
        var draws = draws(UInt64(bound))
        var counts = Array(repeating: 0, count: bound)
        for _ in 0..<100_000 { counts[Int(draws.below(UInt64(bound)))] += 1 }
        let shares = Array(repeating: 1 / Double(bound), count: bound)
        #expect(chiSquared(counts, shares: shares) < limit)
    }

    @Test func `below has no bias where the bound does not divide 2⁶⁴`() {
        // Without rejection, 3/4 of a bound of 3 · 2⁶² would favour every third value.
        let bound: UInt64 = 3 << 62
        var draws = draws()
        var counts = [0, 0, 0]
        for _ in 0..<60_000 { counts[Int(draws.below(bound) % 3)] += 1 }
        #expect(chiSquared(counts, shares: [1.0 / 3, 1.0 / 3, 1.0 / 3]) < 13.82)
    }

    @Test(arguments: [0, 1, 500_000, 980_000, 999_999, 1_000_000])
    func `happens as often as it should`(partsPerMillion: Int) {
        var draws = draws(UInt64(partsPerMillion))
        var count = 0
        for _ in 0..<200_000 where draws.happens(partsPerMillion: partsPerMillion) { count += 1 }
        let share = Double(partsPerMillion) / 1e6
        let deviation = (200_000 * share * (1 - share)).squareRoot()
        #expect(abs(Double(count) - 200_000 * share) <= 4 * deviation + 1)
        if partsPerMillion == 0 { #expect(count == 0) }
        if partsPerMillion == 1_000_000 { #expect(count == 200_000) }
    }

    @Test func `a choice follows its weights and never takes a weight of 0`() throws {
        let choice = try #require(WeightedChoice(weights: [5, 0, 4, 1]))
        var draws = draws()
        var counts = [0, 0, 0, 0]
        for _ in 0..<100_000 { counts[choice.draw(from: &draws)] += 1 }
        #expect(counts[1] == 0)
        counts.remove(at: 1)
        #expect(chiSquared(counts, shares: [0.5, 0.4, 0.1]) < 13.82)
    }

    @Test(arguments: [[], [0], [0, 0], [1, -1], [Int.max, 1]])
    func `there is no choice among nothing`(weights: [Int]) {
        #expect(WeightedChoice(weights: weights) == nil)
    }

    @Test(arguments: [0, 1, 60_000, 2_400_000])
    func `a deviation is bounded, centred and bell-shaped`(spread: Int64) {
        var draws = draws(UInt64(spread))
        var (sum, squares, near) = (0.0, 0.0, 0)
        for _ in 0..<50_000 {
            let value = draws.deviation(spread: spread)
            #expect(abs(value) <= spread)
            sum += Double(value)
            squares += Double(value * value)
            if abs(value) * 2 <= spread { near += 1 }
        }
        guard spread > 1 else { return }
        let expected = Double(spread) / 12.0.squareRoot()
        #expect(abs(sum / 50_000) < 4 * expected / 50_000.0.squareRoot() + 1)
        #expect(abs((squares / 50_000).squareRoot() / expected - 1) < 0.02)
        // Irwin–Hall of four: 11/12 lie within half of the spread.
        #expect(abs(Double(near) / 50_000 - 11.0 / 12) < 0.006)
    }
}
