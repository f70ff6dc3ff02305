import Projections
import Simulation
import Testing

@Suite struct `A set of sequences` {
    @Test func `takes each once, in any order, and knows up to where it is complete`() {
        var had = SequenceSet()
        #expect(had.complete == 0)
        let steps = [
            (3, true, 0), (1, true, 1), (3, false, 1), (2, true, 3), (1, false, 3), (4, true, 4),
        ]
        for (sequence, isNew, complete) in steps {
            #expect(had.insert(sequence) == isNew, "\(sequence)")
            #expect(had.complete == complete, "after \(sequence)")
        }
    }

    @Test func `takes what lies before its begin for had`() {
        var had = SequenceSet(from: 5)
        #expect(had.complete == 4)
        #expect(!had.insert(4) && !had.insert(0) && !had.insert(-7))
        #expect(had.insert(6) && had.complete == 4)
        #expect(had.insert(5) && had.complete == 6)
    }

    @Test(arguments: 0..<30)
    func `is a set, whatever comes`(run: Int) {
        let seed = environmentSeed() ?? 21
        var draws = RandomStream(seed: seed, domain: .deliveryOrder).draws(slot: UInt64(run))
        let first = 1 + Int(draws.below(5))
        var had = SequenceSet(from: first)
        var reference: Set<Int> = []
        for step in 0..<200 {
            let sequence = max(-2, step / 2 + Int(draws.below(24)) - 12)
            let isNew = sequence >= first && reference.insert(sequence).inserted
            let complete = (first...).first { !reference.contains($0) } ?? first
            #expect(
                had.insert(sequence) == isNew && had.complete == complete - 1,
                "repeat: REPLAYLAB_SEED=\(seed) swift test --filter 'is a set, whatever comes'")
        }
    }
}
