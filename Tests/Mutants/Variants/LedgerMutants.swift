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
            "sums-the-wrong-bytes", .ledger, "an event's sum is without the time of its record",
            by: Oracles.ledger, "the root", within: 20,
            Minimum("append 0", because: "one event that was recorded later than it happened"),
            part: LedgerPart(leaf: { event, sequence in
                var event = event
                event.recorded = nil
                return LeafEncoding(event, at: sequence).leafHash
            })),
    ]
}
