import EventModel
import Ledger
import Projections

extension LawTrial {
    /// Digests tell states apart, and nothing else: held for the states of all prefixes, of each event
    /// alone and of each with the next one, every two of them.
    ///
    ///     same digest ⇔ same bytes        the digest is over what encode(to:) writes
    ///     same digest ⇒ same rows         so whoever compares digests need not look at rows
    ///     same state  ⇒ same bytes        encode(to:) depends on the state alone
    ///
    /// Rows may be the same where states differ: a state may hold more than it shows.
    func checkDigest() throws {
        var states = DigestedStates()
        for cut in cuts(.digest) {
            try check(1..<cut + 1, cut == 0 ? "nothing" : "1...\(cut)", &states)
        }
        for begin in 1...last {
            try check(begin..<begin + 1, "sequence \(begin) alone", &states)
            if begin < last {
                try check(begin..<begin + 2, "sequences \(begin) and \(begin + 1) alone", &states)
            }
        }
    }

    private func check(
        _ range: Range<Int>, _ name: String, _ states: inout DigestedStates
    ) throws {
        let part = try fold(range)
        let state = DigestedStates.State(
            name: name, digest: part.digest(history), bytes: part.snapshot(history).state,
            tables: try ProjectionTables(part, history))
        let again = part.snapshot(history).state
        guard again == state.bytes, part.digest(history) == state.digest else {
            throw violation(
                .digest, nil, "the state of \(name), encoded twice", nil,
                "encode(to:) wrote other bytes the second time")
        }
        // Made once more, from the same events in other batches.
        let twin = try fold(range, batch: 1)
        if let row = try ProjectionTables(twin, history).firstDifference(from: state.tables) {
            throw violation(.digest, nil, "the state of \(name), made twice", nil, row)
        }
        if twin.snapshot(history).state != state.bytes {
            throw violation(
                .digest, nil, "the state of \(name), made twice", nil,
                "the rows are the same, and encode(to:) wrote other bytes")
        }
        if let (other, difference) = states.difference(of: state) {
            throw violation(
                .digest, nil, "\(name), and \(other.name)", (state.digest, other.digest), difference
            )
        }
        states.add(state)
    }
}

/// States by their digests and by their bytes.
private struct DigestedStates {
    struct State {
        var name: String
        var digest: SHA256Digest
        var bytes: [UInt8]
        var tables: ProjectionTables
    }

    private var byDigest: [SHA256Digest: State] = [:]
    private var byBytes: [[UInt8]: State] = [:]

    mutating func add(_ state: State) {
        byDigest[state.digest] = state
        byBytes[state.bytes] = state
    }

    /// A state that this one contradicts, and how.
    func difference(of state: State) -> (State, String)? {
        if let other = byDigest[state.digest] {
            if let row = state.tables.firstDifference(from: other.tables) { return (other, row) }
            if state.bytes != other.bytes {
                return (other, "encode(to:) wrote \(state.bytes.count) bytes, and other ones")
            }
        }
        if let other = byBytes[state.bytes], other.digest != state.digest {
            return (other, "the bytes are the same, and the digests are not")
        }
        return nil
    }
}
