import EventModel
import Foundation
import GRDB
import Ledger

/// A SQLite file with the tables of hydrated projections, and for each its checkpoint and the
/// snapshot that it goes on from: all of one hydration in one transaction.
///
///     bowl_totals_bowls, feeding_stats_days, …    what people read
///     replaylab_checkpoint                        one row a projection
///     replaylab_snapshot                          the encoded state, in chunks
public final class HydrationStore {
    public let path: String
    private let queue: DatabaseQueue
    /// "RLst" in ASCII.
    static let applicationID: Int32 = 0x524C_7374

    /// Opens a store; makes it, where there is none, unless it is opened for reading.
    public init(path: String, readOnly: Bool = false) throws {
        self.path = path
        guard !readOnly || FileManager.default.fileExists(atPath: path) else {
            throw StoreError.notAStore(path: path, reason: "there is no such file")
        }
        var configuration = Configuration()
        configuration.readonly = readOnly
        configuration.busyMode = .timeout(5)
        do {
            queue = try DatabaseQueue(path: path, configuration: configuration)
            let (application, objects) = try queue.read { db in
                (
                    try Int32.fetchOne(db, sql: "PRAGMA application_id") ?? 0,
                    try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_master") ?? 0
                )
            }
            guard application == HydrationStore.applicationID || objects == 0 && !readOnly else {
                throw StoreError.notAStore(
                    path: path, reason: "a SQLite file of another program")
            }
            if objects == 0 { try HydrationStore.migrator.migrate(queue) }
        } catch {
            throw HydrationStore.translate(error, path)
        }
    }

    private static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1") { db in
            try db.execute(
                sql: """
                    CREATE TABLE replaylab_checkpoint (
                      projection TEXT PRIMARY KEY, version INTEGER NOT NULL,
                      sequence INTEGER NOT NULL, root TEXT NOT NULL, is_prefix INTEGER NOT NULL,
                      asked_sequence INTEGER NOT NULL, asked_time INTEGER, latest INTEGER NOT NULL,
                      events INTEGER NOT NULL, input_count INTEGER NOT NULL,
                      input_hash INTEGER NOT NULL, state TEXT NOT NULL, tzdata TEXT NOT NULL,
                      default_zone TEXT NOT NULL, portion_grams INTEGER NOT NULL,
                      double_feed_minutes INTEGER NOT NULL
                    ) STRICT;
                    CREATE TABLE replaylab_snapshot (
                      projection TEXT NOT NULL REFERENCES replaylab_checkpoint,
                      chunk INTEGER NOT NULL, body BLOB NOT NULL,
                      PRIMARY KEY (projection, chunk)
                    ) STRICT, WITHOUT ROWID;
                    PRAGMA application_id = \(applicationID);
                    PRAGMA user_version = 1;
                    """)
        }
        return migrator
    }

    /// The checkpoints, in order of projection names.
    public func checkpoints() throws -> [Checkpoint] {
        try reading { try Checkpoint.fetchAll($0) }
    }

    /// Brings the store to a hydration's point, in one transaction, and runs the hydration from
    /// where the store can go on.
    ///
    /// - Returns: what was done for each fold, in their order.
    /// - Throws: `StoreError`; the store is then as it was.
    public func hydrate(
        _ hydration: inout Hydration, progress: (Int) throws -> Void = { _ in }
    ) throws -> [StoreStep] {
        var steps: [StoreStep] = []
        try writing { db in
            let known = try Checkpoint.fetchAll(db)
            for fold in hydration.folds {
                guard let checkpoint = known.first(where: { $0.projection == fold.name }) else {
                    steps.append(.build)
                    continue
                }
                var step = try checkpoint.step(to: hydration, version: fold.version, store: path)
                if case .resume = step {
                    do {
                        try self.restore(fold, checkpoint, hydration.history, db)
                    } catch let error as StateError {
                        step = .rebuild(error.description)
                    }
                }
                steps.append(step)
            }
            try hydration.run(progress: progress)
            for (fold, step) in zip(hydration.folds, steps) {
                if case .resume(let sequence) = step, sequence == fold.sequence,
                    known.contains(where: {
                        $0.projection == fold.name && $0.point == hydration.point
                    })
                {
                    continue
                }
                try self.save(fold, hydration, db)
            }
        }
        return steps
    }

    private func restore(
        _ fold: ProjectionFold, _ checkpoint: Checkpoint, _ history: History, _ db: Database
    ) throws {
        let chunks = try Data.fetchCursor(
            db, sql: "SELECT body FROM replaylab_snapshot WHERE projection = ? ORDER BY chunk",
            arguments: [fold.name])
        var decoder = StateDecoder(history: history) { try chunks.next().map { [UInt8]($0) } }
        try fold.restore(from: &decoder)
        guard fold.digest(history) == checkpoint.state else {
            throw StoreError.damaged(
                path: path, reason: "the snapshot of \(fold.name) is not the one that was written")
        }
        fold.sequence = checkpoint.sequence
        fold.events = checkpoint.events
        fold.input = checkpoint.input
        fold.latest = checkpoint.latest
    }

    private func save(_ fold: ProjectionFold, _ hydration: Hydration, _ db: Database) throws {
        let history = hydration.history
        try db.execute(
            sql: "DELETE FROM replaylab_snapshot WHERE projection = ?", arguments: [fold.name])
        try Checkpoint(fold, hydration).insert(db)
        var number = 0
        var failure: (any Error)?
        var encoder = StateEncoder(history: history) { chunk in
            do {
                try db.execute(
                    sql:
                        "INSERT INTO replaylab_snapshot (projection, chunk, body) VALUES (?, ?, ?)",
                    arguments: [fold.name, number, Data(chunk)])
            } catch {
                failure = failure ?? error
            }
            number += 1
        }
        fold.encode(to: &encoder)
        _ = encoder.finish()
        if let failure { throw failure }
        try StoreTables(db, projection: fold.name).write(fold, history)
    }

    private func reading<R>(_ body: (Database) throws -> R) throws -> R {
        do { return try queue.read(body) } catch { throw HydrationStore.translate(error, path) }
    }

    private func writing(_ body: (Database) throws -> Void) throws {
        do {
            try queue.writeWithoutTransaction { db in
                // From the first look at the checkpoints to the commit nobody else may write.
                try db.inTransaction(.immediate) {
                    try body(db)
                    return .commit
                }
            }
        } catch {
            throw HydrationStore.translate(error, path)
        }
    }

    /// Runs `body` with a reading connection.
    func inspect<R>(_ body: (Database) throws -> R) throws -> R { try reading(body) }

    private static func translate(_ error: any Error, _ path: String) -> any Error {
        guard let error = error as? DatabaseError else { return error }
        let reason = error.message ?? "SQLite error \(error.resultCode.rawValue)"
        switch error.resultCode {
        case .SQLITE_NOTADB: return StoreError.notAStore(path: path, reason: reason)
        case .SQLITE_CORRUPT: return StoreError.damaged(path: path, reason: reason)
        case .SQLITE_BUSY: return StoreError.busy(path: path)
        default: return StoreError.storage(path: path, reason: reason)
        }
    }
}
