import EventModel
import GRDBSQLite

extension EventLedger {
    /// Calls `body` with each event of `range`, in order. Contents are shared between the events
    /// that have them in common, as far as a cache of bounded size reaches.
    public func forEachEvent(
        _ range: ClosedRange<Int>, _ body: (Int, Event) throws -> Void
    ) throws {
        try file.withConnection { connection in
            let catalogue = try ContentReader(connection, path: path, cache: contents.lend())
            defer { contents.takeBack(catalogue.cache) }
            try forEachEvent(connection, range, catalogue, body)
        }
    }

    /// For a writer, whose contents are not for ever before it commits: they are kept for this call.
    func forEachEvent(
        _ connection: OpaquePointer, _ range: ClosedRange<Int>,
        _ body: (Int, Event) throws -> Void
    ) throws {
        try forEachEvent(connection, range, try ContentReader(connection, path: path), body)
    }

    private func forEachEvent(
        _ connection: OpaquePointer, _ range: ClosedRange<Int>, _ catalogue: ContentReader,
        _ body: (Int, Event) throws -> Void
    ) throws {
        try forEachRow(connection, "time, content, lag, id", range) { sequence, rows in
            func damaged(_ reason: String) -> LedgerError {
                .damaged(path: path, sequence: sequence, reason: reason)
            }
            guard let content = try catalogue.content(rows.int(2)) else {
                throw damaged("its content is missing")
            }
            let time = Timestamp(microseconds: Int64(rows.int(1)))
            let recorded = Timestamp(microseconds: time.microseconds &+ Int64(rows.int(3)))
            guard time.isWritable, recorded.isWritable else {
                throw damaged("its times lie outside the years 0001 to 9999")
            }
            guard let id = rows.eventID(4) else {
                throw damaged("its id is neither 16 bytes nor another text than a UUID's")
            }
            try body(
                sequence, Event(id: id, time: time, recorded: recorded, content: content))
        }
    }

    /// Lends the row of each event of `range`, in order: the sequence, then the columns that are named.
    ///
    /// - Throws: `LedgerError.damaged` where a row is missing; what `body` throws.
    @inline(__always)
    func forEachRow(
        _ connection: OpaquePointer, _ columns: String, _ range: ClosedRange<Int>,
        _ body: (Int, borrowing Statement) throws -> Void
    ) throws {
        let rows = try Statement(
            connection,
            """
            SELECT sequence, \(columns) FROM event
            WHERE sequence >= ? AND sequence <= ? ORDER BY sequence
            """, path: path)
        rows.bind(1, range.lowerBound)
        rows.bind(2, range.upperBound)
        var expected = range.lowerBound
        while try rows.step() {
            guard rows.int(0) == expected else { break }
            try body(expected, rows)
            expected &+= 1
        }
        try checkEnd(connection, of: range, expected: expected)
    }

    /// Throws where the rows of `range` ended before its end, at `expected`.
    func checkEnd(
        _ connection: OpaquePointer, of range: ClosedRange<Int>, expected: Int
    ) throws {
        guard expected <= range.upperBound else { return }
        guard expected >= 1, expected <= (try lastSequence(connection)) else {
            throw LedgerError.notFound(path: path, what: "sequence \(expected)")
        }
        throw LedgerError.damaged(path: path, sequence: expected, reason: "the row is missing")
    }

    /// The event at a sequence.
    public func event(at sequence: Int) throws -> Event {
        var found: Event?
        try forEachEvent(sequence...sequence) { found = $1 }
        guard let found else {
            throw LedgerError.notFound(path: path, what: "sequence \(sequence)")
        }
        return found
    }

    /// The sequence of the event with this id; nil where the ledger has none.
    public func sequence(of id: EventID) throws -> Int? {
        try file.withConnection { connection in
            let statement = try Statement(
                connection, "SELECT sequence FROM event WHERE id = ?", path: path)
            statement.bind(1, id)
            return try statement.step() ? statement.int(0) : nil
        }
    }

