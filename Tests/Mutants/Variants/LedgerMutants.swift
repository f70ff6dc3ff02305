import EventModel
import Ledger

extension Mutant {
    static let ledger = [
        Mutant(
            "appends-half-a-batch", .ledger, "of a batch that is refused the first events stay",
            by: Oracles.ledger, "how many events there are", within: 40,
            Minimum(
                "append 0 and another event by the id of 0",
                because: "one batch with one event before the one that is refused"),
            part: LedgerPart(append: { writer, events in
                for event in events { try writer.append([event]) }
            })),
        Mutant(
            "leaves-records-out-of-the-root", .ledger,
            "a ledger's root is over its events without the times of their records",
            by: Oracles.ledger, "the root", within: 20,
            Minimum("append 0", because: "one event that was recorded later than it happened"),
            part: LedgerPart(root: rootWithoutRecords)),
    ]

    /// The root as a ledger gives it that sums up the wrong bytes.
    @Sendable private static func rootWithoutRecords(
        _ ledger: EventLedger, _ count: Int
    ) throws -> SHA256Digest {
        var tree = MerkleTree()
        guard count > 0 else { return tree.root }
        try ledger.forEachEvent(1...count) { sequence, event in
            var event = event
            event.recorded = nil
            tree.append(leafHash: LeafEncoding(event, at: sequence).leafHash)
        }
        return tree.root
    }
}
