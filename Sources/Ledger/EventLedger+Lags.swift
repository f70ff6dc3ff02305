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
            try forEachRow(connection, "time, content, device, lag", range) { sequence, row in
                let (time, lag) = (Int64(row.int(1)), Int64(row.int(4)))
                guard let content = UInt32(exactly: row.int(2)),
                    let device = UInt32(exactly: row.int(3)),
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
            }
        }
    }
}
