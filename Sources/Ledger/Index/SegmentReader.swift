import EventModel
import GRDBSQLite

/// Reads segments into one buffer, and believes none that is not sound.
///
/// A BLOB of 1 MiB lies on 257 pages, each with the next one's number in front, so somebody must
/// copy it together once. `sqlite3_blob_read` does that into this buffer, which stays; a column would
/// be copied into new memory for each segment, whose pages the kernel must clear first. While it
/// lives the connection maps the file, so that no page costs a system call.
final class SegmentReader {
    private let connection: OpaquePointer
    private let path: String
    private let devices: Int
    private var blob: OpaquePointer?
    private let buffer = UnsafeMutableBufferPointer<EventRecord>.allocate(
        capacity: Segment.largest)
    private var loaded: Segment?
    /// A block of records, and what is read at once.
    private static let piece = LedgerSchema.blockSize * Segment.stride
    private let blocks: BlockRoots

    /// - Parameter devices: how many devices the ledger has.
    init(_ connection: OpaquePointer, devices: Int, path: String) throws {
        blocks = try BlockRoots(connection, path: path)
        self.connection = connection
        self.devices = devices
        self.path = path
        // Refused on some file systems; then pages are read.
        sqlite3_exec(connection, "PRAGMA mmap_size = 2147418112", nil, nil, nil)
    }

    deinit {
        sqlite3_blob_close(blob)
        sqlite3_exec(connection, "PRAGMA mmap_size = 0", nil, nil, nil)
        buffer.deallocate()
    }

    /// The records of the segment that was loaded last, until the next one is.
    var records: UnsafeBufferPointer<EventRecord> {
        UnsafeBufferPointer(rebasing: buffer[..<(loaded?.count ?? 0)])
    }

    /// Loads a segment of shape and checks it. Returns why it cannot be used; nil where it can.
    func load(_ segment: Segment) throws -> SegmentFault? {
        if loaded == segment { return nil }
        loaded = nil
        func fault(_ reason: String) -> SegmentFault {
            SegmentFault(number: segment.number, first: segment.first, reason: reason)
        }
        let bytes = segment.count * Segment.stride
        var sums = RecordSums(devices: devices)
        guard try read(segment.number, bytes, &sums) else {
            return fault("its records cannot be read, or are not \(bytes) bytes")
        }
        guard segment.checksum(of: sums) == segment.checksum else {
            return fault("its checksum differs")
        }
        guard sums.areSound else { return fault("a time or device in it cannot be") }
        guard try blocks.root(of: segment.range) == segment.root
        else { return fault("its root is not that of the ledger's blocks") }
        loaded = segment
        return nil
    }

    /// Reads a segment's BLOB, and sums it up piece by piece, while the nearest cache has it. False
    /// where it is not there, has another size, or is damaged.
    private func read(_ number: Int, _ bytes: Int, _ sums: inout RecordSums) throws -> Bool {
        var code: Int32
        if let blob {
            code = sqlite3_blob_reopen(blob, Int64(number))
        } else {
            code = sqlite3_blob_open(
                connection, "main", "segment", "records", Int64(number), 0, &blob)
        }
        if code == SQLITE_OK {
            guard Int(sqlite3_blob_bytes(blob)) == bytes else { return false }
            let buffer = UnsafeMutableRawBufferPointer(buffer)
            var done = 0
            while done < bytes, code == SQLITE_OK {
                let piece = min(SegmentReader.piece, bytes - done)
                let target = UnsafeMutableRawBufferPointer(rebasing: buffer[done..<done + piece])
                code = sqlite3_blob_read(blob, target.baseAddress, Int32(piece), Int32(done))
                if code == SQLITE_OK { sums.add(UnsafeRawBufferPointer(target)) }
                done += piece
            }
            if code == SQLITE_OK { return true }
        }
        // A handle that failed once fails for ever. What says so itself comes after it.
        let failure = LedgerError.sqlite(connection, code, path: path)
        sqlite3_blob_close(blob)
        blob = nil
        switch code & 0xFF {
        case SQLITE_ERROR, SQLITE_ABORT, SQLITE_CORRUPT, SQLITE_SCHEMA: return false
        default: throw failure
        }
    }
}

extension SegmentReader {
    /// Lends the records of `piece`, which lies in the segment that was loaded, in as few spans as
    /// `until` allows.
    func lend(
        _ segment: Segment, _ piece: ClosedRange<Int>, until: Timestamp?,
        _ body: (Int, Span<EventRecord>, SegmentFacts?) throws -> Void
    ) throws {
        let span = records.span
        let (begin, end) = (piece.lowerBound - segment.first, piece.upperBound - segment.first + 1)
        let limit = until?.microseconds ?? .max
        if segment.latest <= limit {
            let facts = SegmentFacts(
                input: InputDigest(count: segment.count, hash: segment.input),
                latest: segment.latest)
            try body(
                piece.lowerBound, span.extracting(begin..<end),
                piece == segment.range ? facts : nil)
            return
        }
        var at = begin
        while at < end {
            var stop = at
            while stop < end, span[stop].time <= limit { stop += 1 }
            if stop > at { try body(segment.first + at, span.extracting(at..<stop), nil) }
            at = stop + 1
        }
    }
}
