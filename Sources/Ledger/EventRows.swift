import EventModel
import GRDBSQLite

/// The statements that insert events: one a row, and one of `EventRows.many` rows at a time.
///
/// A statement of many rows opens the two B-trees once, and finds the end of each where it left it:
/// half of what as many statements of one row take (docs/decisions/0009).
struct EventRows: ~Copyable {
    private let one: Statement
    private let group: Statement
    private let connection: OpaquePointer
    private let path: String
    /// Rows in a statement: more of them gain nothing.
    static let many = 64

    init(_ connection: OpaquePointer, path: String) throws(LedgerError) {
        let one = try Statement(connection, EventRows.insert(rows: 1), path: path)
        let group = try Statement(connection, EventRows.insert(rows: EventRows.many), path: path)
        self.connection = connection
        self.path = path
        self.one = one
        self.group = group
    }

    /// OR FAIL: an error ends the transaction anyway, so no statement needs a journal of its own.
    private static func insert(rows: Int) -> String {
        "INSERT OR FAIL INTO event (sequence, time, content, device, lag, leaf, id) VALUES "
            + Array(repeating: "(?, ?, ?, ?, ?, ?, ?)", count: rows).joined(separator: ", ")
    }

    /// Inserts one event; SQLite's code.
    func insert(
        _ event: Event, sequence: Int, _ codes: ContentCatalogue.Codes, leaf: SHA256Digest
    ) -> Int32 {
        one.bind(1, sequence)
        one.bind(2, event.time.microseconds)
        one.bind(3, codes.content)
        one.bind(4, codes.device)
        one.bind(5, (event.recorded ?? event.time).microseconds - event.time.microseconds)
        one.bind(6, leaf.prefix)
        return one.step(binding: event.id, at: 7)
    }

    /// Inserts a batch of which every event is new.
    ///
    /// - Parameter records: the codes of its events, in the same order.
    /// - Throws: `CopyFound` where an id is there already.
    func insert(_ batch: PreparedBatch, _ records: [EventRecord]) throws {
        try batch.rows.withUnsafeBytes { bytes in
            let rows = bytes.assumingMemoryBound(to: PreparedRow.self)
            var place = 0
            while place < rows.count {
                let isGroup = rows.count - place >= EventRows.many
                let end = place + (isGroup ? EventRows.many : 1)
                let first = batch.begin.sequence + 1
                if isGroup {
                    for row in place..<end {
                        bind(group, row - place, rows, row, records[row], first, batch.texts)
                    }
                    try run(group)
                } else {
                    bind(one, 0, rows, place, records[place], first, batch.texts)
                    try run(one)
                }
                place = end
            }
        }
    }

    @inline(__always)
    private func bind(
        _ statement: borrowing Statement, _ group: Int,
        _ rows: UnsafeBufferPointer<PreparedRow>, _ place: Int, _ record: EventRecord,
        _ first: Int, _ texts: [String]
    ) {
        let row = rows[place]
        let column = Int32(group * 7)
        statement.bind(column + 1, first + place)
        statement.bind(column + 2, row.time)
        statement.bind(column + 3, Int(record.content))
        statement.bind(column + 4, record.device == 0 ? nil : Int(record.device))
        statement.bind(column + 5, row.lag)
        statement.bind(column + 6, row.leaf)
        if row.isText {
            statement.bind(column + 7, texts[Int(row.id.0)])
        } else {
            statement.bind(column + 7, lent: EventRows.id(rows, place))
        }
    }

    /// The 16 bytes of a row's id, which lie there as long as the rows do.
    @inline(__always)
    private static func id(
        _ rows: UnsafeBufferPointer<PreparedRow>, _ place: Int
    ) -> UnsafeRawBufferPointer {
        let bytes = UnsafeRawBufferPointer(rows)
        let offset = place * MemoryLayout<PreparedRow>.stride + idOffset
        return UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + 16])
    }

    private static let idOffset = MemoryLayout<PreparedRow>.offset(of: \.id) ?? 0

    @inline(__always)
    private func run(_ statement: borrowing Statement) throws {
        let code = statement.stepOnce()
        if code == SQLITE_DONE { return }
        // GRDB asks for extended codes; the low byte tells the kind.
        guard code & 0xFF == SQLITE_CONSTRAINT else {
            throw LedgerError.sqlite(connection, code, path: path)
        }
        throw CopyFound()
    }
}
