import EventModel
import Ledger

/// Picks out of generated events those that happened by a time, as a scan of a ledger does.
struct TimeCut {
    private let until: Timestamp?
    private let endsEarly: Bool
    /// The last sequence that was looked at; of a time in a run whose times never fall, the last that
    /// counts.
    private(set) var reached = 0
    /// Whether no event after it can count.
    private(set) var isOver = false
    /// The time of the event at `reached`.
    private(set) var lastTime: Timestamp?
    private var firstLeftOut = Int.max
    private var lastTaken = 0

    /// - Parameter endsEarly: whether no time is below the one before.
    init(_ until: Timestamp?, endsEarly: Bool) {
        self.until = until
        self.endsEarly = endsEarly
    }

    /// The stretches of these events that count, as places in the slice's array.
    mutating func take(_ records: ArraySlice<EventRecord>) -> [Range<Int>] {
        guard let last = records.last else { return [] }
        guard let until else {
            (reached, lastTime) = (reached + records.count, Timestamp(microseconds: last.time))
            return [records.indices]
        }
        var parts: [Range<Int>] = []
        for place in records.indices {
            let record = records[place]
            guard record.time <= until.microseconds else {
                if endsEarly {
                    isOver = true
                    return parts
                }
                reached += 1
                firstLeftOut = min(firstLeftOut, reached)
                continue
            }
            reached += 1
            lastTaken = reached
            lastTime = Timestamp(microseconds: record.time)
            if let open = parts.last, open.upperBound == place {
                parts[parts.count - 1] = open.lowerBound..<place + 1
            } else {
                parts.append(place..<place + 1)
            }
        }
        return parts
    }

    /// From the first event after the time to the last by it; nil where no event after it came before
    /// one by it.
    var straddle: ClosedRange<Int>? {
        firstLeftOut < lastTaken ? firstLeftOut...lastTaken : nil
    }
}
