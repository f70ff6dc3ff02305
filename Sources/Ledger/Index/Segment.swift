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
    /// The latest time among its events, in microseconds.
    var latest: Int64
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
    ///     for each x of s0 … s7, t0 … t7 (`RecordSums`), number, first, last, latest, input, and
    ///     root's four words:  h = (h xor x) · 0x9E3779B97F4A7C15,  h = h xor (h >> 29)
    func checksum(of sums: RecordSums) -> UInt64 {
        var hash: UInt64 = 0
        func mix(_ word: UInt64) {
            hash = (hash ^ word) &* 0x9E37_79B9_7F4A_7C15
            hash ^= hash >> 29
        }
        for lane in 0..<8 { mix(sums.sums[lane]) }
        for lane in 0..<8 { mix(sums.totals[lane]) }
        for value in [number, first, last, Int(latest)] { mix(UInt64(bitPattern: Int64(value))) }
        mix(input)
        mix(root.words.0)
        mix(root.words.1)
        mix(root.words.2)
        mix(root.words.3)
        return hash
    }
}

/// One walk over a segment's records, four at a time: sums for the checksum, and whether all of them
/// can be.
///
///     eight lanes; lane l takes words l, l + 8, … (8 bytes each, little-endian; even lanes are times):
///     s = (s rotated left by 7) + w,  t = t + s        modulo 2^64
struct RecordSums {
    private(set) var sums = SIMD8<UInt64>.zero
    private(set) var totals = SIMD8<UInt64>.zero
    /// Whether every record has a time that can be written, and a device that the ledger has.
    let areSound: Bool

    /// - Parameters:
    ///   - records: whole blocks.
    ///   - devices: how many devices the ledger has.
    init(_ records: UnsafeRawBufferPointer, devices: Int) {
        // A value lies between two bounds if neither difference is negative. Of times 59 bits hold
        // all that can be, so that a difference that wrapped around shows, too.
        let (low, high) = (Timestamp.earliest.microseconds, Timestamp.latest.microseconds)
        func lanes(_ time: UInt64, _ codes: UInt64) -> SIMD8<UInt64> {
            SIMD8(time, codes, time, codes, time, codes, time, codes)
        }
        let least = lanes(UInt64(bitPattern: low), 0)
        let most = lanes(UInt64(bitPattern: high), UInt64(clamping: min(devices, Int(UInt32.max))))
        let part = lanes(.max, 0xFFFF_FFFF)
        var differences = SIMD8<UInt64>.zero
        var offset = 0
        while offset &+ 64 <= records.count {
            let words = records.loadUnaligned(fromByteOffset: offset, as: SIMD8<UInt64>.self)
            sums = (sums &<< 7 | sums &>> 57) &+ words
            totals = totals &+ sums
            let values = words & part
            differences |= (values &- least) | (most &- values)
            offset &+= 64
        }
        areSound = differences & lanes(31 << 59, 1 << 63) == .zero
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
