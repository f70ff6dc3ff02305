import EventModel
import Foundation
import GRDB
import Ledger

extension Checkpoint {
    /// The checkpoint of a fold that has come to a hydration's point.
    init(_ fold: ProjectionFold, _ hydration: Hydration) throws {
        self.init(
            projection: fold.name, version: fold.version, sequence: fold.sequence,
            root: try hydration.ledger.root(of: fold.sequence),
            isPrefix: hydration.isPrefix(fold), point: hydration.point, latest: fold.latest,
            events: fold.events, input: fold.input, state: fold.digest(hydration.history),
            zoneVersion: hydration.history.zoneVersion, settings: hydration.settings)
    }

    private static let columns = """
        projection, version, sequence, root, is_prefix, asked_sequence, asked_time, latest,
        events, input_count, input_hash, state, tzdata, default_zone, portion_grams,
        double_feed_minutes
        """

    static func fetchAll(_ db: Database, store path: String) throws -> [Checkpoint] {
        let sql = "SELECT \(columns) FROM replaylab_checkpoint ORDER BY projection"
        return try Row.fetchAll(db, sql: sql).map { row in
            guard let root = SHA256Digest(hex: row["root"] as String),
                let state = SHA256Digest(hex: row["state"] as String)
            else {
                throw StoreError.damaged(
                    path: path,
                    reason: "the checkpoint of \(row["projection"] as String) has no root or state")
            }
            return Checkpoint(
                projection: row["projection"], version: row["version"], sequence: row["sequence"],
                root: root, isPrefix: (row["is_prefix"] as Int) == 1,
                point: ResolvedPoint(
                    last: row["asked_sequence"],
                    time: (row["asked_time"] as Int64?).map(Timestamp.init(microseconds:))),
                latest: Timestamp(microseconds: row["latest"]), events: row["events"],
                input: InputDigest(
                    count: row["input_count"],
                    hash: UInt64(bitPattern: row["input_hash"] as Int64)),
                state: state, zoneVersion: row["tzdata"],
                settings: HydrationSettings(
                    defaultZone: row["default_zone"], portionGrams: row["portion_grams"],
                    doubleFeedMinutes: row["double_feed_minutes"]))
        }
    }

    /// The chunks of a projection's snapshot, in order.
    static func snapshot(of projection: String, _ db: Database) throws -> FastDatabaseValueCursor<
        Data
    > {
        try Data.fetchCursor(
            db, sql: "SELECT body FROM replaylab_snapshot WHERE projection = ? ORDER BY chunk",
            arguments: [projection])
    }

    func insert(_ db: Database) throws {
        try db.execute(
            sql: """
                INSERT OR REPLACE INTO replaylab_checkpoint (\(Checkpoint.columns))
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                projection, version, sequence, root.hex, isPrefix, point.last,
                point.time?.microseconds, latest.microseconds, events, input.words.count,
                Int64(bitPattern: input.words.hash), state.hex, zoneVersion, settings.defaultZone,
                settings.portionGrams, settings.doubleFeedMinutes,
            ])
    }
}
