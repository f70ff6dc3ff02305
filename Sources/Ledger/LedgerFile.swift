import EventModel
import Foundation
import GRDB
import GRDBSQLite

/// One connection to a ledger file, and the statements that reader and writer share.
struct LedgerFile {
    let path: String
    let queue: DatabaseQueue

    /// Opens an existing ledger for reading.
    static func read(_ path: String) throws -> LedgerFile {
        guard FileManager.default.fileExists(atPath: path) else {
            throw LedgerError.missing(path: path)
        }
        try refuseFolder(path)
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(10)
        do {
            return try open(path, configuration)
        } catch LedgerError.storage(_, let code, _) where isUnfinished(code) {
            // A writer was killed between two journal modes: SQLite rolls that back by itself, but
            // only for a connection that may write.
            try recover(path)
            return try open(path, configuration)
        }
    }

    /// SQLITE_READONLY_ROLLBACK, SQLITE_READONLY_RECOVERY, SQLITE_READONLY_CANTLOCK.
    private static func isUnfinished(_ code: Int) -> Bool { [776, 264, 520].contains(code) }

    private static func recover(_ path: String) throws {
        var configuration = Configuration()
        configuration.busyMode = .timeout(10)
        do {
            let queue = try DatabaseQueue(path: path.asSQLiteFile, configuration: configuration)
            _ = try queue.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM sqlite_master") }
            try queue.close()
        } catch {
            throw translate(error, path)
        }
    }

    /// Opens a ledger for writing; makes it, where there is none. The lease must be held.
    static func write(_ path: String) throws -> LedgerFile {
        let isNew = !FileManager.default.fileExists(atPath: path)
        try refuseFolder(path)
        try refuseLinks(path)
        var configuration = Configuration()
        configuration.busyMode = .timeout(10)
        // Every code comes from the catalogue that has just stored it, so checking it again would
        // only cost two look-ups a row; other programs' connections check, and `verify` does.
        configuration.foreignKeysEnabled = false
        configuration.prepareDatabase { db in
            // A commit is on the disk when it returns.
            try db.execute(sql: "PRAGMA synchronous = FULL")
            try db.execute(sql: "PRAGMA cache_size = -65536")
        }
        let file = try open(path, configuration, isNew: isNew)
        try file.mapErrors {
            try file.queue.writeWithoutTransaction {
                try $0.execute(sql: "PRAGMA journal_mode = WAL")
            }
            try LedgerSchema.migrator.migrate(file.queue)
        }
        return file
    }

    /// A file of two names has two leases and two WALs, which SQLite does not survive.
    private static func refuseLinks(_ path: String) throws {
        var status = stat()
        guard stat(path, &status) == 0, status.st_nlink > 1 else { return }
        throw LedgerError.cannotWrite(
            path: path,
            reason: "the file has \(status.st_nlink) names (hard links), and each would have a"
                + " writer of its own; keep one, or write to a copy")
    }

    private static func refuseFolder(_ path: String) throws {
        var isFolder = ObjCBool(false)
        if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue
        {
            throw LedgerError.notALedger(path: path, reason: "a folder")
        }
    }

    private static func open(
        _ path: String, _ configuration: Configuration, isNew: Bool = false
    ) throws -> LedgerFile {
        do {
            let file = LedgerFile(
                path: path,
                queue: try DatabaseQueue(path: path.asSQLiteFile, configuration: configuration))
            try file.checkKind(isNew: isNew)
            return file
        } catch {
            throw translate(error, path)
        }
    }

    private func checkKind(isNew: Bool) throws {
        let (application, version, objects) = try queue.read { db in
            (
                try Int32.fetchOne(db, sql: "PRAGMA application_id") ?? 0,
                try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0,
                try Int.fetchOne(
                    db,
                    sql:
                        "SELECT count(*) FROM sqlite_master WHERE tbl_name IS NOT 'grdb_migrations'"
                ) ?? 0
            )
        }
        // A writer that was killed before its first migration leaves a file without tables of ours.
        let isBlank = application == 0 && version == 0 && objects == 0
        if isNew || isBlank && !queue.configuration.readonly { return }
        guard !isBlank else {
            throw LedgerError.blank(path: path)
        }
        guard application == LedgerSchema.applicationID else {
            let name = String(UInt32(bitPattern: application), radix: 16)
            throw LedgerError.notALedger(
                path: path, reason: "a SQLite file of another program (application_id 0x\(name))")
        }
        guard version <= LedgerSchema.version else {
            throw LedgerError.newerVersion(
                path: path, version: version, known: LedgerSchema.version)
        }
        guard version == LedgerSchema.version else {
            throw LedgerError.damaged(
                path: path, sequence: nil, reason: "format version \(version) never was")
        }
    }

    /// Runs `body` with the raw connection.
    func withConnection<R>(_ body: (OpaquePointer) throws -> R) throws -> R {
        try mapErrors {
            try queue.inDatabase { db in
                guard let connection = db.sqliteConnection else {
                    throw LedgerError.storage(path: path, code: 21, reason: "connection closed")
                }
                return try body(connection)
            }
        }
    }

    func mapErrors<R>(_ body: () throws -> R) throws -> R {
        do { return try body() } catch { throw LedgerFile.translate(error, path) }
    }

    /// Takes the WAL in, leaves one plain file, and closes it.
    func closeAfterWriting() throws {
        try mapErrors {
            queue.inDatabase { db in
                _ = try? db.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)")
                // Refused while readers are there.
                _ = try? db.execute(sql: "PRAGMA journal_mode = DELETE")
            }
            try queue.close()
        }
    }

    private static func translate(_ error: any Error, _ path: String) -> any Error {
        guard let error = error as? DatabaseError else { return error }
        let reason = error.message ?? "no message"
        switch error.resultCode {
        case .SQLITE_NOTADB: return LedgerError.notALedger(path: path, reason: reason)
        case .SQLITE_CORRUPT:
            return LedgerError.damaged(path: path, sequence: nil, reason: reason)
        case .SQLITE_BUSY:
            return LedgerError.busy(path: path, holder: "another process (\(reason))")
        case .SQLITE_CANTOPEN, .SQLITE_READONLY:
            return LedgerError.storage(
                path: path, code: Int(error.extendedResultCode.rawValue),
                reason: "\(reason); a ledger that was not closed cleanly needs a folder that can be"
                    + " written to once, to take its -wal or -journal file in")
        default:
            return LedgerError.storage(
                path: path, code: Int(error.extendedResultCode.rawValue), reason: reason)
        }
    }
}
