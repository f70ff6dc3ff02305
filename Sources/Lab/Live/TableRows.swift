import EventModel
import Projections

/// A row of a projection's table that is new or different.
public struct RowChange: Sendable, Equatable {
    /// The table's name.
    public var table: String
    /// The cells that name the row.
    public var key: [String]
    /// The columns that differ; `before` is nil in a row that is new.
    public var cells: [CellChange]

    /// A cell of the row, before and after.
    public struct CellChange: Sendable, Equatable {
        /// The column's name.
        public var column: String
        /// What stood there; nil in a new row.
        public var before: Cell?
        /// What stands there now.
        public var after: Cell
    }
}

/// All rows of a projection's tables, to compare two moments.
struct TableRows {
    private var tables: [(shape: TableShape, rows: [(key: [String], cells: [Cell])])] = []

    /// - Parameter feeder: of tables that begin with a feeder, only the rows of this one are kept: a
    ///   press changes no other's.
    init(_ fold: ProjectionFold, _ history: History, of feeder: String) throws {
        var tables: [(shape: TableShape, rows: [(key: [String], cells: [Cell])])] = []
        let writer = StoreWriter(history: history) { shape in
            let place = tables.count
            tables.append((shape, []))
            let isByFeeder = shape.columns.first == "feeder"
            return { cells in
                if isByFeeder, cells.first != .text(feeder) { return }
                tables[place].rows.append((cells[..<shape.key].map(\.description), cells))
            }
        }
        try fold.write(to: writer)
        self.tables = tables
    }

    /// The rows that were not there, or were different, in the tables' order. A new row of zeros, such
    /// as an hour in which nothing was fed, is no change.
    ///
    /// A projection never takes a row away when an event comes; where one did, it is not among them.
    func changes(since before: TableRows) -> [RowChange] {
        var changes: [RowChange] = []
        for (shape, rows) in tables {
            var old: [[String]: [Cell]] = [:]
            for row in before.tables.first(where: { $0.shape == shape })?.rows ?? [] {
                old[row.key] = row.cells
            }
            for (key, cells) in rows where old[key] != cells {
                let earlier = old[key]
                let isNothing = cells.dropFirst(shape.key).allSatisfy {
                    $0 == .integer(0) || $0 == .null
                }
                if earlier == nil, isNothing { continue }
                let differing = cells.indices.dropFirst(shape.key).compactMap { place in
                    earlier?[place] == cells[place]
                        ? nil
                        : RowChange.CellChange(
                            column: shape.columns[place], before: earlier?[place],
                            after: cells[place])
                }
                changes.append(RowChange(table: shape.name, key: key, cells: differing))
            }
        }
        return changes
    }
}
