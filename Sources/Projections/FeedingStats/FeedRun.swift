import Foundation
import Glibc
import Synchronization

/// Sorted feeds of many places in an unlinked temporary file, which goes with its last reader.
final class FeedRun: Sendable {
    private let descriptor: Int32
    /// The first feed of each place, counted in feeds from the file's begin; one more at the end.
    private let starts: [Int]
    private let folder: String
    /// Why some feeds could not be read back.
    private let failure = Mutex<StoreError?>(nil)
    /// How many feeds make a write worth its call.
    private static let writtenAtOnce = 1 << 13

    /// - Throws: `StoreError.storage` where the file cannot be made or written.
    init(writing feeds: FeedChunks, in folder: String) throws(StoreError) {
        var name = Array((folder + "/replaylab-feeds-XXXXXX").utf8CString)
        let descriptor = mkstemp(&name)
        guard descriptor >= 0 else { throw FeedRun.failure(in: folder, "made", errno) }
        unlink(name)
        var starts = [0]
        var piece: [Int64] = []
        for place in 0..<feeds.places {
            let before = piece.count
            feeds.appendSorted(at: place, to: &piece)
            starts.append(starts[place] + piece.count - before)
            guard piece.count >= FeedRun.writtenAtOnce || place == feeds.places - 1 else {
                continue
            }
            let code = piece.withUnsafeBytes { FeedRun.write($0, to: descriptor) }
            guard code == 0 else {
                close(descriptor)
                throw FeedRun.failure(in: folder, "written", code)
            }
            piece.removeAll(keepingCapacity: true)
        }
        self.descriptor = descriptor
        self.starts = starts
        self.folder = folder
    }

    private static func failure(in folder: String, _ what: String, _ code: Int32) -> StoreError {
        StoreError.storage(
            path: folder,
            reason: "the temporary file for feeds beyond memory cannot be \(what):"
                + " \(String(cString: strerror(code))); make room there, or set TMPDIR to a folder"
                + " that has some")
    }

    /// Writes all bytes and returns 0, or the error's number.
    private static func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Int32 {
        var done = 0
        while done < bytes.count {
            let count = Glibc.write(descriptor, bytes.baseAddress! + done, bytes.count - done)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return count < 0 ? errno : EIO }
            done += count
        }
        return 0
    }

    deinit { close(descriptor) }

    func count(at place: Int) -> Int {
        place + 1 < starts.count ? starts[place + 1] - starts[place] : 0
    }

    /// - Throws: `StoreError.storage` where feeds could not be read back.
    func check() throws(StoreError) {
        if let failure = failure.withLock({ $0 }) { throw failure }
    }

    /// Reads feeds `range` of a place; fewer where the file cannot be read, and `check()` then throws.
    func read(_ range: Range<Int>, at place: Int) -> [Int64] {
        [Int64](unsafeUninitializedCapacity: range.count) { buffer, count in
            let bytes = UnsafeMutableRawBufferPointer(buffer)
            var done = 0
            while done < range.count * 8 {
                let offset = (starts[place] + range.lowerBound) * 8 + done
                let read = pread(
                    descriptor, bytes.baseAddress! + done, range.count * 8 - done, off_t(offset))
                if read < 0, errno == EINTR { continue }
                guard read > 0 else {
                    let error = FeedRun.failure(in: folder, "read", read < 0 ? errno : EIO)
                    failure.withLock { $0 = $0 ?? error }
                    break
                }
                done += read
            }
            count = done / 8
        }
    }
}

/// One sorted list of feeds that is read from its begin: in memory, or piece by piece from a run.
struct FeedSource {
    let place: Int
    private var feeds: [Int64]
    private var at = 0
    private var run: FeedRun?
    private var done = 0
    private static let piece = 4096

    init(place: Int, feeds: [Int64]) {
        self.place = place
        self.feeds = feeds
    }

    init(run: FeedRun, place: Int) {
        self.place = place
        self.run = run
        self.feeds = []
    }

    /// The next feed, which stays; nil at the end.
    mutating func head() -> Int64? {
        if at == feeds.count {
            guard let run else { return nil }
            let end = min(done + FeedSource.piece, run.count(at: place))
            guard done < end else { return nil }
            (feeds, at) = (run.read(done..<end, at: place), 0)
            done = end
        }
        return at < feeds.count ? feeds[at] : nil
    }

    /// The next feeds that are not greater than `bound`, as many as are at hand; nil where there are
    /// none.
    mutating func nextPiece(through bound: Int64) -> ArraySlice<Int64>? {
        guard let head = head(), head <= bound else { return nil }
        let begin = at
        if feeds[feeds.count - 1] <= bound {
            at = feeds.count
        } else {
            // feeds[at] <= bound < feeds[high]
            var high = feeds.count - 1
            while high - at > 1 {
                let middle = at + (high - at) / 2
                if feeds[middle] <= bound { at = middle } else { high = middle }
            }
            at = high
        }
        return feeds[begin..<at]
    }
}
