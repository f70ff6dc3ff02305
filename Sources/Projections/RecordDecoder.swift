import EventModel
import Ledger

/// What came of a batch of records.
struct DecodedBatch {
    let presses: UnsafeMutableBufferPointer<Press>
    var count = 0
    var input = InputDigest()
    var latest = Int64.min
    /// The place of a record that some projection hears, where decoding stopped for it.
    var heard: Int?

    init(_ presses: UnsafeMutableBufferPointer<Press>) { self.presses = presses }
}

/// Turns records into presses. A value of its own, so that the loop over a batch is one access to it.
struct RecordDecoder {
    /// The place of each device code after the registrations so far.
    var places: [UInt32]
    private var nextChange = 0
    private var meanings: ContentMeanings

    /// - Parameter heard: the types that any projection of the pass wants.
    init(places: [UInt32], heard: [any EventDetail.Type]) {
        self.places = places
        self.meanings = ContentMeanings(heard: heard)
    }

    /// Decodes records from `place` on, up to the end or to the first that is heard.
    mutating func decode(
        _ records: Span<EventRecord>, at place: inout Int, first: Int, _ history: History,
        _ lookup: ContentLookup, into batch: inout DecodedBatch
    ) throws {
        while place < records.count {
            let record = records[place]
            let sequence = first + place
            batch.input.add(sequence: sequence, microseconds: record.time)
            batch.latest = max(batch.latest, record.time)
            let meaning = try meanings.meaning(of: record.content, lookup)
            place += 1
            guard Int(record.device) < places.count else {
                throw StateError(
                    "sequence \(sequence) names a device that the ledger does not have")
            }
            if let click = ClickKind(rawValue: meaning) {
                if nextChange < history.changes.count { applyChanges(history, before: sequence) }
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
    private mutating func applyChanges(_ history: History, before sequence: Int) {
        while nextChange < history.changes.count, history.changes[nextChange].sequence < sequence {
            places[history.changes[nextChange].device] = history.changes[nextChange].place
            nextChange += 1
        }
    }
}
