import EventModel
import GRDB
import GRDBSQLite
import Ledger

/// Writes a projection's tables into a store's SQLite file.
struct StoreTables {
    private let db: Database
    private let projection: String

    init(_ db: Database, projection: String) {
        self.db = db
        self.projection = projection
    }

    /// The name of a projection's table in a store: `feeding-stats` and `days` are
    /// `feeding_stats_days`.
    static func name(_ projection: String, _ table: String) -> String {
        underscored(projection.replacing("-", with: "_") + "_" + table)
    }

    /// `longestGapSeconds` as a column: `longest_gap_seconds`.
    static func underscored(_ name: String) -> String {
        var text = ""
        for letter in name {
            if letter.isUppercase { text += "_" }
            text += letter.lowercased()
        }
        return text
    }

    /// The tables in a store that are a projection's: those of its prefix, unless a longer name among
    /// the `known` projections has a better claim (`bowl` and `bowl-totals`).
    static func owned(by projection: String, _ known: [String], _ db: Database) throws -> [String] {
        let prefix = name(projection, "")
        let rivals = known.map { name($0, "") }.filter { $0.count > prefix.count }
        return try all(db).filter { table in
            table.hasPrefix(prefix) && !rivals.contains { table.hasPrefix($0) }
        }
    }

    /// All tables in a store, in order of names, but for its own two and SQLite's.
    static func all(_ db: Database) throws -> [String] {
        try String.fetchAll(
            db, sql: "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
        ).filter { table in
            table != "replaylab_checkpoint" && table != "replaylab_snapshot"
                && !table.hasPrefix("sqlite_")
        }
    }

    /// Replaces all tables of a fold's projection.
    ///
    /// - Parameter pause: called every so many rows; throws to stop.
    func write(
        _ fold: ProjectionFold, _ history: History, pause: @escaping () throws -> Void = {}
    ) throws {
        let store = StoreWriter(history: history) { shape in
            let insert = try self.create(shape)
            var count = 0
            return { cells in
                try insert.run(cells)
                count += 1
                if count & 0x1FFF == 0 { try pause() }
            }
        }
        try fold.write(to: store)
    }

    private func create(_ shape: TableShape) throws -> RowInsert {
        let name = StoreTables.name(projection, shape.name)
        let columns = zip(shape.columns, shape.kinds).map { column, kind in
            "\"\(StoreTables.underscored(column))\" \(kind == .integer ? "INTEGER" : "TEXT")"
        }
        let key = shape.columns.prefix(shape.key).map { "\"\(StoreTables.underscored($0))\"" }
        try db.execute(sql: "DROP TABLE IF EXISTS \"\(name)\"")
        try db.execute(
            sql: "CREATE TABLE \"\(name)\" (\(columns.joined(separator: ", ")),"
                + " PRIMARY KEY (\(key.joined(separator: ", ")))) STRICT, WITHOUT ROWID")
        let marks = Array(repeating: "?", count: columns.count).joined(separator: ", ")
        return try RowInsert(db.sqliteConnection, "INSERT INTO \"\(name)\" VALUES (\(marks))")
    }
}

/// One prepared insert.
private final class RowInsert {
    private let statement: Ledger.Statement

    init(_ connection: OpaquePointer?, _ sql: String) throws {
        statement = try Ledger.Statement(connection, sql, path: "the store")
    }

    func run(_ cells: [Cell]) throws {
        for (place, cell) in cells.enumerated() {
            let index = Int32(place + 1)
            switch cell {
            case .integer(let value): statement.bind(index, value)
            case .text(let text): statement.bind(index, text)
            case .time(let time): statement.bind(index, time.shortText)
            case .null: statement.bind(index, nil as String?)
            }
        }
        try statement.run()
    }
}
