import EventModel
import GRDBSQLite

/// One event as the hot path sees it: 16 bytes, codes for texts.
public struct EventRecord: Sendable, Equatable, BitwiseCopyable {
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

/// What the replay index knows of a whole segment, so that a fold need not work it out again.
package struct SegmentFacts {
    /// The digest of all its events.
    package var input: InputDigest
    /// The latest time among them.
    package var latest: Int64
}

/// Where a scan takes its records from.
public enum RecordSource: Sendable {
    /// The replay index as far as it is there and sound, rows for the rest.
    case index
    /// Rows alone.
    case rows
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
        _ range: ClosedRange<Int>, until: Timestamp? = nil, from source: RecordSource = .index,
        _ body: (Int, Span<EventRecord>, ContentLookup) throws -> Void
    ) throws -> Int {
        try scanSegments(range, until: until, from: source) { _ in
        } body: { first, records, _, lookup in
            for start in stride(from: 0, to: records.count, by: EventLedger.scanBatch) {
                let end = min(start + EventLedger.scanBatch, records.count)
                try body(first + start, records.extracting(start..<end), lookup)
            }
        }
    }

    /// The same in the largest pieces that are at hand: a whole segment comes with its facts.
    ///
    /// - Parameter unsound: told of each segment that is there and was not used; rows took its place.
    @discardableResult
    package func scanSegments(
        _ range: ClosedRange<Int>, until: Timestamp? = nil, from source: RecordSource,
        unsound: (SegmentFault) -> Void,
        body: (Int, Span<EventRecord>, SegmentFacts?, ContentLookup) throws -> Void
    ) throws -> Int {
        try file.withConnection { connection in
            let devices = try deviceCount(connection)
            let lookup = ContentLookup(try ContentReader(connection, path: path), path: path)
            var rows = RowScan(self, connection, devices: devices, limit: until)
            var reader: SegmentReader?
            var plan = SegmentPlan(segments: [])
            if source == .index {
                let (segments, faults) = try SegmentTable.headers(
                    connection, in: range, path: path)
                for fault in faults { unsound(fault) }
                plan = SegmentPlan(segments: segments)
            }
            var last = 0
            func lend(_ first: Int, _ records: Span<EventRecord>, _ facts: SegmentFacts?) throws {
                last = first + records.count - 1
                try body(first, records, facts, lookup)
            }
            for part in try parts(connection, range, until) {
                var begin = part.lowerBound
                while begin <= part.upperBound {
                    let (piece, segment) = plan.next(begin...part.upperBound)
                    if let segment {
                        let open =
                            try reader ?? SegmentReader(connection, devices: devices, path: path)
                        reader = open
                        if let fault = try open.load(segment) {
                            unsound(fault)
                            plan.discard(segment)
                            continue
                        }
                        try open.lend(segment, piece, until: until, lend)
                    } else {
                        try rows.lend(piece) { try lend($0, $1, nil) }
                    }
                    begin = piece.upperBound + 1
                }
            }
            return last
        }
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
    private enum Source {
        case ledger(ContentReader)
        case list([EventContent])
    }

    private let source: Source
    private let path: String

    init(_ reader: ContentReader, path: String) {
        source = .ledger(reader)
        self.path = path
    }

    /// A lookup for records that no ledger lends: a code is a place in `contents`.
    ///
    /// - Parameter path: what errors call the place that they come from.
    public init(_ contents: [EventContent], path: String) {
        source = .list(contents)
        self.path = path
    }

    /// The content of a code that a scan lent.
    public func content(_ code: UInt32) throws -> EventContent {
        let found: EventContent?
        switch source {
        case .ledger(let reader): found = try reader.content(Int(code))
        case .list(let contents):
            found = Int(code) < contents.count ? contents[Int(code)] : nil
        }
        guard let found else {
            throw LedgerError.damaged(
                path: path, sequence: nil, reason: "content \(code) is missing")
        }
        return found
    }
}
