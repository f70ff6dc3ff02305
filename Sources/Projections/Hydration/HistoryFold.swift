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
    private var details = HeardDetails()
    private let presses: UnsafeMutableBufferPointer<Press>
    private var last = 0
    /// Presses that the projections are given at once, at most: 32 KiB, which stay in the nearest cache
    /// until the last projection has had them.
    private static let pressBatch = 1024

    /// - Parameter only: the feeder whose events the projections get; nil for all. The folds' input is
    ///   that of all events either way.
    public init(_ history: History, _ folds: [ProjectionFold], only: FeederIndex? = nil) {
        self.history = history
        self.folds = folds
        // What a content means is remembered for the whole pass, so all folds have a say in it, also
        // those that are ahead and get nothing yet.
        self.decoder = RecordDecoder(
            history, meanings: ContentMeanings(heard: folds.flatMap(\.hears)), only: only)
        self.presses = .allocate(capacity: HistoryFold.pressBatch)
    }

    deinit { presses.deallocate() }

    /// Takes in a batch as `EventLedger.scan` lends it.
    ///
    /// - Throws: `StateError` where the sequences do not rise, or a record names a device that the
    ///   ledger does not have; what a projection's `check()` throws. The folds are then of no more
    ///   use.
    public func take(
        first: Int, _ records: Span<EventRecord>, _ lookup: ContentLookup
    ) throws {
        try take(first: first, records, nil, lookup)
    }

    /// The same, with what the replay index knows of the batch.
    func take(
        first: Int, _ records: Span<EventRecord>, _ facts: SegmentFacts?, _ lookup: ContentLookup
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
            let isWhole = begin == 0 && end == records.count
            try take(
                first: sequence, records.extracting(begin..<end), isWhole ? facts : nil, lookup,
                taking)
            begin = end
        }
    }

    private func take(
        first: Int, _ records: Span<EventRecord>, _ facts: SegmentFacts?, _ lookup: ContentLookup,
        _ folds: [ProjectionFold]
    ) throws {
        guard !folds.isEmpty else { return }
        // What reads codes gets them, and a record by itself where it stopped.
        let readCodes = folds.allSatisfy(\.readsCodes)
        var batch = DecodedBatch(
            readCodes ? UnsafeMutableBufferPointer(rebasing: presses[..<1]) : presses)
        var place = 0
        while place < records.count {
            if readCodes {
                takeCodes(first, records, &place, folds)
                guard place < records.count else { break }
            }
            try decoder.decode(records, at: &place, first: first, history, lookup, into: &batch)
            flush(&batch.count, folds)
            guard let heard = batch.heard else { continue }
            batch.heard = nil
            try hear(records[heard], first + heard, lookup, folds)
        }
        let (input, latest) = facts.map { ($0.input, $0.latest) } ?? digest(first, records)
        for fold in folds {
            fold.input.merge(input)
            fold.latest = max(fold.latest, Timestamp(microseconds: latest))
            fold.sequence = first + records.count - 1
            try fold.check()
        }
    }

    private func takeCodes(
        _ first: Int, _ records: Span<EventRecord>, _ place: inout Int, _ folds: [ProjectionFold]
    ) {
        decoder.lend(records, at: &place, first: first, history) { batch in
            var taken = CodedBatch.Taken()
            for fold in folds {
                taken = fold.apply(coded: batch, history)
                fold.events += taken.presses
            }
            return taken
        }
    }

    private func digest(
        _ first: Int, _ records: Span<EventRecord>
    ) -> (input: InputDigest, latest: Int64) {
        var input = InputDigest()
        input.add(first: first, records)
        var latest = Int64.min
        for place in records.indices { latest = max(latest, records[unchecked: place].time) }
        return (input, latest)
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
        let spot = decoder.spots[Int(record.device)]
        var isUndecodable = false
        for fold in folds {
            switch try details.detail(of: record.content, for: fold, lookup) {
            case nil: continue
            case .some(nil): isUndecodable = true
            case .some(let detail?):
                fold.apply(
                    HeardEvent(
                        time: Timestamp(microseconds: record.time), sequence: sequence,
                        feeder: spot.feeder, place: spot.place, detail: detail),
                    history)
                fold.events += 1
            }
        }
        if isUndecodable {
            undecodable += 1
            if firstUndecodable == nil { firstUndecodable = sequence }
        }
    }
}
