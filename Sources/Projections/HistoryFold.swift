import EventModel
import Ledger

/// Feeds one pass over a ledger to any number of projections.
///
///     records (16 bytes) ──decode──> presses (32 bytes) ──once a batch──> projection, projection, …
///
/// Codes become clicks and places by two table look-ups; each distinct content is parsed once.
/// A fold refuses what it has had: records at or below its sequence are passed over, so a
/// redelivered part changes nothing.
public final class HistoryFold {
    public let history: History
    public let folds: [ProjectionFold]
    /// Events of types that some projection hears, whose detail was not of the expected form.
    public private(set) var undecodable = 0
    /// The sequence of the first of them.
    public private(set) var firstUndecodable: Int?

    private var decoder: RecordDecoder
    private let presses: UnsafeMutableBufferPointer<Press>
    private var last = 0

    public init(_ history: History, _ folds: [ProjectionFold]) {
        self.history = history
        self.folds = folds
        self.decoder = RecordDecoder(places: history.firstPlaces)
        self.presses = .allocate(capacity: EventLedger.scanBatch)
    }

    deinit { presses.deallocate() }

    /// Takes in a batch as `EventLedger.scan` lends it.
    ///
    /// - Throws: `StateError` where the sequences do not rise.
    public func take(
        first: Int, _ records: Span<EventRecord>, _ lookup: ContentLookup
    ) throws {
        guard first > last else {
            throw StateError("sequence \(first) came after \(last): a fold needs them to rise")
        }
        last = first + records.count - 1
        // A fold that is ahead, because its store was, gets only what it has not had.
        var begin = 0
        while begin < records.count {
            let sequence = first + begin
            let ahead = folds.map(\.sequence).filter { $0 >= sequence }.min() ?? Int.max
            let end = min(records.count, ahead == .max ? records.count : ahead - first + 1)
            let taking = folds.filter { $0.sequence < sequence }
            try take(first: first, records.extracting(begin..<end), from: begin, lookup, taking)
            begin = end
        }
    }

    private func take(
        first: Int, _ records: Span<EventRecord>, from begin: Int, _ lookup: ContentLookup,
        _ folds: [ProjectionFold]
    ) throws {
        guard !folds.isEmpty else { return }
        var batch = DecodedBatch(presses)
        var place = 0
        while place < records.count {
            try decoder.decode(
                records, at: &place, first: first + begin, history, lookup, folds, into: &batch)
            flush(&batch.count, folds)
            guard let heard = batch.heard else { continue }
            batch.heard = nil
            try hear(records[heard], first + begin + heard, lookup, folds)
        }
        for fold in folds {
            fold.input.merge(batch.input)
            fold.latest = max(fold.latest, Timestamp(microseconds: batch.latest))
            fold.sequence = first + begin + records.count - 1
        }
    }

    private func flush(_ count: inout Int, _ folds: [ProjectionFold]) {
        guard count > 0 else { return }
        let batch = UnsafeBufferPointer(rebasing: presses[..<count]).span
        for fold in folds {
            fold.apply(batch: batch, history)
            fold.events += count
        }
        count = 0
    }

    private func hear(
        _ record: EventRecord, _ sequence: Int, _ lookup: ContentLookup, _ folds: [ProjectionFold]
    ) throws {
        let content = try lookup.content(record.content)
        let index = decoder.places[Int(record.device)]
        for fold in folds {
            guard let type = fold.hears.first(where: { $0.matches(content) }) else { continue }
            guard let value = try? JSONValue(parsing: content.detail),
                let detail = type.init(detail: value)
            else {
                undecodable += 1
                if firstUndecodable == nil { firstUndecodable = sequence }
                continue
            }
            fold.apply(
                HeardEvent(
                    time: Timestamp(microseconds: record.time), sequence: sequence,
                    feeder: history.places[Int(index)].feeder, place: index, detail: detail),
                history)
            fold.events += 1
        }
    }
}

extension EventDetail {
    static func matches(_ content: EventContent) -> Bool {
        content.detailType == detailType && (source == nil || content.source == source)
    }
}

/// What came of a batch of records.
private struct DecodedBatch {
    let presses: UnsafeMutableBufferPointer<Press>
    var count = 0
    var input = InputDigest()
    var latest = Int64.min
    /// The place of a record that some projection hears, where decoding stopped for it.
    var heard: Int?

    init(_ presses: UnsafeMutableBufferPointer<Press>) { self.presses = presses }
}

/// Turns records into presses. A value of its own, so that the loop over a batch is one access to it.
private struct RecordDecoder {
    /// The place of each device code after the registrations so far.
    var places: [UInt32]
    private var nextChange = 0
    private var meanings = ContentMeanings()

    init(places: [UInt32]) { self.places = places }

    /// Decodes records from `place` on, up to the end or to the first that is heard.
    mutating func decode(
        _ records: Span<EventRecord>, at place: inout Int, first: Int, _ history: History,
        _ lookup: ContentLookup, _ folds: [ProjectionFold], into batch: inout DecodedBatch
    ) throws {
        while place < records.count {
            let record = records[place]
            let sequence = first + place
            batch.input.add(sequence: sequence, microseconds: record.time)
            batch.latest = max(batch.latest, record.time)
            let meaning = try meanings.meaning(of: record.content, lookup, folds)
            place += 1
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

/// What each content code means to a fold, in a byte: a click, another event that is heard, or
/// nothing. Bounded: codes beyond the table share slots, and are looked up again when they collide.
private struct ContentMeanings {
    static let heard: UInt8 = 0xFD
    static let ignored: UInt8 = 0xFE
    private static let unknown: UInt8 = 0xFF
    private static let tableLimit = 1 << 20
    private static let slots = 1 << 16

    private var table: [UInt8] = []
    private var slotCode: [UInt32] = []
    private var slotMeaning: [UInt8] = []

    @inline(__always)
    mutating func meaning(
        of code: UInt32, _ lookup: ContentLookup, _ folds: [ProjectionFold]
    ) throws -> UInt8 {
        if Int(code) < table.count {
            let found = table[Int(code)]
            if found != ContentMeanings.unknown { return found }
        }
        return try find(code, lookup, folds)
    }

    @inline(never)
    private mutating func find(
        _ code: UInt32, _ lookup: ContentLookup, _ folds: [ProjectionFold]
    ) throws -> UInt8 {
        let place = Int(code)
        let slot = place % ContentMeanings.slots
        if place >= ContentMeanings.tableLimit, !slotCode.isEmpty, slotCode[slot] == code {
            return slotMeaning[slot]
        }
        let content = try lookup.content(code)
        let meaning: UInt8 =
            if let click = content.click {
                click.rawValue
            } else if folds.contains(where: { $0.hears.contains { $0.matches(content) } }) {
                ContentMeanings.heard
            } else {
                ContentMeanings.ignored
            }
        if place < ContentMeanings.tableLimit {
            if place >= table.count {
                let count = min(ContentMeanings.tableLimit, max(1024, place * 2))
                table.append(
                    contentsOf: repeatElement(ContentMeanings.unknown, count: count - table.count))
            }
            table[place] = meaning
        } else {
            if slotCode.isEmpty {
                slotCode = Array(repeating: 0, count: ContentMeanings.slots)
                slotMeaning = Array(repeating: 0, count: ContentMeanings.slots)
            }
            slotCode[slot] = code
            slotMeaning[slot] = meaning
        }
        return meaning
    }
}
