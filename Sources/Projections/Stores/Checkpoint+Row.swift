import EventModel
import Foundation
import GRDB
import Ledger

extension Checkpoint {
    /// The checkpoint of a fold that has come to a hydration's point.
    init(_ fold: ProjectionFold, _ hydration: some StoredPass) throws {
        self.init(
            projection: fold.name, version: fold.version, sequence: fold.sequence,
            root: try hydration.origin.root(of: fold.sequence),
            isPrefix: fold.isPrefix, point: hydration.point, latest: fold.latest,
            events: fold.events, input: fold.input, state: fold.digest(hydration.history),
            zoneVersion: hydration.history.zoneVersion, settings: hydration.settings)
    }

    private static let columns = """
        projection, version, sequence, root, is_prefix, asked_sequence, asked_time, latest,
        events, input_count, input_hash, state, tzdata, default_zone, portion_grams,
        double_feed_minutes, digest
        """

    /// All checkpoints, in order of projection names.
    ///
    /// - Throws: `StoreError.damaged` where one is not as it was written.
    static func fetchAll(_ db: Database, store path: String) throws -> [Checkpoint] {
        try fetchRows(db).map { projection, checkpoint in
            guard let checkpoint else {
                throw StoreError.damaged(
                    path: path,
                    reason: "the checkpoint of \(projection) is not the one that was written")
            }
            return checkpoint
        }
    }

    /// The names of all projections that have a checkpoint, in order, with the checkpoint; nil for
    /// one that is not as it was written.
    static func fetchRows(
        _ db: Database
    ) throws -> [(projection: String, checkpoint: Checkpoint?)] {
        let sql = "SELECT \(columns) FROM replaylab_checkpoint ORDER BY projection"
        return try Row.fetchAll(db, sql: sql).map { row in
            let checkpoint = try? Checkpoint(row)
            let digest = try? row.decode(String.self, forColumn: "digest")
            let isSound = checkpoint != nil && checkpoint?.digest.hex == digest
            let name = try? row.decode(String.self, forColumn: "projection")
            return (name ?? "a nameless projection", isSound ? checkpoint : nil)
        }
    }

    /// - Throws: where a value is not of its column's type: only damage does that.
    private init?(_ row: Row) throws {
        func text(_ column: String) throws -> String {
            try row.decode(String.self, forColumn: column)
        }
        func int(_ column: String) throws -> Int { try row.decode(Int.self, forColumn: column) }
        guard let root = SHA256Digest(hex: try text("root")),
            let state = SHA256Digest(hex: try text("state"))
        else { return nil }
        self.init(
            projection: try text("projection"), version: try int("version"),
            sequence: try int("sequence"), root: root, isPrefix: try int("is_prefix") == 1,
            point: ResolvedPoint(
                last: try int("asked_sequence"),
                time: try row.decode(Int64?.self, forColumn: "asked_time")
                    .map(Timestamp.init(microseconds:))),
            latest: Timestamp(microseconds: Int64(try int("latest"))), events: try int("events"),
            input: InputDigest(
                count: try int("input_count"),
                hash: UInt64(bitPattern: Int64(try int("input_hash")))),
            state: state, zoneVersion: try text("tzdata"),
            settings: HydrationSettings(
                defaultZone: try text("default_zone"), portionGrams: try int("portion_grams"),
                doubleFeedMinutes: try int("double_feed_minutes")))
    }

    /// SHA-256 over all fields, which a row keeps beside them: a resume trusts the row.
    ///
    ///     version byte ‖ projection ‖ version ‖ sequence ‖ root ‖ is prefix (1 byte)
    ///     ‖ asked sequence ‖ has asked time (1 byte) ‖ asked time or 0 ‖ latest ‖ events
    ///     ‖ input count ‖ input hash ‖ state ‖ tzdata ‖ default zone ‖ portion ‖ minutes
    ///
    /// Texts with their length before them, integers as eight bytes, most significant first.
    var digest: SHA256Digest {
        var hash = SHA256()
        hash.update(bigEndian: Checkpoint.digestVersion)
        hash.update(counted: projection)
        hash.update(bigEndian: version)
        hash.update(bigEndian: sequence)
        root.withBytes { hash.update($0) }
        hash.update(bigEndian: UInt8(isPrefix ? 1 : 0))
        hash.update(bigEndian: point.last)
        hash.update(bigEndian: UInt8(point.time == nil ? 0 : 1))
        hash.update(bigEndian: point.time?.microseconds ?? 0)
        hash.update(bigEndian: latest.microseconds)
        hash.update(bigEndian: events)
        hash.update(bigEndian: input.words.count)
        hash.update(bigEndian: input.words.hash)
        state.withBytes { hash.update($0) }
        hash.update(counted: zoneVersion)
        hash.update(counted: settings.defaultZone)
        hash.update(bigEndian: settings.portionGrams)
        hash.update(bigEndian: settings.doubleFeedMinutes)
        return hash.digest()
    }

    private static let digestVersion: UInt8 = 1

    /// The chunks of a projection's snapshot, in order.
    static func snapshot(of projection: String, _ db: Database) throws -> FastDatabaseValueCursor<
        Data
    > {
        try Data.fetchCursor(
            db, sql: "SELECT body FROM replaylab_snapshot WHERE projection = ? ORDER BY chunk",
            arguments: [projection])
    }

    /// The names of all projections that have a snapshot, in order.
    static func snapshots(_ db: Database) throws -> [String] {
        try String.fetchAll(
            db, sql: "SELECT DISTINCT projection FROM replaylab_snapshot ORDER BY projection")
    }

    func insert(_ db: Database) throws {
        try db.execute(
            sql: """
                INSERT OR REPLACE INTO replaylab_checkpoint (\(Checkpoint.columns))
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                projection, version, sequence, root.hex, isPrefix, point.last,
                point.time?.microseconds, latest.microseconds, events, input.words.count,
                Int64(bitPattern: input.words.hash), state.hex, zoneVersion, settings.defaultZone,
                settings.portionGrams, settings.doubleFeedMinutes, digest.hex,
            ])
    }
}
