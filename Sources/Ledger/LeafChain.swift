import EventModel

/// The hashes of events that follow a head, worked out one after the other, by whatever thread.
///
///     head ─> leaf, leaf, … ─> block (2^10 leaves) ─> leaf, …
///
/// A chain begins where a ledger ends (`LedgerWriter.chain`), and supposes that each event it is
/// given is new. Nobody believes it: the writer compares where it began with the ledger's end.
package struct LeafChain: Sendable {
    /// The sequence of the last event.
    package var sequence: Int
    /// Its recorded time; nil in an empty ledger.
    package var recorded: Timestamp?
    /// The leaves after the last full block.
    var block: OpenBlock

    /// The recorded time that an event gets which states `stated`: never below the one before.
    @inline(__always)
    func raised(_ stated: Timestamp) -> Timestamp { max(stated, recorded ?? stated) }

    /// The leaf of the next event.
    @inline(__always)
    func nextLeaf(
        _ id: EventID, _ time: Timestamp, recorded: Timestamp, _ content: EventContent
    ) -> SHA256Digest {
        LedgerLeaf.hash(
            sequence: sequence + 1, time: time, recorded: recorded, id: id, content: content.digest)
    }

    /// Goes on by one event; the block that it fills, if it does.
    @inline(__always)
    mutating func take(
        _ time: Timestamp, recorded: Timestamp, leaf: SHA256Digest
    ) -> SealedBlock? {
        sequence += 1
        self.recorded = recorded
        block.add(time, leaf)
        guard block.tree.count == LedgerSchema.blockSize else { return nil }
        defer { block = OpenBlock() }
        return SealedBlock(
            number: sequence / LedgerSchema.blockSize - 1, earliest: block.earliest,
            latest: block.latest, root: block.tree.root)
    }

    /// Whether both stand at one place, after the same events since the last full block.
    func isAt(_ other: LeafChain) -> Bool {
        sequence == other.sequence && recorded == other.recorded
            && block.tree.root == other.block.tree.root
    }
}

/// A full block: its row.
struct SealedBlock: Sendable {
    var number: Int
    var earliest: Int64
    var latest: Int64
    var root: SHA256Digest

    /// The sequence of its last event.
    var last: Int { (number + 1) * LedgerSchema.blockSize }
}

/// The block that is not full yet: what its row will say.
struct OpenBlock: Sendable {
    var tree = MerkleTree()
    var earliest = Int64.max
    var latest = Int64.min

    /// Reads the events after the last full block of a ledger of `count` events.
    init(_ ledger: EventLedger, _ connection: OpaquePointer, count: Int) throws {
        let full = count / LedgerSchema.blockSize * LedgerSchema.blockSize
        guard full < count else { return }
        try ledger.forEachEvent(connection, full + 1...count) { sequence, event in
            add(event.time, event.leafHash(at: sequence))
        }
    }

    init() {}

    @inline(__always)
    mutating func add(_ time: Timestamp, _ leaf: SHA256Digest) {
        tree.append(leafHash: leaf)
        earliest = min(earliest, time.microseconds)
        latest = max(latest, time.microseconds)
    }
}
