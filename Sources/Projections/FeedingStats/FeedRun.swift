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

    /// - Throws: `StoreError.storage` where the file cannot be made or written.
    init(writing feeds: [[Int64]], in folder: String) throws(StoreError) {
        var name = Array((folder + "/replaylab-feeds-XXXXXX").utf8CString)
        let descriptor = mkstemp(&name)
        guard descriptor >= 0 else { throw FeedRun.failure(in: folder, "made", errno) }
        unlink(name)
        var starts = [0]
        for place in feeds {
            let code = place.withUnsafeBytes { FeedRun.write($0, to: descriptor) }
            guard code == 0 else {
                close(descriptor)
                throw FeedRun.failure(in: folder, "written", code)
            }
            starts.append(starts[starts.count - 1] + place.count)
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
    private var feeds: ArraySlice<Int64>
    private var at = 0
    private var run: FeedRun?
    private var done = 0
    private static let piece = 4096

    init(place: Int, feeds: [Int64]) {
        self.place = place
        self.feeds = feeds[...]
    }

    init(run: FeedRun, place: Int) {
        self.place = place
        self.run = run
        self.feeds = []
    }

    mutating func next() -> Int64? {
        if at == feeds.count {
            guard let more = nextPiece() else { return nil }
            feeds = more
            at = 0
        }
        defer { at += 1 }
        return feeds[at]
    }

    /// All feeds that are at hand and were not given yet; nil at the end.
    mutating func nextPiece() -> ArraySlice<Int64>? {
        if at < feeds.count {
            defer { at = feeds.count }
            return feeds[at...]
        }
        guard let run else { return nil }
        let end = min(done + FeedSource.piece, run.count(at: place))
        guard done < end else { return nil }
        defer { done = end }
        return run.read(done..<end, at: place)[...]
    }
}
