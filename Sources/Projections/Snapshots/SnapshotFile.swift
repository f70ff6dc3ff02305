import EventModel
import Foundation
import GRDB
import Ledger

/// The SQLite file beside a ledger that snapshots are kept in: `cats.ledger.snapshots`.
///
///     basis       projection, version, settings, tz database      what a state depends on beside events
///     snapshot    one row a range: what it covers, who vouches for it
///     part        the state's bytes, by feeder where feeders are independent
///
/// It is derived from the ledger, and loses nothing when it is deleted.
final class SnapshotFile {
    let path: String
    let queue: DatabaseQueue
    /// Those that were read so far.
    var codes: FeederCodes
    /// "RLsn" in ASCII.
    static let applicationID: Int32 = 0x524C_736E
    static let version = 1

    /// Beside the ledger itself, where `ledger` is a symbolic link: as SQLite places its own files.
    static func path(of ledger: String) -> String {
        var path = ledger
        // As many links in a row as Linux follows.
        for _ in 0..<40 {
            guard let target = try? FileManager.default.destinationOfSymbolicLink(atPath: path)
            else { break }
            let folder = path.lastIndex(of: "/").map { path[...$0] } ?? ""
            path = target.hasPrefix("/") ? target : folder + target
        }
        return path + ".snapshots"
    }

    /// Opens the file for reading; nil where there is none.
    static func read(_ path: String) throws -> SnapshotFile? {
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        var configuration = Configuration()
        // A journal is there, too, while somebody makes snapshots: each commit is short.
        configuration.busyMode = .timeout(10)
        do { try HydrationStore.recover(path, configuration) } catch {
            throw translate(error, path)
        }
        // A process that was killed before its first commit leaves an empty file.
        let size = try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int
        guard size != 0 else { return nil }
        configuration.readonly = true
        return try SnapshotFile(path, configuration)
    }

    /// Opens the file for writing; makes it, where there is none.
    static func write(_ path: String) throws -> SnapshotFile {
        var configuration = Configuration()
        configuration.prepareDatabase { db in
            // Snapshots can be made again: what a power failure takes is found out by checksums.
            try db.execute(sql: "PRAGMA synchronous = NORMAL")
            // For a file that is made: a part of some kilobytes then lies on one page.
            try db.execute(sql: "PRAGMA page_size = 16384")
        }
        return try SnapshotFile(path, configuration)
    }

    private init(_ path: String, _ configuration: Configuration) throws {
        self.path = path
        codes = FeederCodes(path: path)
        var configuration = configuration
        configuration.busyMode = .timeout(10)
        do {
            let queue = try DatabaseQueue(path: path.asStoreFile, configuration: configuration)
            if !configuration.readonly {
                try queue.inDatabase { db in
                    try db.inTransaction(.immediate) {
                        guard try SnapshotFile.isBlank(db) else { return .rollback }
                        try db.execute(sql: SnapshotFile.tables)
                        return .commit
                    }
                }
            }
            let (kind, version) = try queue.read { db in
                (
                    try Int32.fetchOne(db, sql: "PRAGMA application_id"),
                    try Int.fetchOne(db, sql: "PRAGMA user_version")
                )
            }
            guard kind == SnapshotFile.applicationID, version == SnapshotFile.version else {
                throw StoreError.notSnapshots(
                    path: path,
                    reason: kind == SnapshotFile.applicationID
                        ? "it has format version \(version ?? 0), and this program knows"
                            + " \(SnapshotFile.version)" : "a file of another program")
            }
            self.queue = queue
        } catch {
            throw SnapshotFile.translate(error, path)
        }
    }

    private static func isBlank(_ db: Database) throws -> Bool {
        try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_master") == 0
    }

    private static let tables = """
        CREATE TABLE basis (
          number INTEGER PRIMARY KEY,
          projection TEXT NOT NULL,
          version INTEGER NOT NULL,
          default_zone TEXT NOT NULL,
          portion_grams INTEGER NOT NULL,
          double_feed_minutes INTEGER NOT NULL,
          tzdata TEXT NOT NULL,
          stretch INTEGER NOT NULL,
          UNIQUE (projection, version, default_zone, portion_grams, double_feed_minutes, tzdata)
        ) STRICT;
        \(FeederCodes.table)
        \(SnapshotHeader.table)
        CREATE TABLE part (
          basis INTEGER NOT NULL,
          level INTEGER NOT NULL,
          place INTEGER NOT NULL,
          feeder INTEGER NOT NULL,
          events INTEGER NOT NULL,
          checksum INTEGER NOT NULL,
          body BLOB NOT NULL,
          PRIMARY KEY (basis, level, place, feeder)
        ) STRICT, WITHOUT ROWID;
        PRAGMA application_id = \(applicationID);
        PRAGMA user_version = \(version);
        """

    /// What SQLite says, as the error of a snapshot file.
    static func translate(_ error: any Error, _ path: String) -> any Error {
        if error is RowDecodingError {
            return StoreError.notSnapshots(path: path, reason: "it is damaged")
        }
        guard let error = error as? DatabaseError else { return error }
        let reason = error.message ?? "SQLite error \(error.resultCode.rawValue)"
        switch error.resultCode {
        case .SQLITE_NOTADB, .SQLITE_CORRUPT:
            return StoreError.notSnapshots(path: path, reason: reason)
        case .SQLITE_BUSY: return StoreError.busy(path: path)
        default: return StoreError.storage(path: path, reason: reason)
        }
    }

    func reading<R>(_ body: (Database) throws -> R) throws -> R {
        do { return try queue.read(body) } catch { throw SnapshotFile.translate(error, path) }
    }
}

extension SnapshotBasis {
    /// The number of this basis in the file, and how long its stretches are; nil where it has none.
    func find(_ db: Database) throws -> (number: Int, stretch: Int)? {
        try Row.fetchOne(
            db,
            sql: """
                SELECT number, stretch FROM basis WHERE projection = ? AND version = ?
                AND default_zone = ? AND portion_grams = ? AND double_feed_minutes = ?
                AND tzdata = ?
                """, arguments: arguments
        ).map { row in
            (
                number: try row.decode(Int.self, atIndex: 0),
                stretch: try row.decode(Int.self, atIndex: 1)
            )
        }
    }

    /// Enters the basis, and returns its number.
    func insert(stretch: Int, _ db: Database) throws -> Int {
        try db.execute(
            sql: "INSERT INTO basis VALUES (NULL, ?, ?, ?, ?, ?, ?, ?)",
            arguments: arguments + [stretch])
        return Int(db.lastInsertedRowID)
    }

    private var arguments: StatementArguments {
        [
            projection, version, settings.defaultZone, settings.portionGrams,
            settings.doubleFeedMinutes, zoneVersion,
        ]
    }
}
