import EventModel
import GRDBSQLite

/// The statements of an append, and the codes of the texts that it met lately.
final class AppendRows {
    private let ledger: EventLedger
    private var path: String { ledger.path }
    private let connection: OpaquePointer
    private let events: EventRows
    private let registration: Statement
    private let block: Statement
    private let batch: Statement
    private let findID: Statement
    private let kept: Statement
    private let contents: ContentCatalogue

    init(_ ledger: EventLedger, _ connection: OpaquePointer) throws {
        self.ledger = ledger
        self.connection = connection
        let path = ledger.path
        events = try EventRows(connection, path: path)
        registration = try Statement(connection, "INSERT INTO registration VALUES (?)", path: path)
        block = try Statement(
            connection, "INSERT INTO block (number, earliest, latest, root) VALUES (?, ?, ?, ?)",
            path: path)
        batch = try Statement(
            connection,
            """
            INSERT INTO batch (number, run, last, consumed, complete, root)
            VALUES (?, ?, ?, ?, ?, ?)
            """, path: path)
        findID = try Statement(connection, "SELECT sequence FROM event WHERE id = ?", path: path)
        kept = try Statement(
            connection, "SELECT time, content FROM event WHERE sequence = ?", path: path)
        contents = try ContentCatalogue(connection, path: path)
    }

    /// The codes of the event's content, which is kept where it is new; nil where the ledger has
    /// the event already. A copy that is spelled otherwise must leave no content behind.
    @inline(__always)
    func codes(of event: Event) throws -> ContentCatalogue.Codes? {
        if let codes = try contents.find(event.content) { return codes }
        return try find(event.id) == nil ? contents.insert(event.content) : nil
    }

    /// False where the id is there already.
    func insert(
        _ one: Event, sequence: Int, _ codes: ContentCatalogue.Codes, leaf: SHA256Digest
    ) throws -> Bool {
        let code = events.insert(one, sequence: sequence, codes, leaf: leaf)
        if code == SQLITE_DONE { return true }
        // GRDB asks for extended codes; the low byte tells the kind.
        let failure = LedgerError.sqlite(connection, code, path: path)
        if code & 0xFF == SQLITE_CONSTRAINT, try find(one.id) != nil { return false }
        throw failure
    }

    /// Inserts a batch whose events are all new, with what is new of its contents; the records of
    /// its events.
    ///
    /// - Throws: `CopyFound` where one of them is not. The transaction is then to be rolled back.
    func insert(_ batch: PreparedBatch) throws -> [EventRecord] {
        var codes = [ContentCatalogue.Codes?](repeating: nil, count: batch.contents.count)
        var records: [EventRecord] = []
        records.reserveCapacity(batch.count)
        let first = batch.begin.sequence + 1
        for place in batch.rows.indices {
            let row = batch.rows[place]
            let content = Int(row.content)
            let known: ContentCatalogue.Codes
            if let met = codes[content] {
                known = met
            } else {
                known = try code(batch.contents[content])
                codes[content] = known
            }
            records.append(
                try record(Timestamp(microseconds: row.time), known, at: first + place))
        }
        try events.insert(batch, records)
        for (place, row) in batch.rows.enumerated() {
            if case .registration = batch.contents[Int(row.content)].meaning {
                try insertRegistration(first + place)
            }
        }
        return records
    }

    private func code(_ content: EventContent) throws -> ContentCatalogue.Codes {
        try contents.find(content) ?? contents.insert(content)
    }

    private func find(_ id: EventID) throws -> Int? {
        findID.bind(1, id)
        defer { findID.reset() }
        return try findID.step() ? findID.int(0) : nil
    }

    /// Throws where the ledger's event of this id is another event.
    func checkSame(_ offered: Event) throws {
        guard let sequence = try find(offered.id) else { return }
        kept.bind(1, sequence)
        defer { kept.reset() }
        guard try kept.step(), let content = try contents.content(kept.int(1)) else {
            throw LedgerError.damaged(
                path: path, sequence: sequence, reason: "the event cannot be read")
        }
        let first = Event(
            id: offered.id, time: Timestamp(microseconds: Int64(kept.int(0))), content: content)
        if let difference = first.difference(from: offered) {
            throw LedgerError.conflict(
                id: offered.id.text, sequence: sequence, offered: "the one offered",
                difference: difference)
        }
    }

    func insertRegistration(_ sequence: Int) throws {
        registration.bind(1, sequence)
        try registration.run()
    }

    func insert(_ sealed: SealedBlock) throws {
        block.bind(1, sealed.number)
        block.bind(2, sealed.earliest)
        block.bind(3, sealed.latest)
        sealed.root.withBytes { block.bind(4, blob: $0) }
        try block.run()
    }

    /// The event as the replay index has it.
    @inline(__always)
    func record(
        _ time: Timestamp, _ codes: ContentCatalogue.Codes, at sequence: Int
    ) throws -> EventRecord {
        guard let device = UInt32(exactly: codes.device ?? 0),
            let content = UInt32(exactly: codes.content)
        else {
            throw LedgerError.damaged(
                path: path, sequence: sequence, reason: "its device or content cannot be")
        }
        return EventRecord(time: time.microseconds, device: device, content: content)
    }

    /// Writes the segment that ends at `sequence`, unless the index has one of its number.
    ///
    /// The events are kept whatever stands in the index: a table that is not ours, or a segment too
    /// many, is left for `verify` to find.
    func seal(
        _ segment: OpenSegment, at sequence: Int, _ added: ArraySlice<EventRecord>
    ) throws {
        if try SegmentTable.state(connection, path: path) == .absent {
            try SegmentTable.make(connection, path: path)
        }
        guard try SegmentTable.state(connection, path: path) == .ready else { return }
        let sealed = try segment.seal(at: sequence, added, ledger, connection)
        guard try !SegmentTable.has(sealed.header.number, connection, path: path) else { return }
        try sealed.insert(connection, path: path)
    }

    func insertBatch(
        number: Int, run: Int, last: Int, consumed: Int, complete: Bool, root: SHA256Digest
    ) throws {
        batch.bind(1, number)
        batch.bind(2, run)
        batch.bind(3, last)
        batch.bind(4, consumed)
        batch.bind(5, complete ? 1 : 0)
        let digest = LedgerBatch.digest(
            number: number, run: run, last: last, consumed: consumed, complete: complete, root: root
        )
        digest.withBytes { batch.bind(6, blob: $0) }
        try batch.run()
    }
}
