import EventModel

extension EventLedger {
    /// Proves that the event at `sequence` is one of the first `size` events.
    ///
    /// The leaves of the event's own block are hashed from their rows; of all other blocks the stored
    /// root is taken. So the proof leads to `root(of: size)` only where the rows of the block are
    /// those that its root was made of: whoever shows a proof compares the two.
    ///
    /// Cost: two blocks of events, and one look-up and one hash for each block of the ledger.
    ///
    /// - Throws: `LedgerError.notFound` where `sequence` is not in 1...size, or `size` is beyond the
    ///   head; `LedgerError.damaged` where a row is missing.
    public func inclusionProof(of sequence: Int, in size: Int) throws -> InclusionProof {
        try file.withConnection { connection in
            guard size >= 0, size <= (try lastSequence(connection)) else {
                throw LedgerError.notFound(path: path, what: "sequence \(size)")
            }
            guard sequence >= 1, sequence <= size else {
                throw LedgerError.notFound(
                    path: path, what: "sequence \(sequence) among its first \(size) events")
            }
            let block = (sequence - 1) / LedgerSchema.blockSize
            let begin = block * LedgerSchema.blockSize
            let leaves = try leafHashes(
                connection, begin + 1...min(begin + LedgerSchema.blockSize, size))
            let place = sequence - 1 - begin
            let below = MerkleTree.path(to: place, of: leaves)
            let above = MerkleTree.path(to: block, of: try subtrees(connection, of: size))
            return InclusionProof(
                sequence: sequence, size: size, leaf: leaves[place], path: below + above)
        }
    }

    /// The first eight bytes of an event's leaf hash as they were kept when it was written.
    ///
    /// Before a block is full nothing else vouches for its rows, save a root that somebody noted.
    package func keptLeafPrefix(of sequence: Int) throws -> Int64 {
        try file.withConnection { connection in
            let row = try Statement(
                connection, "SELECT leaf FROM event WHERE sequence = ?", path: path)
            row.bind(1, sequence)
            guard try row.step() else {
                throw LedgerError.notFound(path: path, what: "sequence \(sequence)")
            }
            return Int64(row.int(0))
        }
    }

    private func leafHashes(
        _ connection: OpaquePointer, _ range: ClosedRange<Int>
    ) throws -> [SHA256Digest] {
        var leaves: [SHA256Digest] = []
        try forEachEvent(connection, range) { leaves.append($1.leafHash(at: $0)) }
        return leaves
    }

    /// The roots of the blocks of the first `size` events, the last one perhaps not full.
    private func subtrees(
        _ connection: OpaquePointer, of size: Int
    ) throws -> [SHA256Digest] {
        var roots = try blockRoots(connection, of: size)
        let rest = try OpenBlock(self, connection, count: size).tree
        if rest.count > 0 { roots.append(rest.root) }
        return roots
    }
}
