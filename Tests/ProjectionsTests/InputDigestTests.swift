import Ledger
import Projections
import Testing

@Suite struct `An input digest` {
    private func digest(_ sequences: some Sequence<Int>) -> InputDigest {
        var digest = InputDigest()
        for sequence in sequences {
            digest.add(sequence: sequence, microseconds: Int64(sequence) * 1_000_003 - 500_000)
        }
        return digest
    }

    @Test func `of two neighbours merges into that of both, wherever they meet`() {
        for cut in 0...50 {
            var early = digest(1..<cut + 1)
            early.merge(digest(cut + 1..<51))
            #expect(early == digest(1...50))
        }
    }

    @Test func `of many parts merges in any grouping`() {
        var left = digest(1...7)
        left.merge(digest(8...9))
        left.merge(digest(10...300))
        var tail = digest(8...9)
        tail.merge(digest(10...300))
        var right = digest(1...7)
        right.merge(tail)
        #expect(left == right && left == digest(1...300))
    }

    @Test func `tells a changed order, a double and a gap`() {
        let right = digest(1...20)
        #expect(digest((1...20).reversed()) != right)
        #expect(digest([2, 1] + Array(3...20)) != right)
        #expect(digest([1, 1] + Array(2...20)) != right)
        #expect(digest(2...20) != right)
        #expect(digest([1] + Array(3...20)) != right)
    }

    @Test func `tells another time of the same event`() {
        var (one, other) = (InputDigest(), InputDigest())
        one.add(sequence: 1, microseconds: 5)
        other.add(sequence: 1, microseconds: 6)
        #expect(one != other)
    }

    @Test func `comes back from its words`() {
        let digest = digest(1...20)
        #expect(InputDigest(count: digest.words.count, hash: digest.words.hash) == digest)
        #expect("\(digest)".hasPrefix("20:") && "\(digest)".count == 19)
    }
}
