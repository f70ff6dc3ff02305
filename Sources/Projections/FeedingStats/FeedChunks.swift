import EventModel

/// Feeds by place in one buffer, 8 bytes each: a chain of small chunks for each place.
///
///     pool:    │ place 7 │ place 0 │ place 7 │ place 3 │ …     32 feeds a chunk
///     next:         2         -         -         -
///     chains:  place ──> its first chunk, one past its last feed
///
/// A feed is one store behind its place's last one. An array for each place would ask, a feed, who
/// owns it and how much it holds; feeds in order of arrival would have to be sorted by place later.
/// Memory: the feeds, and less than a chunk more for each place.
struct FeedChunks: Sendable {
    private struct Chain {
        var first = 0
        /// A multiple of `chunk` where the last chunk is full, or there is none.
        var end = 0
    }

    private static let chunk = 32
    private var pool: [Int64] = []
    private var next: [Int] = []
    private var chains: [Chain] = []
    /// How many chunks are in use.
    private var used = 0
    /// How many feeds there are.
    private(set) var count = 0

    /// How many places there are lists for.
    var places: Int { chains.count }

    /// Makes room for places below `count`.
    mutating func grow(places count: Int) {
        guard count > chains.count else { return }
        chains.append(contentsOf: repeatElement(Chain(), count: count - chains.count))
    }

    /// Forgets the feeds, and keeps the memory.
    mutating func removeAll() {
        for place in chains.indices { chains[place] = Chain() }
        (used, count) = (0, 0)
    }

    /// Makes chunks for `more` feeds, wherever they go.
    private mutating func reserve(_ more: Int) {
        let needed = used + more / FeedChunks.chunk + min(more, chains.count) + 1
        guard needed > next.count else { return }
        // Twice as many each time, so that copying costs little a feed.
        let count = max(needed, next.count * 2)
        pool.append(
            contentsOf: repeatElement(0, count: count * FeedChunks.chunk - pool.count))
        next.append(contentsOf: repeatElement(0, count: count - next.count))
    }

    /// Appends a feed at a place that there is room for.
    mutating func append(_ feed: Int64, at place: Int) {
        reserve(1)
        var end = chains[place].end
        if end % FeedChunks.chunk == 0 {
            if end == 0 {
                chains[place].first = used
            } else {
                next[end / FeedChunks.chunk - 1] = used
            }
            end = used * FeedChunks.chunk
            used += 1
        }
        pool[end] = feed
        chains[place].end = end + 1
        count += 1
    }

    /// Appends the presses of a batch from record `begin` on, `room` at most, at places that there is
    /// room for.
    mutating func append(
        _ batch: borrowing CodedBatch, from begin: Int, room: Int
    ) -> CodedBatch.Taken {
        reserve(room)
        var used = used
        // One look at who owns the buffers; their bounds were settled above.
        let taken = pool.withUnsafeMutableBufferPointer { pool in
            next.withUnsafeMutableBufferPointer { next in
                chains.withUnsafeMutableBufferPointer { chains in
                    batch.forEachPress(from: begin, room: room) { time, place, click in
                        var end = chains[place].end
                        if end % FeedChunks.chunk == 0 {
                            if end == 0 {
                                chains[place].first = used
                            } else {
                                next[end / FeedChunks.chunk &- 1] = used
                            }
                            end = used &* FeedChunks.chunk
                            used &+= 1
                        }
                        pool[end] = time << 2 | Int64(click)
                        chains[place].end = end &+ 1
                    }
                }
            }
        }
        self.used = used
        count += taken.presses
        return taken
    }

    /// Appends all feeds of later ones, in their order.
    mutating func append(_ later: FeedChunks) {
        grow(places: later.places)
        reserve(later.count)
        for place in later.chains.indices {
            later.forEachPiece(at: place) { for feed in $0 { append(feed, at: place) } }
        }
    }

    /// Calls `body` with the feeds of a place, in order of arrival.
    private func forEachPiece(at place: Int, _ body: (ArraySlice<Int64>) -> Void) {
        let chain = chains[place]
        guard chain.end > 0 else { return }
        let last = (chain.end - 1) / FeedChunks.chunk
        var chunk = chain.first
        while chunk != last {
            body(pool[chunk * FeedChunks.chunk..<(chunk + 1) * FeedChunks.chunk])
            chunk = next[chunk]
        }
        body(pool[chunk * FeedChunks.chunk..<chain.end])
    }

    /// How many feeds a place has.
    func count(at place: Int) -> Int {
        guard place < chains.count else { return 0 }
        var count = 0
        forEachPiece(at: place) { count += $0.count }
        return count
    }

    /// Appends the feeds of a place to `list`, sorted.
    func appendSorted(at place: Int, to list: inout [Int64]) {
        guard place < chains.count else { return }
        let begin = list.count
        forEachPiece(at: place) { list.append(contentsOf: $0) }
        // Feeds nearly always come in order; a late one is the exception.
        var last = Int64.min
        for feed in list[begin...] {
            if feed < last {
                list[begin...].sort()
                return
            }
            last = feed
        }
    }
}
