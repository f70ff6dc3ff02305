import Foundation
import Simulation
import Testing

@Suite struct PoissonTableTests {
    @Test(arguments: [0, 1, 20_000, 300_000, 1_500_000, 12_345_678, 30_000_000])
    func `mean and variance are the rate`(microEvents: Int) {
        let table = PoissonTable(microEvents: microEvents)
        let stream = RandomStream(seed: 4, domain: .snackCount)
        let rate = Double(microEvents) / 1e6
        let trials = 200_000
        var (sum, squares) = (0.0, 0.0)
        for draw in 0..<trials {
            let count = Double(table.count(for: stream.words(draw: UInt64(draw)).0))
            sum += count
            squares += count * count
        }
        let mean = sum / Double(trials)
        let variance = squares / Double(trials) - mean * mean
        let error = (rate / Double(trials)).squareRoot()
        #expect(abs(mean - rate) <= 4 * error)
        // The variance of a sample's variance: (rate + 2 rate²) / trials.
        let varianceError = ((rate + 2 * rate * rate) / Double(trials)).squareRoot()
        #expect(abs(variance - rate) <= 4 * varianceError)
    }

    @Test(arguments: [20_000, 1_000_000, 30_000_000])
    func `probabilities agree with exp to twelve digits`(microEvents: Int) {
        let table = PoissonTable(microEvents: microEvents)
        let rate = Double(microEvents) / 1e6
        var term = exp(-rate)
        var sum = 0.0
        for count in 0..<100 {
            sum += term
            term *= rate / Double(count + 1)
            // The share of words that give at most `count`: the first word that gives more.
            var (low, high) = (UInt64.min, UInt64.max)
            while low < high {
                let middle = low + (high - low) / 2
                if table.count(for: middle) > count { high = middle } else { low = middle + 1 }
            }
            #expect(abs(Double(low) * 0x1p-64 - sum) < 1e-12)
        }
    }

    @Test func `a rate of 0 has no events`() {
        #expect(PoissonTable(microEvents: 0).isZero)
        #expect(PoissonTable(microEvents: 0).count(for: .max) == 0)
        #expect(!PoissonTable(microEvents: 1).isZero)
    }

    @Test func `the table is this one on every machine`() {
        // 2⁶⁴ / e = 6786177901268885274.8; rounding the weights down makes it a little more.
        let table = PoissonTable(microEvents: 1_000_000)
        let first = (0..<64).reversed().reduce(UInt64(0)) { word, bit in
            table.count(for: word | 1 << bit - 1) == 0 ? word | 1 << bit : word
        }
        #expect(first == 6_786_177_901_268_885_566)
    }
}
