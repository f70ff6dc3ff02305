import EventModel

/// The times and clicks of all feeds by place: what `feeding-stats` must remember, since a late
/// report may fall between any two of them.
///
///     8 bytes a feed: microseconds since 1970 ‖ click (2 bits)
///
/// Memory is bounded: beyond `limit` feeds, all are sorted into a run in a temporary file, and the
/// runs are merged when somebody reads. Appending costs one store into an array; a log is a value,
/// since runs never change.
struct FeedLog: Sendable {
    private var open: [[Int64]] = []
    private var openCount = 0
    private var runs: [FeedRun] = []
    private var limit: Int

    /// - Parameter limit: feeds to hold in memory, 8 bytes each.
    init(limit: Int = 1 << 21) { self.limit = limit }

    @inline(__always)
    mutating func append(_ time: Timestamp, _ click: ClickKind, at place: UInt32) {
        let place = Int(place)
        if place >= open.count { grow(to: place) }
        open[place].append(time.microseconds << 2 | Int64(click.rawValue))
        openCount += 1
        if openCount >= limit { seal() }
    }

    private mutating func grow(to place: Int) {
        open.append(contentsOf: repeatElement([], count: place + 1 - open.count))
    }

    /// Takes in a later part's feeds.
    mutating func merge(_ later: FeedLog) {
        runs += later.runs
        if later.open.count > open.count { grow(to: later.open.count - 1) }
        for place in later.open.indices { open[place] += later.open[place] }
        openCount += later.openCount
        if openCount >= limit { seal() }
    }

    /// Moves all feeds in memory into a run. Where no file can be made they stay in memory, and it is
    /// tried again at twice as many.
    private mutating func seal() {
        for place in open.indices { FeedLog.sort(&open[place]) }
        guard let run = FeedRun(writing: open) else {
            limit *= 2
            return
        }
        runs.append(run)
        for place in open.indices { open[place].removeAll(keepingCapacity: true) }
        openCount = 0
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
