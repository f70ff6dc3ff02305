import EventModel
import Projections

/// A table of a projection's state as a store holds it: times are texts, names have underscores.
public struct RowTable: Sendable, Equatable {
    /// Without the projection's prefix: `days`, and not `feeding_stats_days`.
    public var name: String
    public var columns: [String]
    /// How many of the first columns name a row.
    public var key: Int
    public var rows: [[Cell]]

    /// A table with the rows that a projection wrote, or that a store holds.
    public init(name: String, columns: [String], key: Int, rows: [[Cell]]) {
        (self.name, self.columns, self.key, self.rows) = (name, columns, key, rows)
    }

    /// An empty table of this shape.
    init(_ shape: TableShape) {
        self.init(
            name: shape.name.underscored, columns: shape.columns.map(\.underscored), key: shape.key,
            rows: [])
    }

    /// What names a row on the command line: the key's cells with `|` between them.
    public func keyText(_ row: [Cell]) -> String { RowTable.keyText(row.prefix(key)) }

    static func keyText(_ cells: some Sequence<Cell>) -> String {
        cells.map(\.description).joined(separator: "|")
    }

    /// The tables of a fold's state, in the order in which the projection writes them.
    static func all(of fold: ProjectionFold, _ history: History) throws -> [RowTable] {
        var tables: [RowTable] = []
        try fold.write(
            to: StoreWriter(history: history) { shape in
                let place = tables.count
                tables.append(RowTable(shape))
                return { cells in tables[place].rows.append(cells.map(\.spelled)) }
            })
        try fold.check()
        return tables
    }
}

extension String {
    /// `longestGapSeconds` as a store spells it: `longest_gap_seconds`.
    var underscored: String { HydrationStore.columnName(self) }
}

/// A key's cells, in the order that SQLite gives them.
struct RowKey: Comparable {
    let cells: [Cell]

    init(_ row: [Cell], _ count: Int) { cells = Array(row.prefix(count)) }

    static func < (a: RowKey, b: RowKey) -> Bool {
        for (one, other) in zip(a.cells, b.cells) where one != other {
            switch (one, other) {
            case (.null, _): return true
            case (_, .null): return false
            case (.integer(let one), .integer(let other)): return one < other
            case (.integer, _): return true
            case (_, .integer): return false
            default:
                return one.description.utf8.lexicographicallyPrecedes(other.description.utf8)
            }
        }
        return a.cells.count < b.cells.count
    }
}
