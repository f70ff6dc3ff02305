import Foundation

/// The memory of chunks: feeds, and for each chunk the one that its place goes on in.
///
/// Nothing is written before it is used, so memory that nobody uses costs nothing; and a large pool
/// grows by moving its pages, not its feeds. An array would fill what it grows by, and copy the rest:
/// more work than folding.
///
/// Unchecked: `FeedChunks` writes to a pool that it alone has, and copies one that it shares.
final class FeedPool: @unchecked Sendable {
    /// How many feeds a chunk holds.
    static let chunk = 32
    private(set) var feeds: UnsafeMutablePointer<Int64>
    private(set) var next: UnsafeMutablePointer<Int>
    /// How many chunks there is memory for.
    private(set) var chunks: Int

    init(chunks: Int = 1) {
        feeds = FeedPool.resize(nil, chunks * FeedPool.chunk)
        next = FeedPool.resize(nil, chunks)
        self.chunks = chunks
    }

    /// A pool of the same size with the first `used` chunks of another.
    convenience init(copying other: FeedPool, used: Int) {
        self.init(chunks: other.chunks)
        feeds.update(from: other.feeds, count: used * FeedPool.chunk)
        next.update(from: other.next, count: used)
    }

    deinit {
        free(feeds)
        free(next)
    }

    /// Makes memory for more chunks.
    func grow(to chunks: Int) {
        feeds = FeedPool.resize(feeds, chunks * FeedPool.chunk)
        next = FeedPool.resize(next, chunks)
        self.chunks = chunks
    }

    /// The first `count` feeds of a chunk, as long as the pool lives and does not grow.
    func feeds(of chunk: Int, _ count: Int) -> UnsafeBufferPointer<Int64> {
        UnsafeBufferPointer(start: feeds + chunk * FeedPool.chunk, count: count)
    }

    private static func resize<T: BitwiseCopyable>(
        _ old: UnsafeMutablePointer<T>?, _ count: Int
    ) -> UnsafeMutablePointer<T> {
        guard let memory = realloc(old, count * MemoryLayout<T>.stride) else {
            fatalError("there is no memory for \(count) feeds or chunks")
        }
        return memory.bindMemory(to: T.self, capacity: count)
    }
}
