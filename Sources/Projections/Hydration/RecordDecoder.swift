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

    /// The spot of each device code after the registrations so far; nowhere where its feeder does not
    /// count.
    private(set) var spots: [Spot]
    /// Their places alone.
    private var places: [UInt32]
    private var nextChange = 0
    private var meanings: ContentMeanings
    private let only: FeederIndex?
    /// The records of that feeder in a batch, and where in it they stand.
    private var chosen: [EventRecord] = []
    private var origins: [Int] = []
    /// The place of devices whose feeder does not count.
    private static let nowhere = UInt32.max

    /// - Parameter only: the feeder whose events count; nil for all.
    init(_ history: History, meanings: ContentMeanings, only: FeederIndex? = nil) {
        spots = history.firstPlaces.map { RecordDecoder.spot($0, history, only) }
        places = spots.map(\.place)
        self.meanings = meanings
        self.only = only
    }

    private static func spot(_ place: UInt32, _ history: History, _ only: FeederIndex?) -> Spot {
        let feeder = history.places[Int(place)].feeder
        return Spot(
            place: only == nil || only == feeder ? place : RecordDecoder.nowhere, feeder: feeder)
    }

    /// Lends the records from `place` on with the tables that hold for them: up to the end, or to where
    /// a device moves. `body` says how many it took.
    mutating func lend(
        _ records: Span<EventRecord>, at place: inout Int, first: Int, _ history: History,
        _ body: (borrowing CodedBatch) throws -> CodedBatch.Taken
    ) rethrows {
        applyChanges(history, before: first + place)
        let end = stableEnd(records.count, first: first, history)
        let part = records.extracting(place..<end)
        guard only != nil else {
            place += try part.withUnsafeBufferPointer { try lend($0, body) }.records
            return
        }
        choose(part)
        let taken = try chosen.withUnsafeBufferPointer { try lend($0, body) }.records
        place = taken < chosen.count ? place + origins[taken] : end
    }

    private func lend(
        _ records: UnsafeBufferPointer<EventRecord>,
        _ body: (borrowing CodedBatch) throws -> CodedBatch.Taken
    ) rethrows -> CodedBatch.Taken {
        try meanings.table.withUnsafeBufferPointer { meanings in
            try places.withUnsafeBufferPointer { places in
                try body(CodedBatch(records, meanings: meanings, places: places))
            }
        }
    }

    /// Picks out the records of the one feeder that counts, and those of no known device, which end a
    /// batch: so the loop over a batch asks nothing about feeders.
    private mutating func choose(_ records: Span<EventRecord>) {
        chosen.removeAll(keepingCapacity: true)
        origins.removeAll(keepingCapacity: true)
        for at in records.indices {
            let device = Int(records[unchecked: at].device)
            guard device >= places.count || places[device] != RecordDecoder.nowhere else {
                continue
            }
            chosen.append(records[unchecked: at])
            origins.append(at)
        }
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
            guard Int(record.device) < spots.count else {
                throw StateError(
                    "sequence \(sequence) names a device that the ledger does not have")
            }
            let spot = spots[Int(record.device)]
            place += 1
            guard spot.place != RecordDecoder.nowhere else { continue }
            let meaning = try meanings.meaning(of: record.content, lookup)
            if let click = ClickKind(rawValue: meaning) {
                batch.presses[batch.count] = Press(
                    time: Timestamp(microseconds: record.time), sequence: sequence,
                    place: spot.place, feeder: spot.feeder, click: click,
                    device: record.device)
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
            guard device < spots.count else { break }
            let spot = spots[unchecked: device]
            guard spot.place != RecordDecoder.nowhere else {
                at &+= 1
                continue
            }
            guard content < clicks.count else { break }
            let meaning = clicks[unchecked: content]
            if let click = ClickKind(rawValue: meaning) {
                presses[count] = Press(
                    time: Timestamp(microseconds: record.time), sequence: first &+ at,
                    place: spot.place, feeder: spot.feeder, click: click,
                    device: record.device)
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
            let spot = RecordDecoder.spot(change.place, history, only)
            places[change.device] = spot.place
            spots[change.device] = spot
            nextChange += 1
        }
    }
}
