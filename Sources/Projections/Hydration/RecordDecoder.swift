import EventModel
import Ledger

/// What came of a batch of records.
struct DecodedBatch {
    let presses: UnsafeMutableBufferPointer<Press>
    /// How many presses wait to be given on.
    var count = 0
    var input = InputDigest()
    var latest = Int64.min
    /// The place of a record that some projection hears, where decoding stopped for it.
    var heard: Int?

    init(_ presses: UnsafeMutableBufferPointer<Press>) { self.presses = presses }
}

/// Turns records into presses.
///
/// A value of its own, so that the loop over a batch is one access to it: as fields of the class that
/// drives it, each record would pay for the check of exclusive access.
struct RecordDecoder {
    /// The place of each device code after the registrations so far.
    private(set) var places: [UInt32]
    private var nextChange = 0
    private var meanings: ContentMeanings

    init(places: [UInt32], meanings: ContentMeanings) {
        self.places = places
        self.meanings = meanings
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
            let record = records[place]
            let sequence = first + place
            batch.input.add(sequence: sequence, microseconds: record.time)
            batch.latest = max(batch.latest, record.time)
            let meaning = try meanings.meaning(of: record.content, lookup)
            guard Int(record.device) < places.count else {
                throw StateError(
                    "sequence \(sequence) names a device that the ledger does not have")
            }
            place += 1
            if let click = ClickKind(rawValue: meaning) {
                applyChanges(history, before: sequence)
                let index = places[Int(record.device)]
                batch.presses[batch.count] = Press(
                    time: Timestamp(microseconds: record.time), sequence: sequence, place: index,
                    feeder: history.places[Int(index)].feeder, click: click)
                batch.count += 1
            } else if meaning == ContentMeanings.heard {
                applyChanges(history, before: sequence)
                batch.heard = place - 1
                return
            }
        }
    }

    /// Registrations below `sequence` take effect.
    @inline(__always)
    private mutating func applyChanges(_ history: History, before sequence: Int) {
        while nextChange < history.changes.count, history.changes[nextChange].sequence < sequence {
            places[history.changes[nextChange].device] = history.changes[nextChange].place
            nextChange += 1
        }
    }
}
