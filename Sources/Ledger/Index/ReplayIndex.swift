import EventModel
import GRDB
import GRDBSQLite

/// The replay index: the events again, as 16-byte records in segments of 65,536, for hydrations.
///
///     rows:      1 ───────────── 65536 │ 65537 ───────── 131072 │ 131073 ─ … ─ head
///     segments:  └──── segment 0 ─────┘ └────── segment 1 ─────┘   rows only
///
/// It is derived from the rows, and loses nothing when it is dropped. Whoever appends writes a
/// segment when it is full; a ledger that has none, or lacks some, gets them here.
public enum ReplayIndex {
    /// How many events a segment holds.
    public static let segmentSize = Segment.largest

    /// What a ledger's index holds.
    public struct Extent: Sendable, Equatable {
        public var segments = 0
        /// How many events they hold.
        public var events = 0
        /// The bytes of their records.
        public var bytes: Int { events * Segment.stride }
    }

    /// What was done to an index.
    public struct Outcome: Sendable, Equatable {
        /// Segments that were written.
        public var written = 0
        /// Segments that were dropped first.
        public var dropped = 0
        /// What the index holds now.
        public var extent = Extent()
        /// The ledger's last sequence.
        public var head = 0
    }

    /// Writes the segments that a ledger lacks.
    ///
    /// - Parameters:
    ///   - rebuild: whether to drop those that are there, sound or not, first. Nobody sees the ledger
    ///     without them: it is one transaction.
    ///   - holder: what another writer is told meanwhile.
    ///   - patience: seconds to wait for another writer.
    ///   - progress: called before each segment with the sequence that was reached; throws to stop.
    ///     What was written until then is kept, except in a rebuild.
    /// - Throws: `LedgerError`; `.damaged` where a row that a segment needs is missing.
    public static func build(
        path: String, rebuild: Bool = false, holder: String, patience: Double = 0,
        progress: (Int) throws -> Void = { _ in }
    ) throws -> Outcome {
        try build(
            path: path, size: Segment.largest, rebuild: rebuild, holder: holder,
            patience: patience, progress: progress)
    }

    package static func build(
        path: String, size: Int, rebuild: Bool = false, holder: String = "test",
        patience: Double = 0, progress: (Int) throws -> Void = { _ in }
    ) throws -> Outcome {
        var outcome = Outcome()
        try writing(path, holder, patience) { ledger, db, connection in
            outcome.head = try ledger.lastSequence(connection)
            if rebuild {
                try db.inTransaction(.immediate) {
                    outcome.dropped = try drop(connection, path)
                    for number in 0..<outcome.head / size {
                        try progress(number * size)
                        try write(number, size, ledger, connection, &outcome)
                    }
                    return .commit
                }
            } else {
                for number in 0..<outcome.head / size {
                    try progress(number * size)
                    try db.inTransaction(.immediate) {
                        try write(number, size, ledger, connection, &outcome)
                        return .commit
                    }
                }
            }
            outcome.extent = try extent(connection, path)
        }
        return outcome
    }

    /// Drops the index. The file keeps its size; what is appended next uses the room.
    ///
    /// - Throws: `LedgerError`.
    public static func drop(
        path: String, holder: String, patience: Double = 0
    ) throws -> Outcome {
        var outcome = Outcome()
        try writing(path, holder, patience) { ledger, db, connection in
            outcome.head = try ledger.lastSequence(connection)
            try db.inTransaction(.immediate) {
                outcome.dropped = try drop(connection, path)
                return .commit
            }
        }
        return outcome
    }

    private static func write(
        _ number: Int, _ size: Int, _ ledger: EventLedger, _ connection: OpaquePointer,
        _ outcome: inout Outcome
    ) throws {
        switch try SegmentTable.state(connection, path: ledger.path) {
        case .absent: try SegmentTable.make(connection, path: ledger.path)
        case .ready: break
        case .foreign:
            throw LedgerError.damaged(
                path: ledger.path, sequence: nil,
                reason: "its table segment is none of the replay index; --rebuild replaces it")
        }
        guard try !SegmentTable.has(number, connection, path: ledger.path) else { return }
        let last = (number + 1) * size
        try OpenSegment(size: size).seal(at: last, [], ledger, connection)
            .insert(connection, path: ledger.path)
        outcome.written += 1
    }

    /// Drops the table, and returns how many segments it had.
    private static func drop(_ connection: OpaquePointer, _ path: String) throws -> Int {
        let count =
            try SegmentTable.state(connection, path: path) == .ready
            ? extent(connection, path).segments : 0
        try SegmentTable.execute(SegmentTable.drop, connection, path: path)
        return count
    }

    fileprivate static func extent(_ connection: OpaquePointer, _ path: String) throws -> Extent {
        let (found, faults) = try SegmentTable.headers(
            connection, in: .min ... .max, path: path)
        return Extent(
            segments: found.count + faults.count, events: found.reduce(0) { $0 + $1.count })
    }

    /// Opens an existing ledger for writing, with the lease, and closes it cleanly.
    private static func writing(
        _ path: String, _ holder: String, _ patience: Double,
        _ body: (EventLedger, Database, OpaquePointer) throws -> Void
    ) throws {
        // Refuses what is no ledger; the writer would make one.
        _ = try EventLedger(path: path)
        let lease = try LedgerLease(ledger: path, holder: holder, patience: patience)
        let file = try LedgerFile.write(path)
        defer { withExtendedLifetime(lease) {} }
        do {
            try file.mapErrors {
                try file.queue.inDatabase { db in
                    guard let connection = db.sqliteConnection else { return }
                    try body(EventLedger(file: file), db, connection)
                }
            }
        } catch {
            try? file.closeAfterWriting()
            throw error
        }
        try file.closeAfterWriting()
    }
}

extension EventLedger {
    /// What the replay index holds, by its own account: `verify` proves it.
    public func indexExtent() throws -> ReplayIndex.Extent {
        try file.withConnection { try ReplayIndex.extent($0, path) }
    }
}
