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
    /// The newest `PRAGMA user_version` that this program knows.
    static let version = 1

    /// Opens a store; makes it, where there is none, unless it is opened for reading.
    public init(path: String, readOnly: Bool = false) throws {
        self.path = path
        guard !readOnly || FileManager.default.fileExists(atPath: path) else {
            throw StoreError.notAStore(path: path, reason: "there is no such file")
        }
        var configuration = Configuration()
        configuration.busyMode = .timeout(5)
        do {
            if readOnly { try HydrationStore.recover(path, configuration) }
            configuration.readonly = readOnly
            queue = try DatabaseQueue(path: path.asStoreFile, configuration: configuration)
            if try queue.read(isBlank), !readOnly { try queue.inDatabase(makeTables) }
            try queue.read(checkKind)
        } catch {
            throw HydrationStore.translate(error, path)
        }
    }

    /// Rolls back what a process that was killed in the middle of a commit left: SQLite does that by
    /// itself, but only for a connection that may write.
    static func recover(_ path: String, _ configuration: Configuration) throws {
        guard FileManager.default.fileExists(atPath: path + "-journal") else { return }
        let queue = try DatabaseQueue(path: path.asStoreFile, configuration: configuration)
        _ = try queue.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM sqlite_master") }
        try queue.close()
    }

    private func isBlank(_ db: Database) throws -> Bool {
        try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_master") == 0
    }

    private func checkKind(_ db: Database) throws {
        let application = try Int32.fetchOne(db, sql: "PRAGMA application_id") ?? 0
        guard application == HydrationStore.applicationID else {
            throw StoreError.notAStore(
                path: path,
                reason: try isBlank(db) ? "the file is empty" : "a SQLite file of another program")
        }
        let version = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
        guard version == HydrationStore.version else {
            throw StoreError.notAStore(
                path: path,
                reason: "it has format version \(version), and this program knows"
                    + " \(HydrationStore.version)")
        }
    }

    /// Two processes may find the file blank at once: the second one looks again under the lock.
    private func makeTables(_ db: Database) throws {
        try db.inTransaction(.immediate) {
            guard try isBlank(db) else { return .rollback }
            try db.execute(sql: HydrationStore.tables)
            return .commit
        }
    }

    private static let tables = """
        CREATE TABLE replaylab_checkpoint (
          projection TEXT PRIMARY KEY, version INTEGER NOT NULL,
          sequence INTEGER NOT NULL, root TEXT NOT NULL, is_prefix INTEGER NOT NULL,
          asked_sequence INTEGER NOT NULL, asked_time INTEGER, latest INTEGER NOT NULL,
          events INTEGER NOT NULL, input_count INTEGER NOT NULL,
          input_hash INTEGER NOT NULL, state TEXT NOT NULL, tzdata TEXT NOT NULL,
          default_zone TEXT NOT NULL, portion_grams INTEGER NOT NULL,
          double_feed_minutes INTEGER NOT NULL, digest TEXT NOT NULL
        ) STRICT;
        CREATE TABLE replaylab_snapshot (
          projection TEXT NOT NULL REFERENCES replaylab_checkpoint,
          chunk INTEGER NOT NULL, body BLOB NOT NULL,
          PRIMARY KEY (projection, chunk)
        ) STRICT, WITHOUT ROWID;
        PRAGMA application_id = \(applicationID);
        PRAGMA user_version = \(version);
        """

    /// The checkpoints that are as they were written, in order of projection names. A hydration
    /// refuses a store with another one, and `verify(against:projections:database:)` names it.
    public func checkpoints() throws -> [Checkpoint] {
        try reading { try Checkpoint.fetchRows($0).compactMap(\.checkpoint) }
    }

    /// Brings the store to a hydration's point, in one transaction, and runs the hydration from
    /// where the store can go on.
    ///
    /// A resume checks the checkpoints and the snapshot, and writes the rows that differ from those
    /// that the tables hold, whoever wrote them. Where the store
    /// is at the point already nothing is written, and nobody looks at the tables: rows that somebody
    /// edited stay as they are until the store goes on. `verify(against:projections:database:)`
    /// finds them.
    ///
    /// - Parameter progress: called now and then with the sequence that was reached, also while the
    ///   tables are written; throws to stop.
    /// - Returns: what was done for each fold, in their order.
    /// - Throws: `StoreError`; the store is then as it was.
    public func hydrate(
        _ hydration: inout Hydration, progress: (Int) throws -> Void = { _ in }
    ) throws -> [StoreStep] {
        try hydrate(&hydration, through: { try $0.run(progress: progress) }, progress: progress)
    }

    /// The same, with `run` in the place of the hydration's own pass: what it folds into the
    /// hydration's folds, each from where it stands, is kept.
    public func hydrate<Pass: StoredPass>(
        _ hydration: inout Pass,
        through run: (inout Pass) throws -> Void, progress: (Int) throws -> Void
    ) throws -> [StoreStep] {
        var steps: [StoreStep] = []
        try writing { db in
            let known = try Checkpoint.fetchAll(db, store: path)
            // One store holds one history: also the projections that are not asked for count.
            for checkpoint in known {
                try checkpoint.checkOrigin(hydration.origin, store: path)
            }
            for fold in hydration.folds {
                let checkpoint = known.first { $0.projection == fold.name }
                steps.append(try self.prepare(fold, checkpoint, hydration, db))
            }
            try run(&hydration)
            for (fold, step) in zip(hydration.folds, steps) {
                if case .resume(let sequence) = step, sequence == fold.sequence,
                    known.contains(where: {
                        $0.projection == fold.name && $0.point == hydration.point
                    })
                {
                    continue
                }
                try withoutActuallyEscaping(progress) { progress in
                    try self.save(fold, hydration, known.map(\.projection), db) {
                        try progress(fold.sequence)
                    }
                }
            }
        }
        return steps
    }

    /// Brings a fold to where the store can go on, which may be the begin of all.
    private func prepare(
        _ fold: ProjectionFold, _ checkpoint: Checkpoint?, _ hydration: some StoredPass,
        _ db: Database
    ) throws -> StoreStep {
        // The hydration may have run before, or halfway.
        fold.clear()
        guard let checkpoint else { return .build }
        let step = checkpoint.step(to: hydration, version: fold.version)
        guard case .resume = step else { return step }
        do {
            try restore(fold, checkpoint, hydration.history, db)
            return step
        } catch let error as StateError {
            fold.clear()
            return .rebuild(error.description)
        }
    }

    /// - Throws: `StoreError.damaged` where the snapshot's bytes are not those that were written,
    ///   `StateError` where they are and the projection cannot read them back.
    private func restore(
        _ fold: ProjectionFold, _ checkpoint: Checkpoint, _ history: History, _ db: Database
    ) throws {
        // Nothing is decoded that was not checked: a projection may trust its own bytes.
        var hash = StateEncoder.hash(fold.name, fold.version)
        var chunks = try Checkpoint.snapshot(of: fold.name, db)
        while let chunk = try chunks.next() { chunk.withUnsafeBytes { hash.update($0) } }
        guard hash.digest() == checkpoint.state else {
            throw StoreError.damaged(
                path: path, reason: "the snapshot of \(fold.name) is not the one that was written")
        }
        chunks = try Checkpoint.snapshot(of: fold.name, db)
        var decoder = StateDecoder(history: history) { try chunks.next().map { [UInt8]($0) } }
        try fold.restore(from: &decoder)
        try decoder.finish()
        let digest = fold.digest(history)
        try fold.check()
        guard digest == checkpoint.state else {
            throw StateError("\(fold.name) does not read back what it wrote")
        }
        fold.sequence = checkpoint.sequence
        fold.events = checkpoint.events
        fold.input = checkpoint.input
        fold.latest = checkpoint.latest
    }

    /// - Parameter pause: called now and then between rows; throws to stop.
    private func save(
        _ fold: ProjectionFold, _ hydration: some StoredPass, _ known: [String], _ db: Database,
        pause: @escaping () throws -> Void
    ) throws {
        let history = hydration.history
        let owned = try StoreTables.owned(by: fold.name, known, db)
        try Checkpoint(fold, hydration).insert(db)
        let upsert = try db.makeStatement(
            sql: """
                INSERT INTO replaylab_snapshot (projection, chunk, body) VALUES (?, ?, ?)
                ON CONFLICT (projection, chunk) DO UPDATE SET body = excluded.body
                WHERE body IS NOT excluded.body
                """)
        var number = 0
        var failure: (any Error)?
        var encoder = StateEncoder(history: history) { chunk in
            do {
                try upsert.execute(arguments: [fold.name, number, Data(chunk)])
            } catch {
                failure = failure ?? error
            }
            number += 1
        }
        fold.encode(to: &encoder)
        _ = encoder.finish()
        if let failure { throw failure }
        try db.execute(
            sql: "DELETE FROM replaylab_snapshot WHERE projection = ? AND chunk >= ?",
            arguments: [fold.name, number])
        try pause()
        let written = try StoreTables(db, projection: fold.name).write(
            fold, history, pause: pause)
        // Another version of the projection may have had tables that this one has not.
        for table in owned where !written.contains(table) {
            try db.execute(sql: "DROP TABLE \"\(table)\"")
        }
        try fold.check()
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
