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

    /// Brings all tables of a fold's projection to its state. A table that is there already changes
    /// where its rows differ, and nowhere else; what comes out is what a fresh store would hold.
    ///
    /// - Parameter pause: called every so many rows; throws to stop.
    /// - Returns: the tables' names in the store.
    func write(
        _ fold: ProjectionFold, _ history: History, pause: @escaping () throws -> Void = {}
    ) throws -> Set<String> {
        do {
            return try write(fold, history, isMerging: true, pause)
        } catch is TableMerge.OutOfOrder {
            return try write(fold, history, isMerging: false, pause)
        }
    }

    private func write(
        _ fold: ProjectionFold, _ history: History, isMerging: Bool,
        _ pause: @escaping () throws -> Void
    ) throws -> Set<String> {
        var names: Set<String> = []
        var open: (any RowSink)?
        let store = StoreWriter(history: history) { shape in
            try open?.finish()
            names.insert(StoreTables.name(self.projection, shape.name))
            let sink = try self.sink(shape, isMerging: isMerging)
            open = sink
            var count = 0
            return { cells in
                try sink.put(cells)
                count += 1
                if count & 0x1FFF == 0 { try pause() }
            }
        }
        try fold.write(to: store)
        try open?.finish()
        return names
    }

    /// Where a table's rows go: into the table, if it is there as it would be made; else into a new
    /// one.
    private func sink(_ shape: TableShape, isMerging: Bool) throws -> any RowSink {
        let name = StoreTables.name(projection, shape.name)
        let columns = shape.columns.map { "\"\(StoreTables.underscored($0))\"" }
        let typed = zip(columns, shape.kinds).map { "\($0) \($1 == .integer ? "INTEGER" : "TEXT")" }
        let sql =
            "CREATE TABLE \"\(name)\" (\(typed.joined(separator: ", ")),"
            + " PRIMARY KEY (\(columns.prefix(shape.key).joined(separator: ", "))))"
            + " STRICT, WITHOUT ROWID"
        let found = try String.fetchOne(
            db, sql: "SELECT sql FROM sqlite_master WHERE type = 'table' AND name = ?",
            arguments: [name])
        if isMerging, found == sql {
            return try TableMerge(db, name, shape, columns: columns)
        }
        try db.execute(sql: "DROP TABLE IF EXISTS \"\(name)\"")
        try db.execute(sql: sql)
        let marks = Array(repeating: "?", count: columns.count).joined(separator: ", ")
        return try RowInsert(db.sqliteConnection, "INSERT INTO \"\(name)\" VALUES (\(marks))")
    }
}

/// Takes the rows of one table, in order of their keys.
protocol RowSink: AnyObject {
    func put(_ cells: [Cell]) throws
    /// There are no more.
    func finish() throws
}

/// One prepared insert, into a table that is new.
private final class RowInsert: RowSink {
    private let statement: Ledger.Statement

    init(_ connection: OpaquePointer?, _ sql: String) throws {
        statement = try Ledger.Statement(connection, sql, path: "the store")
    }

    func put(_ cells: [Cell]) throws {
        statement.bind(cells)
        try statement.run()
    }

    func finish() throws {}
}

extension Ledger.Statement {
    /// Binds a row's cells to the parameters from 1 on.
    borrowing func bind(_ cells: [Cell]) {
        for (place, cell) in cells.enumerated() {
            let index = Int32(place + 1)
            switch cell {
            case .integer(let value): bind(index, value)
            case .text(let text): bind(index, text)
            case .time(let time): bind(index, time.shortText)
            case .null: bind(index, nil as String?)
            }
        }
    }
}
