import EventModel
import Ledger
import Projections
import Simulation

extension LawTrial {
    /// Tries what `needsOrder == false` claims: all events in a drawn order, some of them twice,
    /// given one at a time as a bus does, lead to the state of one pass in order.
    func checkOrder() throws {
        guard !type.needsOrder, last > 0 else { return }
        let whole = try whole()
        var draws = draws(.order)
        for shuffle in 1...4 {
            let deliveries =
                shuffle == 1
                ? Array((1...last).reversed()) : shuffled(&draws, allTwice: shuffle == 2)
            let fold = blank()
            let pass = EventFold(history, [fold], devices: held.devices)
            for sequence in deliveries {
                try parts.deliver(pass, held.events[sequence - 1], sequence)
                // Where batches end must not matter either.
                if draws.below(8) == 0 { try pass.flush() }
            }
            try pass.flush()
            try compareUnordered(fold, whole, shuffle == 1 ? nil : shuffle, deliveries)
        }
    }

    /// Every sequence, all or one in five of them twice, in a drawn order.
    private func shuffled(_ draws: inout RandomDraws, allTwice: Bool) -> [Int] {
        var deliveries: [Int] = []
        for sequence in 1...last {
            deliveries.append(sequence)
            if allTwice || draws.below(5) == 0 { deliveries.append(sequence) }
        }
        for place in deliveries.indices.reversed() {
            deliveries.swapAt(place, Int(draws.below(UInt64(place + 1))))
        }
        return deliveries
    }

    /// As `compare`, but for the digest of the input, which is over the order.
    private func compareUnordered(
        _ found: ProjectionFold, _ whole: LawState, _ shuffle: Int?, _ deliveries: [Int]
    ) throws {
        let begin = deliveries.prefix(12).map(String.init).joined(separator: ", ")
        let trial =
            (shuffle.map { "shuffle \($0)" } ?? "from the last event to the first") + ": \(begin)"
            + (deliveries.count > 12 ? ", … (\(deliveries.count) deliveries)" : "")
        let (digests, expected) = ((found.digest(history), whole.digest), whole.fold)
        let rows = try ProjectionTables(found, history).firstDifference(from: whole.tables())
        guard digests.0 == digests.1, rows == nil else {
            throw violation(
                .order, nil, trial, digests,
                (rows ?? "all rows are the same: what differs is what encode(to:) writes")
                    + "; if order matters to it, it must not say needsOrder = false")
        }
        guard found.events == expected.events, found.latest == expected.latest else {
            throw violation(
                .order, nil, trial, nil,
                "\(found.events) events up to \(found.latest.shortText) were counted, and should"
                    + " be \(expected.events) up to \(expected.latest.shortText)")
        }
    }
}
