import EventModel
import GRDBSQLite

/// One event as the hot path sees it: 16 bytes, codes for texts.
public struct EventRecord: Sendable, BitwiseCopyable {
    /// Microseconds since 1970 UTC.
    public var time: Int64
    /// The device's place in `EventLedger.devices()`, counted from 1; 0 where the event names none.
    public var device: UInt32
    /// The content's code: see `ContentLookup`.
    public var content: UInt32

    @inlinable public init(time: Int64, device: UInt32, content: UInt32) {
        self.time = time
        self.device = device
        self.content = content
    }
}

extension EventLedger {
    /// How many records a scan lends at once, at most.
    public static let scanBatch = 4096

    /// Lends the records of `range` whose time is not after `until`, in order of sequence.
    ///
    ///     body(first, records): records[i] is the event at sequence first + i
    ///
    /// A batch never has a hole: where `until` leaves an event out, the next one begins a batch.
    /// Whole blocks that begin after `until` are skipped without being read. `body` also gets a
    /// lookup for the contents that the codes stand for.
    ///
    /// - Returns: the last sequence that was lent; 0 where none was.
    @discardableResult
    public func scan(
        _ range: ClosedRange<Int>, until: Timestamp? = nil,
        _ body: (Int, Span<EventRecord>, ContentLookup) throws -> Void
    ) throws -> Int {
        try file.withConnection { connection in
            let buffer = UnsafeMutableBufferPointer<EventRecord>.allocate(
                capacity: EventLedger.scanBatch)
            defer { buffer.deallocate() }
            let lookup = ContentLookup(try ContentReader(connection, path: path), path: path)
            let deviceCount = try deviceCount(connection)
            var last = 0
            for part in try parts(connection, range, until) {
                let rows = try Statement(
                    connection,
                    """
                    SELECT time, content, device FROM event
                    WHERE sequence >= ? AND sequence <= ? ORDER BY sequence
                    """, path: path)
                rows.bind(1, part.lowerBound)
                rows.bind(2, part.upperBound)
                let limit = until?.microseconds ?? .max
                var expected = part.lowerBound
                var first = expected
                var count = 0
                func lend() throws {
                    guard count > 0 else { return }
                    last = first + count - 1
                    try body(
                        first, UnsafeBufferPointer(rebasing: buffer[..<count]).span, lookup)
                    count = 0
                }
                // Sequences are keys, so as many rows as there should be are those that should be: a
                // column less to read in each row.
                while try rows.step() {
                    let sequence = expected
                    expected &+= 1
                    let time = Int64(rows.int(0))
                    let device = UInt32(exactly: rows.int(2))
                    guard let device, device <= deviceCount,
                        let content = UInt32(exactly: rows.int(1)),
                        Timestamp(microseconds: time).isWritable
                    else {
                        throw LedgerError.damaged(
                            path: path, sequence: sequence,
                            reason: "its time, device or content cannot be")
                    }
                    if time > limit {
                        try lend()
                        continue
                    }
                    if count == 0 { first = sequence }
                    buffer[count] = EventRecord(time: time, device: device, content: content)
                    count += 1
                    if count == EventLedger.scanBatch { try lend() }
                }
                try lend()
                if expected <= part.upperBound {
                    expected = try firstGap(connection, from: part.lowerBound)
                }
                try checkEnd(connection, of: part, expected: expected)
            }
            return last
        }
    }

    /// The first sequence from `begin` on that has no row.
    private func firstGap(_ connection: OpaquePointer, from begin: Int) throws -> Int {
        let rows = try Statement(
            connection, "SELECT sequence FROM event WHERE sequence >= ? ORDER BY sequence",
            path: path)
        rows.bind(1, begin)
        var expected = begin
        while try rows.step(), rows.int(0) == expected { expected += 1 }
        return expected
    }

    private func deviceCount(_ connection: OpaquePointer) throws -> Int {
        let statement = try Statement(
            connection, "SELECT coalesce(max(code), 0) FROM device", path: path)
        return try statement.step() ? statement.int(0) : 0
    }

    /// The parts of `range` that can hold an event not after `until`: all but the blocks whose
    /// earliest event is later.
    private func parts(
        _ connection: OpaquePointer, _ range: ClosedRange<Int>, _ until: Timestamp?
    ) throws -> [ClosedRange<Int>] {
        guard let until, range.lowerBound <= LedgerSchema.sequenceLimit else { return [range] }
        let size = LedgerSchema.blockSize
        let blocks = try Statement(
            connection,
            "SELECT number FROM block WHERE number >= ? AND number <= ? AND earliest > ? ORDER BY number",
            path: path)
        let range = max(range.lowerBound, 0)...min(range.upperBound, LedgerSchema.sequenceLimit)
        blocks.bind(1, (range.lowerBound - 1) / size)
        blocks.bind(2, (range.upperBound - 1) / size)
        blocks.bind(3, until.microseconds)
        var parts: [ClosedRange<Int>] = []
        var begin = range.lowerBound
        while try blocks.step() {
            let first = blocks.int(0) * size + 1
            if first > begin { parts.append(begin...min(first - 1, range.upperBound)) }
            begin = max(begin, first + size)
        }
        if begin <= range.upperBound { parts.append(begin...range.upperBound) }
        return parts
    }
}

/// Says what a content code stands for, while a scan lasts.
public final class ContentLookup {
    private let reader: ContentReader
    private let path: String

    init(_ reader: ContentReader, path: String) {
        self.reader = reader
        self.path = path
    }

    /// The content of a code that a scan lent.
    public func content(_ code: UInt32) throws -> EventContent {
        guard let content = try reader.content(Int(code)) else {
            throw LedgerError.damaged(
                path: path, sequence: nil, reason: "content \(code) is missing")
        }
        return content
    }
}
