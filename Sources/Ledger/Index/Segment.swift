import CDigest
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
        for word in sums.words { mix(word) }
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
    private var lanes = cdigest_lanes()
    private let devices: Int

    /// - Parameter devices: how many devices the ledger has.
    init(devices: Int) { self.devices = devices }

    /// Takes in whole blocks, or a multiple of four records of one.
    mutating func add(_ records: UnsafeRawBufferPointer) {
        // A value lies between two bounds if neither difference is negative. Of times 59 bits hold
        // all that can be, so that a difference that wrapped around shows, too.
        cdigest_lanes_add(
            &lanes, records.baseAddress, records.count,
            UInt64(bitPattern: Timestamp.earliest.microseconds),
            UInt64(bitPattern: Timestamp.latest.microseconds),
            UInt64(clamping: min(devices, Int(UInt32.max))))
    }

    /// s0 … s7, t0 … t7.
    var words: [UInt64] {
        withUnsafeBytes(of: lanes) { Array($0.bindMemory(to: UInt64.self)[..<16]) }
    }

    /// Whether every record has a time that can be written, and a device that the ledger has.
    var areSound: Bool {
        withUnsafeBytes(of: lanes.outside) { outside in
            outside.bindMemory(to: UInt64.self).enumerated().allSatisfy { lane, differences in
                differences & (lane % 2 == 0 ? 31 << 59 : 1 << 63) == 0
            }
        }
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
