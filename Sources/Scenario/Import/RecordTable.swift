import EventModel
import Foundation

/// What the check of the ids remembers of one event: 32 bytes, however large the event.
struct ImportRecord: BitwiseCopyable {
    /// A hash of the id; where occurrences are counted, of the id of a first one.
    var id: UInt64
    /// See `KnownContent.comparable`.
    var comparable: UInt64
    var time: Int64
    /// The value's ordinal, whether occurrences of it are counted, and how finely its time was given.
    var tag: UInt64

    init(_ converted: Converted, ordinal: Int) {
        switch converted.event.id {
        case .uuid(let high, let low): id = mix(high ^ mix(low))
        case .other(let text): id = SHA256.hash(text).words.0
        }
        comparable = converted.comparable
        time = converted.event.time.microseconds
        tag =
            UInt64(ordinal) << 3 | (converted.format.countsOccurrences ? 4 : 0)
            | UInt64(converted.resolution.rawValue)
    }

    var ordinal: Int { Int(tag >> 3) }
    var isCounted: Bool { tag & 4 != 0 }
    var resolution: Timestamp.Resolution { Timestamp.Resolution(rawValue: Int(tag & 3))! }

    /// Whether this and the event of `first`, if they have one id, are the same event.
    func agrees(with first: ImportRecord) -> Bool {
        let coarser = max(resolution, first.resolution)
        let times = (Timestamp(microseconds: time), Timestamp(microseconds: first.time))
        return comparable == first.comparable
            && times.0.floored(to: coarser) == times.1.floored(to: coarser)
    }

    static func precedes(_ a: ImportRecord, _ b: ImportRecord) -> Bool {
        a.id != b.id ? a.id < b.id : a.tag < b.tag
    }
}

/// Groups the records of an import by id in bounded memory.
///
/// Up to `limit` records stay in memory. Whenever there are more they are sorted and written to a
/// temporary file; at the end the file is read back part by part, a part being all ids with the
/// same first eight bits.
struct RecordTable {
    private let limit: Int
    private var records: [ImportRecord] = []
    private var file: FileHandle?
    private var written = 0
    /// For each run that was written: where it begins, and where each of its parts does.
    private var runs: [[Int]] = []

    private static let partCount = 256

    init(limit: Int) { self.limit = max(1, limit) }

    /// Whether a temporary file was needed.
    var hasSpilled: Bool { file != nil }

    mutating func append(_ record: ImportRecord) throws(ImportError) {
        if records.count >= limit { try spill() }
        records.append(record)
    }

    private mutating func spill() throws(ImportError) {
        if file == nil { file = try TemporaryFile.make() }
        let file = self.file!
        records.sort(by: ImportRecord.precedes)
        var bounds: [Int] = []
        var at = 0
        for part in 0..<RecordTable.partCount {
            bounds.append(written + at)
            while at < records.count, records[at].id >> 56 == UInt64(part) { at += 1 }
        }
        bounds.append(written + at)
        runs.append(bounds)
        let outcome = records.withUnsafeBytes { bytes in
            Result { () throws(ImportError) in try TemporaryFile.write(bytes, to: file) }
        }
        try outcome.get()
        written += records.count
        records.removeAll(keepingCapacity: true)
    }

    /// Calls `body` with the records of each id that more than one record has, in the order of the
    /// input.
    mutating func forEachGroup(
        _ body: (ArraySlice<ImportRecord>) throws(ImportError) -> Void
    ) throws(ImportError) {
        guard hasSpilled else {
            var found = RecordTable.thoseMetTwice(in: records)
            found.sort(by: ImportRecord.precedes)
            return try RecordTable.forEachGroup(of: found, body)
        }
        try spill()
        for part in 0..<RecordTable.partCount {
            var found: [ImportRecord] = []
            for run in runs where run[part] < run[part + 1] {
                try read(run[part]..<run[part + 1], into: &found)
            }
            found.sort(by: ImportRecord.precedes)
            try RecordTable.forEachGroup(of: found, body)
        }
    }

    /// The records whose id may come twice: all that do, and a few more. Most imports have none, and
    /// sorting all records to see that would take longer than reading them.
    ///
    /// Two bits for each of 2^26 or fewer hashes: whether it was met, and whether it was met again.
    private static func thoseMetTwice(in records: [ImportRecord]) -> [ImportRecord] {
        let bits = min(26, max(6, Int.bitWidth - (records.count * 32).leadingZeroBitCount))
        let mask = UInt64(1) << UInt64(bits) - 1
        var met = [UInt64](repeating: 0, count: 1 << (bits - 6))
        var again = met
        for record in records {
            let place = record.id & mask
            let bit = UInt64(1) << (place & 63)
            again[Int(place >> 6)] |= met[Int(place >> 6)] & bit
            met[Int(place >> 6)] |= bit
        }
        return records.filter { record in
            let place = record.id & mask
            return again[Int(place >> 6)] >> (place & 63) & 1 == 1
        }
    }

    private static func forEachGroup(
        of records: [ImportRecord], _ body: (ArraySlice<ImportRecord>) throws(ImportError) -> Void
    ) throws(ImportError) {
        var start = 0
        while start < records.count {
            var end = start + 1
            while end < records.count, records[end].id == records[start].id { end += 1 }
            if end - start > 1 { try body(records[start..<end]) }
            start = end
        }
    }

    private func read(
        _ range: Range<Int>, into records: inout [ImportRecord]
    ) throws(ImportError) {
        let size = MemoryLayout<ImportRecord>.stride
        var isComplete = true
        let chunk = [ImportRecord](unsafeUninitializedCapacity: range.count) { buffer, count in
            let bytes = UnsafeMutableRawBufferPointer(buffer)
            var done = 0
            while done < range.count * size {
                let got = pread(
                    file!.fileDescriptor, bytes.baseAddress! + done, range.count * size - done,
                    range.lowerBound * size + done)
                if got < 0, errno == EINTR { continue }
                if got <= 0 { break }
                done += got
            }
            isComplete = done == range.count * size
            count = done / size
        }
        guard isComplete else {
            throw ImportError(input: "temporary file", reason: "cannot be read back")
        }
        records += chunk
    }
}
