import Projections

/// The tables of a projection's state, collected in memory.
public struct ProjectionTables: Sendable, Equatable {
    /// One table, with all that was written to it.
    public struct Table: Sendable, Equatable {
        /// Its name, its columns and how many of them are the key.
        public var shape: TableShape
        /// In the order in which they were written.
        public var rows: [[Cell]]
    }

    /// In the order in which the projection made them.
    public var tables: [Table] = []

    /// Collects what `write` writes.
    public init(history: History, _ write: (StoreWriter) throws -> Void) throws {
        var collected: [Table] = []
        let store = StoreWriter(history: history) { shape in
            collected.append(Table(shape: shape, rows: []))
            let place = collected.count - 1
            return { collected[place].rows.append($0) }
        }
        try write(store)
        tables = collected
    }

    /// The tables of a fold's state.
    public init(_ fold: ProjectionFold, _ history: History) throws {
        try self.init(history: history) { try fold.write(to: $0) }
    }

    /// The rows of a table by column; none where there is no such table.
    public subscript(name: String) -> [[String: Cell]] {
        guard let table = tables.first(where: { $0.shape.name == name }) else { return [] }
        return table.rows.map { Dictionary(uniqueKeysWithValues: zip(table.shape.columns, $0)) }
    }

    /// The first row in which these tables differ from those that should be; nil where none does.
    public func firstDifference(from expected: ProjectionTables) -> String? {
        for (place, table) in expected.tables.enumerated() {
            guard place < tables.count else { return "table \(table.shape.name) is missing" }
            if let difference = tables[place].firstDifference(from: table) {
                return "\(table.shape.name): \(difference)"
            }
        }
        return tables.count == expected.tables.count
            ? nil : "table \(tables[expected.tables.count].shape.name) is one too many"
    }

    /// The first row that no store can hold: with NULL in its key, or a value of another kind than its
    /// column; nil where there is none.
    public var firstMisfit: String? {
        tables.lazy.compactMap { table in
            table.firstMisfit.map { "\(table.shape.name): \($0)" }
        }.first
    }

    /// The first table whose rows are not in order of their keys, each once; nil where all are.
    public var firstDisorder: String? {
        for table in tables {
            for (row, next) in zip(table.rows, table.rows.dropFirst())
            where !Table.precedes(row.prefix(table.shape.key), next.prefix(table.shape.key)) {
                return "\(table.shape.name): the row of \(table.keyText(next)) comes after that of"
                    + " \(table.keyText(row))"
            }
        }
        return nil
    }
}

extension ProjectionTables.Table {
    fileprivate func keyText(_ row: [Cell]) -> String {
        zip(shape.columns, row).prefix(shape.key).map { "\($0) \($1)" }.joined(separator: ", ")
    }

    fileprivate var firstMisfit: String? {
        for row in rows {
            for (place, cell) in row.enumerated() {
                let (column, kind) = (shape.columns[place], shape.kinds[place])
                switch (cell, kind) {
                case (.null, _) where place < shape.key:
                    return "\(column) is null, and a key has a value"
                case (.null, _), (.integer, .integer), (.text, .text), (.text, .time),
                    (.time, .text), (.time, .time):
                    continue
                default:
                    return "in the row of \(keyText(row)) \(column) is \(cell), and the column's"
                        + " kind is \(kind)"
                }
            }
        }
        return nil
    }

    fileprivate func firstDifference(from expected: Self) -> String? {
        guard shape == expected.shape else { return "the columns are others" }
        for (place, row) in expected.rows.enumerated() {
            guard place < rows.count else { return "the row of \(keyText(row)) is missing" }
            guard rows[place] != row else { continue }
            let found = rows[place]
            if found.prefix(shape.key) != row.prefix(shape.key) {
                return "the row of \(keyText(found)) stands where \(keyText(row)) should"
            }
            let column = row.indices.first { row[$0] != found[$0] } ?? 0
            return "in the row of \(keyText(row)) \(shape.columns[column]) is \(found[column]),"
                + " and should be \(row[column])"
        }
        return rows.count == expected.rows.count
            ? nil : "the row of \(keyText(rows[expected.rows.count])) is one too many"
    }

    /// Whether a key comes before another one, as SQLite orders them.
    fileprivate static func precedes(_ a: ArraySlice<Cell>, _ b: ArraySlice<Cell>) -> Bool {
        for (one, other) in zip(a, b) where one != other {
            switch (one, other) {
            case (.null, _): return true
            case (.integer(let one), .integer(let other)): return one < other
            case (.text(let one), .text(let other)):
                return one.utf8.lexicographicallyPrecedes(other.utf8)
            case (.time(let one), .time(let other)): return one < other
            default: return false
            }
        }
        return false
    }
}
