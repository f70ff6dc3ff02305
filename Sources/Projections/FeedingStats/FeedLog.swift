import EventModel
import Foundation

/// The times and clicks of all feeds by place: what `feeding-stats` must remember, since a late
/// report may fall between any two of them.
///
///     8 bytes a feed: microseconds since 1970 ‖ click (2 bits)
///
/// Memory is bounded: beyond `limit` feeds (four times as many where parts were merged), all are sorted into a run in a temporary file, and the
/// runs are merged when somebody reads. Where that fails, the log is no longer whole, or no longer
/// bounded: `check()` throws. A log is a value, since runs never change.
struct FeedLog: Sendable {
    private var open = FeedChunks()
    private var runs: [FeedRun] = []
    private let limit: Int
    /// How many parts' feeds may be in memory once they are merged, until more are appended.
    private static let partsInMemory = 4
    private let folder: String
    /// Why feeds beyond the limit are still in memory.
    private(set) var failure: StoreError?

    /// How many feeds are in memory.
    var inMemory: Int { open.count }

    /// - Parameters:
    ///   - limit: feeds to hold in memory, 8 bytes each.
    ///   - folder: where feeds beyond that wait.
    init(limit: Int = 1 << 21, folder: String = NSTemporaryDirectory()) {
        self.limit = limit
        self.folder = folder
    }

    mutating func append(_ time: Timestamp, _ click: ClickKind, at place: UInt32) {
        open.grow(places: Int(place) + 1)
        open.append(time.microseconds << 2 | Int64(click.rawValue), at: Int(place))
        if open.count >= limit { seal() }
    }

    /// Appends many, at places below `places`.
    mutating func append(_ batch: borrowing CodedBatch, places: Int) -> CodedBatch.Taken {
        open.grow(places: places)
        var taken = CodedBatch.Taken()
        // In pieces that end where the log is full.
        while true {
            let room = max(1, min(limit - open.count, batch.records.count - taken.records))
            let piece = open.append(batch, from: taken.records, room: room)
            taken.records += piece.records
            taken.presses += piece.presses
            if open.count >= limit { seal() }
            if piece.presses < room { return taken }
        }
    }

    /// Takes in a later part's feeds.
    mutating func merge(_ later: FeedLog) {
        runs += later.runs
        failure = failure ?? later.failure
        // Both are in memory already, so they may stay there; not those of any number of parts.
        if open.count + later.open.count > limit * FeedLog.partsInMemory { seal() }
        if open.count == 0 { open = later.open } else { open.append(later.open) }
    }

    /// Moves all feeds in memory into a run. Where no file can be made they stay there, until somebody
    /// looks at `check()`.
    private mutating func seal() {
        guard failure == nil, open.count > 0 else { return }
        do throws(StoreError) {
            runs.append(try FeedRun(writing: open, in: folder))
        } catch {
            failure = error
            return
        }
        open.removeAll()
    }

    /// - Throws: `StoreError.storage` where feeds could not be put away, or not all of those that were
    ///   read since came back.
    func check() throws(StoreError) {
        if let failure { throw failure }
        for run in runs { try run.check() }
    }

    /// The number of feeds at these places.
    func count(at places: [Int]) -> Int {
        places.reduce(0) { sum, place in
            sum + open.count(at: place)
                + runs.reduce(0) { $0 + $1.count(at: place) }
        }
    }

    /// The feeds at these places in order of time, then click, then as the places are listed.
    func forEach(
        at places: [Int], _ body: (Timestamp, ClickKind, _ place: Int) throws -> Void
    ) rethrows {
        var sources: [FeedSource] = []
        for place in places {
            for run in runs where run.count(at: place) > 0 {
                sources.append(FeedSource(run: run, place: place))
            }
            var feeds: [Int64] = []
            open.appendSorted(at: place, to: &feeds)
            if !feeds.isEmpty { sources.append(FeedSource(place: place, feeds: feeds)) }
        }
        var heads = sources.indices.map { sources[$0].head() }
        while let (index, bound) = FeedLog.least(heads) {
            let place = sources[index].place
            // Sources hardly ever overlap in time, so one goes on for long.
            while let piece = sources[index].nextPiece(through: bound) {
                for feed in piece { try deliver(feed, place, body) }
            }
            heads[index] = sources[index].head()
        }
    }

    /// The source with the least head, of equals the first; and the greatest feed that it may still
    /// give before it is another source's turn.
    private static func least(_ heads: [Int64?]) -> (index: Int, bound: Int64)? {
        var least: (index: Int, feed: Int64)?
        for (index, head) in heads.enumerated() {
            if let head, least.map({ head < $0.feed }) ?? true { least = (index, head) }
        }
        guard let least else { return nil }
        var bound = Int64.max
        for (index, head) in heads.enumerated() where index != least.index {
            // An equal feed of a later source waits; one of an earlier source does not.
            if let head { bound = min(bound, index < least.index ? head - 1 : head) }
        }
        return (least.index, bound)
    }

    @inline(__always)
    private func deliver(
        _ feed: Int64, _ place: Int, _ body: (Timestamp, ClickKind, Int) throws -> Void
    ) rethrows {
        let click = ClickKind(rawValue: UInt8(truncatingIfNeeded: feed & 3)) ?? .single
        try body(Timestamp(microseconds: feed >> 2), click, place)
    }
}
