import EventModel
import Ledger

/// What came of a batch of records.
struct DecodedBatch {
    let presses: UnsafeMutableBufferPointer<Press>
    /// How many presses wait to be given on.
    var count = 0
    /// The place of a record that some projection hears, where decoding stopped for it.
    var heard: Int?

    init(_ presses: UnsafeMutableBufferPointer<Press>) { self.presses = presses }
}

/// Turns records into presses.
///
/// A value of its own, so that the loop over a batch is one access to it: as fields of the class that
/// drives it, each record would pay for the check of exclusive access.
struct RecordDecoder {
    /// Where a device stands: what a press says of it.
    struct Spot: BitwiseCopyable {
        var place: UInt32
        var feeder: FeederIndex
    }

    /// The spot of each device code after the registrations so far.
    private(set) var spots: [Spot]
    /// Their places alone.
    private var places: [UInt32]
    private var nextChange = 0
    private var meanings: ContentMeanings

    init(_ history: History, meanings: ContentMeanings) {
        spots = history.firstPlaces.map {
            Spot(place: $0, feeder: history.places[Int($0)].feeder)
        }
        places = history.firstPlaces
        self.meanings = meanings
    }

    /// Lends the records from `place` on with the tables that hold for them: up to the end, or to where
    /// a device moves. `body` says how many it took.
    mutating func lend(
        _ records: Span<EventRecord>, at place: inout Int, first: Int, _ history: History,
        _ body: (borrowing CodedBatch) throws -> CodedBatch.Taken
    ) rethrows {
        applyChanges(history, before: first + place)
        let end = stableEnd(records.count, first: first, history)
        let taken = try records.extracting(place..<end).withUnsafeBufferPointer { records in
            try meanings.table.withUnsafeBufferPointer { meanings in
                try places.withUnsafeBufferPointer { places in
                    try body(CodedBatch(records, meanings: meanings, places: places))
                }
            }
        }
        place += taken.records
    }

    /// Up to which record, of `count` from sequence `first` on, no device moves.
    private func stableEnd(_ count: Int, first: Int, _ history: History) -> Int {
        guard nextChange < history.changes.count else { return count }
        return min(count, history.changes[nextChange].sequence - first + 1)
    }

    /// Decodes records from `place` on: up to the end, to the first that is heard, or as many presses
    /// as there is room for.
    ///
    /// - Throws: `StateError` for a device that the ledger does not have.
    mutating func decode(
        _ records: Span<EventRecord>, at place: inout Int, first: Int, _ history: History,
        _ lookup: ContentLookup, into batch: inout DecodedBatch
    ) throws {
        while place < records.count, batch.count < batch.presses.count {
            applyChanges(history, before: first + place)
            let end = min(
                stableEnd(records.count, first: first, history),
                place + batch.presses.count - batch.count)
            decodeKnown(records, &place, end, first, into: &batch)
            guard place < end else { continue }
            // A content that comes up first, or one that is no press.
            let record = records[place]
            let sequence = first + place
            let meaning = try meanings.meaning(of: record.content, lookup)
            guard Int(record.device) < spots.count else {
                throw StateError(
                    "sequence \(sequence) names a device that the ledger does not have")
            }
            place += 1
            if let click = ClickKind(rawValue: meaning) {
                let spot = spots[Int(record.device)]
                batch.presses[batch.count] = Press(
                    time: Timestamp(microseconds: record.time), sequence: sequence,
                    place: spot.place, feeder: spot.feeder, click: click)
                batch.count += 1
            } else if meaning == ContentMeanings.heard {
                batch.heard = place - 1
                return
            }
        }
    }

    /// Decodes records up to `end`, or the first whose meaning is not at hand: two look-ups in tables
    /// a record, and nothing else.
    @inline(__always)
    private func decodeKnown(
        _ records: Span<EventRecord>, _ place: inout Int, _ end: Int, _ first: Int,
        into batch: inout DecodedBatch
    ) {
        var at = place
        var count = batch.count
        let presses = batch.presses
        let clicks = meanings.table.span
        let spots = spots.span
        while at < end {
            let record = records[unchecked: at]
            let (content, device) = (Int(record.content), Int(record.device))
            guard content < clicks.count, device < spots.count else { break }
            let meaning = clicks[unchecked: content]
            if let click = ClickKind(rawValue: meaning) {
                let spot = spots[unchecked: device]
                presses[count] = Press(
                    time: Timestamp(microseconds: record.time), sequence: first &+ at,
                    place: spot.place, feeder: spot.feeder, click: click)
                count &+= 1
            } else if meaning != ContentMeanings.ignored {
                break
            }
            at &+= 1
        }
        place = at
        batch.count = count
    }

    /// Registrations below `sequence` take effect.
    @inline(__always)
    private mutating func applyChanges(_ history: History, before sequence: Int) {
        while nextChange < history.changes.count, history.changes[nextChange].sequence < sequence {
            let change = history.changes[nextChange]
            places[change.device] = change.place
            spots[change.device] = Spot(
                place: change.place, feeder: history.places[Int(change.place)].feeder)
            nextChange += 1
        }
    }
}
