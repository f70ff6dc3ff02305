import EventModel

/// What a segment of the replay index says of itself, without its records.
///
///     segment:  first ─ … ─ last      16 bytes an event: time 8 │ device 4 │ content 4
///     block:    └─ 1024 ─┘└─ 1024 ─┘  whole blocks, whose roots the segment's root stands for
///
/// A segment is derived from rows: whoever doubts it takes the rows.
struct Segment: Equatable {
    var number: Int
    /// The sequence of its first event.
    var first: Int
    /// The sequence of its last event.
    var last: Int
    /// The hash of the `InputDigest` of its events.
    var input: UInt64
    /// The Merkle tree head of its blocks' roots.
    var root: SHA256Digest
    /// `checksum(of:)` over its records.
    var checksum: UInt64

    var count: Int { last - first + 1 }
    var range: ClosedRange<Int> { first...last }

    /// The most events a segment holds: 1 MiB of records.
    static let largest = 1 << 16
    /// The bytes of a record.
    static let stride = MemoryLayout<EventRecord>.stride

    /// Whether it covers whole blocks, and not too many of them.
    var isShapely: Bool {
        guard first >= 1, last <= LedgerSchema.sequenceLimit, first <= last else { return false }
        return count <= Segment.largest && count % LedgerSchema.blockSize == 0
            && (first - 1) % LedgerSchema.blockSize == 0
    }

    /// A hash over records and header that finds what disks and hands do to bytes. Not
    /// cryptographic: the ledger's root is.
    ///
    ///     eight lanes; lane l takes words l, l + 8, … (8 bytes each, little-endian):
    ///     s = (s rotated left by 7) + w,  t = t + s        modulo 2^64
    ///     then for each x of s0 … s7, t0 … t7, number, first, last, input, root's four words:
    ///     h = (h xor x) · 0x9E3779B97F4A7C15,  h = h xor (h >> 29)
    func checksum(of records: UnsafeRawBufferPointer) -> UInt64 {
        var sums = SIMD8<UInt64>.zero
        var totals = SIMD8<UInt64>.zero
        var offset = 0
        while offset + 64 <= records.count {
            let words = records.loadUnaligned(fromByteOffset: offset, as: SIMD8<UInt64>.self)
            sums = (sums &<< 7 | sums &>> 57) &+ words
            totals = totals &+ sums
            offset += 64
        }
        var hash: UInt64 = 0
        func mix(_ word: UInt64) {
            hash = (hash ^ word) &* 0x9E37_79B9_7F4A_7C15
            hash ^= hash >> 29
        }
        for lane in 0..<8 { mix(sums[lane]) }
        for lane in 0..<8 { mix(totals[lane]) }
        for value in [number, first, last] { mix(UInt64(bitPattern: Int64(value))) }
        mix(input)
        mix(root.words.0)
        mix(root.words.1)
        mix(root.words.2)
        mix(root.words.3)
        return hash
    }
}

/// The extremes of a segment's records, which say whether all of them can be.
struct RecordExtremes {
    var earliest = Int64.max
    var latest = Int64.min
    var device: UInt32 = 0

    init(_ records: Span<EventRecord>) {
        for place in records.indices {
            let record = records[unchecked: place]
            earliest = min(earliest, record.time)
            latest = max(latest, record.time)
            device = max(device, record.device)
        }
    }

    /// Whether every record has a time that can be written, and a device that the ledger has.
    func canBe(devices: Int) -> Bool {
        Int(device) <= devices && Timestamp(microseconds: earliest).isWritable
            && Timestamp(microseconds: latest).isWritable
    }
}

/// A segment that is not used, and why.
public struct SegmentFault: Sendable, Equatable, CustomStringConvertible {
    public var number: Int
    /// The first event that it says it holds.
    public var first: Int
    public var reason: String

    /// `segment 3, from sequence 196609: its checksum differs`
    public var description: String { "segment \(number), from sequence \(first): \(reason)" }
}