    /// The last sequence whose recorded time is not after `time`; 0 where there is none.
    ///
    /// Recorded time never falls, so this is a binary search.
    public func sequence(recordedBy time: Timestamp) throws -> Int {
        try file.withConnection { connection in
            var low = 0
            var high = try lastSequence(connection)
            while low < high {
                let middle = (low + high + 1) / 2
                guard let recorded = try recorded(connection, at: middle) else {
                    throw LedgerError.damaged(
                        path: path, sequence: middle, reason: "the row is missing")
                }
                if recorded <= time { low = middle } else { high = middle - 1 }
            }
            return low
        }
    }

    /// The devices that the ledger's events name, by their codes 1, 2, 3, …
    public func devices() throws -> [String] {
        try file.withConnection { connection in
            let statement = try Statement(
                connection, "SELECT name FROM device ORDER BY code", path: path)
            var names: [String] = []
            while try statement.step() { names.append(statement.text(0)) }
            return names
        }
    }

    /// All registrations up to `last`, in order, with their sequences and times.
    public func registrations(
        upTo last: Int
    ) throws -> [(sequence: Int, time: Timestamp, registration: Registration)] {
        try file.withConnection { connection in
            let catalogue = try ContentReader(connection, path: path)
            let statement = try Statement(
                connection,
                """
                SELECT r.sequence, e.content, e.time FROM registration r JOIN event e USING (sequence)
                WHERE r.sequence <= ? ORDER BY r.sequence
                """, path: path)
            statement.bind(1, last)
            var found: [(sequence: Int, time: Timestamp, registration: Registration)] = []
            while try statement.step() {
                guard
                    case .registration(let one)? = try catalogue.content(statement.int(1))?.meaning
                else { continue }
                found.append(
                    (statement.int(0), Timestamp(microseconds: Int64(statement.int(2))), one))
            }
            return found
        }
    }

    /// The runs that wrote the ledger, in order.
    public func runs() throws -> [LedgerRun] {
        try file.withConnection { connection in
            let statement = try Statement(
                connection,
                """
                SELECT r.number, r.begin, r.provenance, coalesce(max(b.consumed), 0),
                  coalesce(max(b.complete), 0)
                FROM run r LEFT JOIN batch b ON b.run = r.number
                GROUP BY r.number ORDER BY r.number
                """, path: path)
            var runs: [LedgerRun] = []
            while try statement.step() {
                runs.append(
                    LedgerRun(
                        number: statement.int(0), begin: statement.int(1),
                        provenance: statement.text(2), consumed: statement.int(3),
                        isComplete: statement.int(4) == 1))
            }
            return runs
        }
    }
}

extension Statement {
    /// An id is 16 bytes for a UUID, else text; nil where it is anything else, or a UUID as text,
    /// which would be one id in two forms.
    @inline(__always)
    borrowing func eventID(_ column: Int32) -> EventID? {
        guard isBlob(column) else {
            guard let text = try? checkedText(column, of: "id") else { return nil }
            let id = EventID(text)
            if case .uuid = id { return nil }
            return id
        }
        return withBlob(column) { bytes in
            guard bytes.count == 16 else { return nil }
            return .uuid(
                UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 0, as: UInt64.self)),
                UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)))
        }
    }

    /// Binds an id, runs the statement, and makes it ready for the next run: SQLite copies nothing,
    /// since the id's bytes outlive the step. Returns SQLite's code.
    @inline(__always)
    borrowing func step(binding id: EventID, at index: Int32) -> Int32 {
        guard case .uuid(let high, let low) = id else {
            bind(index, id)
            defer { sqlite3_reset(handle) }
            return sqlite3_step(handle)
        }
        return withUnsafeBytes(of: (high.bigEndian, low.bigEndian)) { bytes in
            sqlite3_bind_blob(handle, index, bytes.baseAddress, 16, nil)
            defer { sqlite3_reset(handle) }
            return sqlite3_step(handle)
        }
    }

    @inline(__always)
    borrowing func bind(_ index: Int32, _ id: EventID) {
        switch id {
        case .other(let text): bind(index, text)
        case .uuid(let high, let low):
            withUnsafeBytes(of: (high.bigEndian, low.bigEndian)) { bind(index, blob: $0) }
        }
    }
}
