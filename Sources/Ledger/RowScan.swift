import EventModel
import GRDBSQLite

/// Makes records of rows, a batch at a time.
struct RowScan {
    private let ledger: EventLedger
    private let connection: OpaquePointer
    private let devices: Int
    private let limit: Int64
    private var batch: [EventRecord] = []

    /// - Parameters:
    ///   - devices: how many devices the ledger has.
    ///   - limit: the last moment that counts.
    init(
        _ ledger: EventLedger, _ connection: OpaquePointer, devices: Int, limit: Timestamp? = nil
    ) {
        self.ledger = ledger
        self.connection = connection
        self.devices = devices
        self.limit = limit?.microseconds ?? .max
    }

    /// Lends the records of `range`, of those the ones not after the limit. No batch has a hole.
    ///
    /// - Throws: `LedgerError.damaged` where a row is missing or cannot be.
    mutating func lend(
        _ range: ClosedRange<Int>, _ body: (Int, Span<EventRecord>) throws -> Void
    ) throws {
        let rows = try Statement(
            connection,
            """
            SELECT time, content, device FROM event
            WHERE sequence >= ? AND sequence <= ? ORDER BY sequence
            """, path: ledger.path)
        rows.bind(1, range.lowerBound)
        rows.bind(2, range.upperBound)
        batch.reserveCapacity(EventLedger.scanBatch)
        batch.removeAll(keepingCapacity: true)
        // Sequences are keys, so as many rows as there should be are those that should be: a
        // column less to read in each row.
        var next = range.lowerBound
        while try rows.step() {
            let record = try record(rows, at: next)
            if record.time <= limit { batch.append(record) }
            next &+= 1
            if record.time > limit {
                try flush(before: next - 1, body)
            } else if batch.count == EventLedger.scanBatch {
                try flush(before: next, body)
            }
        }
        try flush(before: next, body)
        if next <= range.upperBound { next = try firstGap(from: range.lowerBound) }
        try ledger.checkEnd(connection, of: range, expected: next)
    }

    @inline(__always)
    private func record(_ rows: borrowing Statement, at sequence: Int) throws -> EventRecord {
        let time = Int64(rows.int(0))
        guard let device = UInt32(exactly: rows.int(2)), device <= devices,
            let content = UInt32(exactly: rows.int(1)), Timestamp(microseconds: time).isWritable
        else {
            throw LedgerError.damaged(
                path: ledger.path, sequence: sequence,
                reason: "its time, device or content cannot be")
        }
        return EventRecord(time: time, device: device, content: content)
    }

    private mutating func flush(
        before sequence: Int, _ body: (Int, Span<EventRecord>) throws -> Void
    ) throws {
        guard !batch.isEmpty else { return }
        try body(sequence - batch.count, batch.span)
        batch.removeAll(keepingCapacity: true)
    }

    /// The first sequence from `begin` on that has no row.
    private func firstGap(from begin: Int) throws -> Int {
        let rows = try Statement(
            connection, "SELECT sequence FROM event WHERE sequence >= ? ORDER BY sequence",
            path: ledger.path)
        rows.bind(1, begin)
        var expected = begin
        while try rows.step(), rows.int(0) == expected { expected += 1 }
        return expected
    }
}
