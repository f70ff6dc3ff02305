import EventModel
import GRDBSQLite

/// What one append is about to make of the ledger; taken over once its transaction has committed.
struct Batch {
    var head: LedgerHead
    /// The full blocks; the rest is in `block`.
    var tree: MerkleTree
    var block: OpenBlock
    /// The segment as it was before.
    let segment: OpenSegment
    /// The records of the events that are new.
    var records: [EventRecord] = []
    var outcome = AppendOutcome()
    /// Whether it left a row of its own.
    var isKept = false

    init(head: LedgerHead, tree: MerkleTree, block: OpenBlock, segment: OpenSegment) {
        self.head = head
        self.tree = tree
        self.block = block
        self.segment = segment
    }

    mutating func append(_ event: Event, recorded: Timestamp?, _ rows: AppendRows) throws {
        var event = event
        let stated = event.recorded ?? recorded ?? event.time
        for (name, time) in [("time", event.time), ("recorded time", stated)]
        where !time.isWritable {
            throw LedgerError.refused(
                id: event.id.text, reason: "its \(name) lies outside the years 0001 to 9999")
        }
        if case .other(let text) = event.id { event.id = EventID(text) }
        let raised = max(stated, head.recorded ?? stated)
        event.recorded = raised
        let sequence = head.sequence + 1
        let leaf = event.leafHash(at: sequence)
        guard let codes = try rows.codes(of: event),
            try rows.insert(event, sequence: sequence, codes, leaf: leaf)
        else {
            try rows.checkSame(event)
            outcome.skipped += 1
            return
        }
        if raised != stated { outcome.raised += 1 }
        if case .registration = event.content.meaning { try rows.insertRegistration(sequence) }
        head.sequence = sequence
        head.recorded = raised
        outcome.appended += 1
        records.append(try rows.record(event.time, codes, at: sequence))
        block.add(event.time, leaf)
        if block.tree.count == LedgerSchema.blockSize {
            let root = block.tree.root
            try rows.insertBlock(number: sequence / LedgerSchema.blockSize - 1, block, root)
            tree.append(subtree: root, ofHeight: LedgerSchema.blockHeight)
            block = OpenBlock()
            if sequence % segment.size == 0 { try rows.seal(segment, at: sequence, records) }
        }
    }
}

/// The statements of an append, and the codes of the texts that it met lately.
final class AppendRows {
    private let ledger: EventLedger
    private var path: String { ledger.path }
    private let connection: OpaquePointer
    private let event: Statement
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
        event = try Statement(
            connection,
            """
            INSERT INTO event (sequence, time, content, device, lag, leaf, id)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            """, path: path)
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
    @inline(__always)
    func insert(
        _ one: Event, sequence: Int, _ codes: ContentCatalogue.Codes, leaf: SHA256Digest
    ) throws -> Bool {
        event.bind(1, sequence)
        event.bind(2, one.time.microseconds)
        event.bind(3, codes.content)
        event.bind(4, codes.device)
        event.bind(5, (one.recorded ?? one.time).microseconds - one.time.microseconds)
        event.bind(6, leaf.prefix)
        let code = event.step(binding: one.id, at: 7)
        if code == SQLITE_DONE { return true }
        // GRDB asks for extended codes; the low byte tells the kind.
        let failure = LedgerError.sqlite(connection, code, path: path)
        if code & 0xFF == SQLITE_CONSTRAINT, try find(one.id) != nil { return false }
        throw failure
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

    func insertBlock(number: Int, _ open: OpenBlock, _ root: SHA256Digest) throws {
        block.bind(1, number)
        block.bind(2, open.earliest)
        block.bind(3, open.latest)
        root.withBytes { block.bind(4, blob: $0) }
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
    func seal(_ segment: OpenSegment, at sequence: Int, _ added: [EventRecord]) throws {
        if try SegmentTable.state(connection, path: path) == .absent {
            try SegmentTable.make(connection, path: path)
        }
        guard try SegmentTable.state(connection, path: path) == .ready else { return }
        let sealed = try segment.seal(at: sequence, added[...], ledger, connection)
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

/// The row that each append leaves: whole batches can be told from torn ones by it.
enum LedgerBatch {
    /// The version of the encoding below.
    static let version: UInt8 = 1

    /// What the row's `root` column holds: a hash over the row and the tree head after it.
    ///
    ///     offset  bytes  what
    ///     0       1      version of this encoding: 1
    ///     1       8      number, and likewise, big-endian: run, last, consumed, complete
    ///     41      32     the tree head of the first `last` events
    static func digest(
        number: Int, run: Int, last: Int, consumed: Int, complete: Bool, root: SHA256Digest
    ) -> SHA256Digest {
        var hash = SHA256()
        hash.update(bigEndian: version)
        for value in [number, run, last, consumed, complete ? 1 : 0] {
            hash.update(bigEndian: Int64(value))
        }
        root.withBytes { hash.update($0) }
        return hash.digest()
    }
}
