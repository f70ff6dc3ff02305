import EventModel
import GRDBSQLite

extension EventLedger {
    /// Lends each event of `range` as a record, with its lag: recorded time less time, in
    /// microseconds, which the replay index does not have.
    ///
    ///     body(sequence, record, lag, lookup)
    ///
    /// Cost: one row an event, and no id or content read unless `body` looks one up.
    ///
    /// - Throws: `LedgerError.damaged` where a row is missing or cannot be; what `body` throws.
    public func forEachLag(
        _ range: ClosedRange<Int>,
        _ body: (Int, EventRecord, Int64, ContentLookup) throws -> Void
    ) throws {
        try file.withConnection { connection in
            let lookup = ContentLookup(try ContentReader(connection, path: path), path: path)
            let rows = try Statement(
                connection,
                """
                SELECT sequence, time, content, device, lag FROM event
                WHERE sequence >= ? AND sequence <= ? ORDER BY sequence
                """, path: path)
            rows.bind(1, range.lowerBound)
            rows.bind(2, range.upperBound)
            var expected = range.lowerBound
            while try rows.step() {
                let sequence = rows.int(0)
                guard sequence == expected else { break }
                let (time, lag) = (Int64(rows.int(1)), Int64(rows.int(4)))
                guard let content = UInt32(exactly: rows.int(2)),
                    let device = UInt32(exactly: rows.int(3)),
                    Timestamp(microseconds: time).isWritable,
                    Timestamp(microseconds: time &+ lag).isWritable
                else {
                    throw LedgerError.damaged(
                        path: path, sequence: sequence,
                        reason: "its times, device or content cannot be")
                }
                try body(
                    sequence, EventRecord(time: time, device: device, content: content), lag, lookup
                )
                expected &+= 1
            }
            try checkEnd(connection, of: range, expected: expected)
        }
    }
}
