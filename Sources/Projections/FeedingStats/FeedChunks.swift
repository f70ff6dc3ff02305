import EventModel

/// Feeds by place in one buffer, 8 bytes each: a chain of small chunks for each place.
///
///     pool:    │ place 7 │ place 0 │ place 7 │ place 3 │ …     32 feeds a chunk
///     next:         2         -         -         -
///     chains:  place ──> its first chunk, one past its last feed
///
/// A feed is one store behind its place's last one. An array for each place would ask, a feed, who
/// owns it and how much it holds; feeds in order of arrival would have to be sorted by place later.
/// Memory: the feeds, and less than a chunk more for each place. The feeds of a part that was merged
/// stay where they are, behind those before it.
struct FeedChunks: Sendable {
    private struct Chain {
        var first = 0
        /// A multiple of `chunk` where the last chunk is full, or there is none.
        var end = 0
    }

    private static let chunk = FeedPool.chunk
    private var pool = FeedPool()
    private var chains: [Chain] = []
    /// Feeds that came before all of `pool`, of parts that were merged.
    private var earlier: [FeedChunks] = []
    /// How many chunks are in use.
    private var used = 0
    /// How many feeds there are.
    private(set) var count = 0

    /// How many places there are lists for.
    var places: Int { earlier.reduce(chains.count) { max($0, $1.places) } }

    /// Makes room for places below `count`.
    mutating func grow(places count: Int) {
        guard count > chains.count else { return }
        chains.append(contentsOf: repeatElement(Chain(), count: count - chains.count))
    }

    /// Forgets the feeds, and keeps the memory.
    mutating func removeAll() {
        earlier = []
        for place in chains.indices { chains[place] = Chain() }
        (used, count) = (0, 0)
    }

    /// Makes chunks for `more` feeds, wherever they go.
    private mutating func reserve(_ more: Int) {
        let needed = used + more / FeedChunks.chunk + min(more, chains.count) + 1
        // A pool that another log reads as well must not change.
        if !isKnownUniquelyReferenced(&pool) { pool = FeedPool(copying: pool, used: used) }
        guard needed > pool.chunks else { return }
        pool.grow(to: max(needed, pool.chunks * 2))
    }

    /// Appends a feed at a place that there is room for.
    mutating func append(_ feed: Int64, at place: Int) {
        reserve(1)
        var end = chains[place].end
        if end % FeedChunks.chunk == 0 {
            if end == 0 {
                chains[place].first = used
            } else {
                pool.next[end / FeedChunks.chunk - 1] = used
            }
            end = used * FeedChunks.chunk
            used += 1
        }
        pool.feeds[end] = feed
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
        let (feeds, next) = (pool.feeds, pool.next)
        let taken = chains.withUnsafeMutableBufferPointer { chains in
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
                feeds[end] = time << 2 | Int64(click)
                chains[place].end = end &+ 1
            }
        }
        self.used = used
        count += taken.presses
        return taken
    }

    /// Appends all feeds of later ones, in their order: few are copied, many are taken over.
    mutating func append(_ later: FeedChunks) {
        guard later.count >= FeedChunks.takenOver else {
            grow(places: later.places)
            for place in 0..<later.places {
                later.forEachPiece(at: place) { for feed in $0 { append(feed, at: place) } }
            }
            return
        }
        let before = earlier
        let all = count + later.count
        earlier = []
        if count > 0 {
            count -= before.reduce(0) { $0 + $1.count }
            earlier = before + [self] + later.earlier
        } else {
            earlier = later.earlier
        }
        (pool, chains, used, count) = (later.pool, later.chains, later.used, all)
    }

    /// From so many feeds on a part is taken over.
    private static let takenOver = 1 << 16

    /// Calls `body` with the feeds of a place, in order of arrival.
    private func forEachPiece(at place: Int, _ body: (UnsafeBufferPointer<Int64>) -> Void) {
        for part in earlier { part.forEachPiece(at: place, body) }
        guard place < chains.count, chains[place].end > 0 else { return }
        let end = chains[place].end
        let last = (end - 1) / FeedChunks.chunk
        var chunk = chains[place].first
        withExtendedLifetime(pool) {
            while chunk != last {
                body(pool.feeds(of: chunk, FeedChunks.chunk))
                chunk = pool.next[chunk]
            }
            body(pool.feeds(of: chunk, end - chunk * FeedChunks.chunk))
        }
    }

    /// How many feeds a place has.
    func count(at place: Int) -> Int {
        var count = 0
        forEachPiece(at: place) { count += $0.count }
        return count
    }

    /// Appends the feeds of a place to `list`, sorted.
    func appendSorted(at place: Int, to list: inout [Int64]) {
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
