import GRDBSQLite
import Ledger

/// A SQLite file as another program sees it.
enum SQLiteFile {
    struct Failure: Error {
        var message: String
    }

    static func execute(_ sql: String, on path: String) throws {
        var connection: OpaquePointer?
        defer { sqlite3_close_v2(connection) }
        guard sqlite3_open(path, &connection) == SQLITE_OK,
            sqlite3_exec(connection, sql, nil, nil, nil) == SQLITE_OK
        else { throw Failure(message: String(cString: sqlite3_errmsg(connection))) }
    }

    /// The first column of the first row, as text.
    static func value(_ sql: String, on path: String) throws -> String? {
        var connection: OpaquePointer?
        defer { sqlite3_close_v2(connection) }
        guard sqlite3_open(path, &connection) == SQLITE_OK else {
            throw Failure(message: String(cString: sqlite3_errmsg(connection)))
        }
        let statement = try Statement(connection, sql, path: path)
        return try statement.step() ? statement.optionalText(0) : nil
    }
}
