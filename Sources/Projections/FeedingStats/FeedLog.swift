import EventModel
import Foundation

/// The times and clicks of all feeds by place: what `feeding-stats` must remember, since a late
/// report may fall between any two of them.
///
///     8 bytes a feed: microseconds since 1970 ‖ click (2 bits)
///
/// Memory is bounded: beyond `limit` feeds, all are sorted into a run in a temporary file, and the
/// runs are merged when somebody reads. Where that fails, the log is no longer whole, or no longer
/// bounded: `check()` throws. Appending costs one store into an array; a log is a value,
/// since runs never change.
struct FeedLog: Sendable {
    private var open: [[Int64]] = []
    private var openCount = 0
    private var runs: [FeedRun] = []
    private let limit: Int
    private let folder: String
    /// Why feeds beyond the limit are still in memory.
    private(set) var failure: StoreError?

    /// - Parameters:
    ///   - limit: feeds to hold in memory, 8 bytes each.
    ///   - folder: where feeds beyond that wait.
    init(limit: Int = 1 << 21, folder: String = NSTemporaryDirectory()) {
        self.limit = limit
        self.folder = folder
    }

    @inline(__always)
    mutating func append(_ time: Timestamp, _ click: ClickKind, at place: UInt32) {
        let place = Int(place)
        if place >= open.count { grow(to: place) }
        open[place].append(time.microseconds << 2 | Int64(click.rawValue))
        openCount += 1
        if openCount >= limit { seal() }
    }

    /// Appends many, at places below `places`.
    mutating func append(_ batch: borrowing CodedBatch, places: Int) -> CodedBatch.Taken {
        if places > open.count { grow(to: places - 1) }
        var taken = CodedBatch.Taken()
        // In pieces that end where the log is full.
        while true {
            let room = max(1, limit - openCount)
            let piece = open.withUnsafeMutableBufferPointer { lists in
                batch.forEachPress(from: taken.records, room: room) { time, place, click in
                    lists[place].append(time << 2 | Int64(click))
                }
            }
            taken.records += piece.records
            taken.presses += piece.presses
            openCount += piece.presses
            if openCount >= limit { seal() }
            if piece.presses < room { return taken }
        }
    }

    private mutating func grow(to place: Int) {
        open.append(contentsOf: repeatElement([], count: place + 1 - open.count))
    }

    /// Takes in a later part's feeds.
    mutating func merge(_ later: FeedLog) {
        runs += later.runs
        failure = failure ?? later.failure
        if later.open.count > open.count { grow(to: later.open.count - 1) }
        for place in later.open.indices { open[place] += later.open[place] }
        openCount += later.openCount
        if openCount >= limit { seal() }
    }

    /// Moves all feeds in memory into a run. Where no file can be made they stay there, until somebody
    /// looks at `check()`.
    private mutating func seal() {
        guard failure == nil else { return }
        for place in open.indices { FeedLog.sort(&open[place]) }
        do throws(StoreError) {
            runs.append(try FeedRun(writing: open, in: folder))
        } catch {
            failure = error
            return
        }
        for place in open.indices { open[place].removeAll(keepingCapacity: true) }
        openCount = 0
    }

    /// - Throws: `StoreError.storage` where feeds could not be put away, or not all of those that were
    ///   read since came back.
    func check() throws(StoreError) {
        if let failure { throw failure }
        for run in runs { try run.check() }
    }

    /// Feeds nearly always come in order; a late one is the exception.
    private static func sort(_ feeds: inout [Int64]) {
        var last = Int64.min
        for feed in feeds {
            if feed < last {
                feeds.sort()
                return
            }
            last = feed
        }
    }

    /// The number of feeds at these places.
    func count(at places: [Int]) -> Int {
        places.reduce(0) { sum, place in
            sum + (place < open.count ? open[place].count : 0)
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
            if place < open.count, !open[place].isEmpty {
                var sorted = open[place]
                FeedLog.sort(&sorted)
                sources.append(FeedSource(place: place, feeds: sorted))
            }
        }
        if sources.count == 1 {
            let place = sources[0].place
            while let piece = sources[0].nextPiece() {
                for feed in piece { try deliver(feed, place, body) }
            }
            return
        }
        var heads = sources.indices.map { sources[$0].next() }
        while true {
            var least: (Int64, Int)?
            for (index, head) in heads.enumerated() {
                if let head, least == nil || head < least!.0 { least = (head, index) }
            }
            guard let (feed, index) = least else { return }
            heads[index] = sources[index].next()
            try deliver(feed, sources[index].place, body)
        }
    }

    @inline(__always)
    private func deliver(
        _ feed: Int64, _ place: Int, _ body: (Timestamp, ClickKind, Int) throws -> Void
    ) rethrows {
        let click = ClickKind(rawValue: UInt8(truncatingIfNeeded: feed & 3)) ?? .single
        try body(Timestamp(microseconds: feed >> 2), click, place)
    }
}
