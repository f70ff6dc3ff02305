import EventModel
import Foundation
import GRDB
import Ledger

/// What decides which state the same events lead to: snapshots are kept apart by it.
struct SnapshotBasis: Sendable, Equatable {
    var projection: String
    var version: Int
    var settings: HydrationSettings
    var zoneVersion: String

    init(_ fold: ProjectionFold, _ history: History) {
        (projection, version) = (fold.name, fold.version)
        (settings, zoneVersion) = (history.settings, history.zoneVersion)
    }
}

/// What a snapshot file says of one range's state.
struct SnapshotHeader: Sendable, Equatable {
    enum Outcome: Int, Sendable {
        /// The state is in the file.
        case kept = 0
        /// The states before took too much for their events to keep this one, too.
        case tooLarge = 1
        /// The state has about the size of both its halves, which do as well.
        case noGain = 2
    }

    var range: SnapshotRange
    var outcome: Outcome
    /// How many of the events the projection was given.
    var events: Int
    /// The hash of all events of the range: `InputDigest`.
    var input: UInt64
    /// The earliest and the latest time among them.
    var earliest: Int64
    var latest: Int64
    /// The bytes of the state; 0 where it is not kept.
    var bytes: Int
    /// Those that have a part; none where the state is not kept.
    var feeders: FeederSet
    /// The row of the ledger that vouches for the events.
    var mark: LedgerMark

    /// A hash over all fields and what the state depends on besides, which the row keeps.
    fileprivate func checksum(_ basis: Int, _ key: SnapshotBasis) -> Int64 {
        var hash = SHA256()
        for text in [key.projection, key.settings.defaultZone, key.zoneVersion] {
            hash.update(counted: text)
        }
        for value in [key.version, key.settings.portionGrams, key.settings.doubleFeedMinutes] {
            hash.update(bigEndian: Int64(value))
        }
        for value in [
            basis, range.stretch, range.level, range.place, outcome.rawValue, events,
            Int(Int64(bitPattern: input)), Int(earliest), Int(latest), bytes, mark.number,
        ] { hash.update(bigEndian: Int64(value)) }
        mark.digest.withBytes { hash.update($0) }
        feeders.bytes.withUnsafeBytes { hash.update($0) }
        return hash.digest().prefix
    }
}

extension SnapshotHeader {
    static let table = """
        CREATE TABLE snapshot (
          basis INTEGER NOT NULL REFERENCES basis,
          level INTEGER NOT NULL,
          place INTEGER NOT NULL,
          outcome INTEGER NOT NULL,
          events INTEGER NOT NULL,
          input INTEGER NOT NULL,
          earliest INTEGER NOT NULL,
          latest INTEGER NOT NULL,
          bytes INTEGER NOT NULL,
          feeders BLOB NOT NULL,
          batch INTEGER NOT NULL,
          batch_digest BLOB NOT NULL,
          checksum INTEGER NOT NULL,
          PRIMARY KEY (basis, level, place)
        ) STRICT, WITHOUT ROWID;
        """

    func insert(_ basis: Int, _ key: SnapshotBasis, _ db: Database) throws {
        try db.execute(
            sql: "INSERT INTO snapshot VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            arguments: [
                basis, range.level, range.place, outcome.rawValue, events,
                Int64(bitPattern: input), earliest, latest, bytes, Data(feeders.bytes), mark.number,
                mark.digest.withBytes { Data($0) }, checksum(basis, key),
            ])
    }

    /// All snapshots of a basis by range.
    ///
    /// - Returns: nil where one is not as it was written.
    static func fetch(
        _ basis: Int, _ key: SnapshotBasis, stretch: Int, _ db: Database
    ) throws -> [SnapshotRange: SnapshotHeader]? {
        let rows = try Row.fetchCursor(
            db, sql: "SELECT * FROM snapshot WHERE basis = ?", arguments: [basis])
        var headers: [SnapshotRange: SnapshotHeader] = [:]
        while let row = try rows.next() {
            guard let header = try? SnapshotHeader(row, stretch: stretch),
                let checksum = try? row.decode(Int64.self, atIndex: 12),
                header.checksum(basis, key) == checksum
            else { return nil }
            headers[header.range] = header
        }
        return headers
    }

    /// - Throws: where a value is not of its column's type: only damage does that.
    private init(_ row: Row, stretch: Int) throws {
        func int(_ column: Int) throws -> Int { try row.decode(Int.self, atIndex: column) }
        guard let outcome = Outcome(rawValue: try int(3)),
            let digest = try row.decode(Data.self, atIndex: 11).withUnsafeBytes({
                SHA256Digest(bytes: $0)
            })
        else { throw StateError("a row about a snapshot cannot be read") }
        self.init(
            range: SnapshotRange(stretch: stretch, level: try int(1), place: try int(2)),
            outcome: outcome, events: try int(4),
            input: UInt64(bitPattern: Int64(try int(5))), earliest: Int64(try int(6)),
            latest: Int64(try int(7)), bytes: try int(8),
            feeders: FeederSet(bytes: [UInt8](try row.decode(Data.self, atIndex: 9))),
            mark: LedgerMark(number: try int(10), digest: digest))
    }
}
