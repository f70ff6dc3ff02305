import EventModel
import GRDBSQLite

/// A prepared SQLite statement, finalised with its owner: the loop where events flow.
///
/// GRDB's own statements cost a third more a row, for conveniences that a row of integers does not
/// need. Columns are read in order; a text or blob is lent for as long as the row stands.
public struct Statement: ~Copyable {
    @usableFromInline let handle: OpaquePointer
    let path: String

    /// - Parameter connection: must outlive the statement.
    public init(_ connection: OpaquePointer?, _ sql: String, path: String) throws(LedgerError) {
        var handle: OpaquePointer?
        let code = sqlite3_prepare_v3(
            connection, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &handle, nil)
        guard code == SQLITE_OK, let handle else {
            throw LedgerError.sqlite(connection, code, path: path)
        }
        self.handle = handle
        self.path = path
    }

    deinit { sqlite3_finalize(handle) }

    /// Steps to the next row; false at the end.
    @inline(__always)
    public borrowing func step() throws(LedgerError) -> Bool {
        let code = sqlite3_step(handle)
        if code == SQLITE_ROW { return true }
        if code == SQLITE_DONE { return false }
        throw LedgerError.sqlite(sqlite3_db_handle(handle), code, path: path)
    }

    /// Runs a statement that gives no rows, and makes it ready for the next run.
    @inline(__always)
    public borrowing func run() throws(LedgerError) {
        defer { sqlite3_reset(handle) }
        while try step() {}
    }

    /// Runs a statement that gives no rows, and makes it ready for the next run: SQLite's code.
    @inline(__always)
    borrowing func stepOnce() -> Int32 {
        defer { sqlite3_reset(handle) }
        return sqlite3_step(handle)
    }

    @inline(__always) public borrowing func reset() { sqlite3_reset(handle) }

    @inline(__always) public borrowing func bind(_ index: Int32, _ value: Int) {
        sqlite3_bind_int64(handle, index, Int64(value))
    }

    @inline(__always) public borrowing func bind(_ index: Int32, _ value: Int64) {
        sqlite3_bind_int64(handle, index, value)
    }

    public borrowing func bind(_ index: Int32, _ value: Int?) {
        if let value { bind(index, value) } else { sqlite3_bind_null(handle, index) }
    }

    /// Binds a copy of the text.
    public borrowing func bind(_ index: Int32, _ text: String?) {
        guard var text else {
            sqlite3_bind_null(handle, index)
            return
        }
        text.withUTF8 { utf8 in
            utf8.withMemoryRebound(to: CChar.self) { bytes in
                _ = sqlite3_bind_text64(
                    handle, index, bytes.baseAddress ?? UnsafePointer(bitPattern: 1),
                    UInt64(bytes.count), Statement.transient, UInt8(SQLITE_UTF8))
            }
        }
    }

    /// Binds a copy of the bytes.
    @inline(__always)
    public borrowing func bind(_ index: Int32, blob bytes: UnsafeRawBufferPointer) {
        sqlite3_bind_blob64(
            handle, index, bytes.baseAddress ?? UnsafeRawPointer(bitPattern: 1),
            UInt64(bytes.count), Statement.transient)
    }

    /// Binds bytes that SQLite does not copy: they must lie where they are until the step.
    @inline(__always)
    borrowing func bind(_ index: Int32, lent bytes: UnsafeRawBufferPointer) {
        sqlite3_bind_blob64(handle, index, bytes.baseAddress, UInt64(bytes.count), nil)
    }

    @inline(__always) public borrowing func int(_ column: Int32) -> Int {
        Int(sqlite3_column_int64(handle, column))
    }

    public borrowing func isNull(_ column: Int32) -> Bool {
        sqlite3_column_type(handle, column) == SQLITE_NULL
    }

    public borrowing func optionalInt(_ column: Int32) -> Int? {
        isNull(column) ? nil : int(column)
    }

    /// The text of a column, exactly as stored; "" for NULL.
    public borrowing func text(_ column: Int32) -> String {
        guard let start = sqlite3_column_text(handle, column) else { return "" }
        let count = Int(sqlite3_column_bytes(handle, column))
        return String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    }

    /// The text of a column.
    ///
    /// - Throws: `LedgerError.damaged` for anything but text in valid UTF-8, which `text` would
    ///   repair, and so make equal to what was never written.
    borrowing func checkedText(_ column: Int32, of what: String) throws(LedgerError) -> String {
        if sqlite3_column_type(handle, column) == SQLITE_TEXT,
            let start = sqlite3_column_text(handle, column)
        {
            let count = Int(sqlite3_column_bytes(handle, column))
            let bytes = UnsafeBufferPointer(start: start, count: count)
            if let text = String(validating: bytes, as: UTF8.self) { return text }
        }
        throw LedgerError.damaged(path: path, sequence: nil, reason: "\(what) is no valid text")
    }

    public borrowing func optionalText(_ column: Int32) -> String? {
        isNull(column) ? nil : text(column)
    }

    /// Lends the bytes of a column while the row stands.
    @inline(__always)
    public borrowing func withBlob<R>(
        _ column: Int32, _ body: (UnsafeRawBufferPointer) -> R
    ) -> R {
        let start = sqlite3_column_blob(handle, column)
        return body(
            UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(handle, column))))
    }

    public borrowing func isBlob(_ column: Int32) -> Bool {
        sqlite3_column_type(handle, column) == SQLITE_BLOB
    }

    /// SQLite copies what it is given: `SQLITE_TRANSIENT`, which is a cast that Swift cannot import.
    private static let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
}

extension LedgerError {
    /// The error that SQLite's connection states.
    static func sqlite(_ connection: OpaquePointer?, _ code: Int32, path: String) -> LedgerError {
        let extended = connection.map { sqlite3_extended_errcode($0) } ?? code
        let reason = connection.map { String(cString: sqlite3_errmsg($0)) } ?? "no connection"
        switch code & 0xFF {
        case SQLITE_CORRUPT: return .damaged(path: path, sequence: nil, reason: reason)
        case SQLITE_NOTADB: return .notALedger(path: path, reason: reason)
        case SQLITE_BUSY: return .busy(path: path, holder: "another process (\(reason))")
        default: return .storage(path: path, code: Int(extended), reason: reason)
        }
    }
}
