import EventModel
import GRDB
import Ledger

extension HydrationStore {
    /// A column's or a table's name as stores spell it: `longestGapSeconds` is `longest_gap_seconds`.
    package static func columnName(_ name: String) -> String { StoreTables.underscored(name) }

    /// A projection's table as it lies in the store.
    package struct StoredTable {
        /// Without the projection's prefix.
        package var name: String
        package var columns: [String]
        /// How many columns name a row; they stand first.
        package var key: Int
        package var rows: [[Cell]]
    }

    /// The checkpoint of a projection, checked against the ledger that it is said to be of.
    ///
    /// - Throws: `StoreError` where there is none, where it is not as it was written, and where it is of
    ///   another ledger.
    package func checkpoint(of projection: String, in ledger: EventLedger) throws -> Checkpoint {
        let rows = try inspect(Checkpoint.fetchRows)
        guard let row = rows.first(where: { $0.projection == projection }) else {
            let names = rows.map(\.projection).joined(separator: ", ")
            throw StoreError.missingProjection(path: path, name: projection, held: names)
        }
        guard let checkpoint = row.checkpoint else {
            throw StoreError.damaged(
                path: path,
                reason: "the checkpoint of \(projection) is not the one that was written")
        }
        try checkpoint.checkOrigin(ledger, store: path)
        return checkpoint
    }

    /// Why the same events may now lead to another state than when the store was written; nil where they
    /// may not.
    package func change(
        since checkpoint: Checkpoint, version: Int, database: TimeZoneDatabase
    ) -> String? {
        if version != checkpoint.version {
            return "the projection's version was \(checkpoint.version) and is \(version)"
        }
        if database.version != checkpoint.zoneVersion {
            return "the tz database was \(checkpoint.zoneVersion) and is \(database.version)"
        }
        return nil
    }

    /// The tables of a projection, in order of their names, rows in order of their keys.
    ///
    /// - Parameter known: all projections' names: a longer one may have the better claim to a table.
    package func tables(of projection: String, known: [String]) throws -> [StoredTable] {
        try inspect { db in
            let prefix = StoreTables.name(projection, "")
            return try StoreTables.owned(by: projection, known, db).map { table in
                let columns = try db.columns(in: table).map(\.name)
                let key = try db.primaryKey(table).columns
                let order = key.map(\.quotedDatabaseIdentifier).joined(separator: ", ")
                let sql =
                    "SELECT * FROM \(table.quotedDatabaseIdentifier)"
                    + (order.isEmpty ? "" : " ORDER BY \(order)")
                return StoredTable(
                    name: String(table.dropFirst(prefix.count)), columns: columns,
                    key: Array(columns.prefix(key.count)) == key ? key.count : columns.count,
                    rows: try Row.fetchAll(db, sql: sql).map { row in
                        columns.indices.map { Cell(stored: row[$0]) }
                    })
            }
        }
    }
}

extension Cell {
    /// What SQLite holds. Tables of a store hold integers and texts; whatever somebody else put there is
    /// shown as text.
    fileprivate init(stored value: DatabaseValue) {
        switch value.storage {
        case .null: self = .null
        case .int64(let value): self = .integer(Int(value))
        case .double(let value): self = .text("\(value)")
        case .string(let text): self = .text(text)
        case .blob(let data): self = .text("\(data.count) bytes")
        }
    }
}
