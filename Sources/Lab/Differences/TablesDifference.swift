import Projections

/// A row that two sides do not have alike.
public struct RowDifference: Sendable, Equatable {
    /// A column of the row, on either side.
    public struct CellDifference: Sendable, Equatable {
        public var column: String
        public var first: Cell
        public var second: Cell
    }

    public var table: String
    /// The columns that name the row, and what stands there.
    public var keyColumns: [String]
    public var key: [Cell]
    /// The rest of the row; nil on the side that does not have it.
    public var first: [Cell]?
    public var second: [Cell]?
    /// The columns that differ, where both sides have the row.
    public var cells: [CellDifference]

    public enum Kind: Sendable, Equatable { case onlyFirst, onlySecond, otherValue }

    public var kind: Kind {
        first == nil ? .onlySecond : second == nil ? .onlyFirst : .otherValue
    }

    /// The key as the command line takes it.
    public var keyText: String { RowTable.keyText(key) }
}

/// Which rows of two sides differ, table by table, in the order of their keys.
public struct TablesDifference: Sendable, Equatable {
    /// How many rows of a table differ, and how.
    public struct Counts: Sendable, Equatable {
        public var table: String
        /// Rows that both sides have alike.
        public var equal = 0
        public var onlyFirst = 0
        public var onlySecond = 0
        public var otherValue = 0
        /// In how many of the last each column differs, in the order of the columns.
        public var columns: [(name: String, rows: Int)] = []

        public var differing: Int { onlyFirst + onlySecond + otherValue }

        public static func == (a: Counts, b: Counts) -> Bool {
            a.table == b.table && a.equal == b.equal && a.onlyFirst == b.onlyFirst
                && a.onlySecond == b.onlySecond && a.otherValue == b.otherValue
                && a.columns.elementsEqual(b.columns) { $0 == $1 }
        }
    }

    /// Each table that was compared, in order.
    public var tables: [Counts] = []
    /// All rows that differ.
    public var rows: [RowDifference] = []

    public var isEmpty: Bool { rows.isEmpty }

    /// Compares tables of equal names, columns and keys. A table that one side does not have counts as
    /// one without rows there.
    ///
    /// Cost: the memory of the second side's rows, once more.
    public init(_ first: [RowTable], _ second: [RowTable]) {
        var names: [String] = []
        for table in first + second where !names.contains(table.name) { names.append(table.name) }
        for name in names {
            let (a, b) = (first.first { $0.name == name }, second.first { $0.name == name })
            guard let shape = a ?? b else { continue }
            compare(shape, a?.rows ?? [], b?.rows ?? [])
        }
    }

    /// A merge of two lists in the order of their keys.
    private mutating func compare(_ shape: RowTable, _ first: [[Cell]], _ second: [[Cell]]) {
        var counts = Counts(table: shape.name)
        var changed = Array(repeating: 0, count: shape.columns.count)
        func sorted(_ rows: [[Cell]]) -> [(key: RowKey, row: [Cell])] {
            let keyed = rows.map { (key: RowKey($0, shape.key), row: $0) }
            let isInOrder = zip(keyed, keyed.dropFirst()).allSatisfy { !($1.key < $0.key) }
            return isInOrder ? keyed : keyed.sorted { $0.key < $1.key }
        }
        let (a, b) = (sorted(first), sorted(second))
        var (i, j) = (0, 0)
        while i < a.count || j < b.count {
            let isFirst = j == b.count || (i < a.count && a[i].key < b[j].key)
            let isSecond = !isFirst && (i == a.count || b[j].key < a[i].key)
            let (one, other) = (isSecond ? nil : a[i].row, isFirst ? nil : b[j].row)
            if !isSecond { i += 1 }
            if !isFirst { j += 1 }
            if one == other {
                counts.equal += 1
                continue
            }
            let row = RowDifference(shape, one, other)
            for cell in row.cells {
                shape.columns.firstIndex(of: cell.column).map { changed[$0] += 1 }
            }
            switch row.kind {
            case .onlyFirst: counts.onlyFirst += 1
            case .onlySecond: counts.onlySecond += 1
            case .otherValue: counts.otherValue += 1
            }
            rows.append(row)
        }
        counts.columns = zip(shape.columns, changed).filter { $0.1 > 0 }.map { ($0, $1) }
        tables.append(counts)
    }
}

extension RowDifference {
    fileprivate init(_ shape: RowTable, _ first: [Cell]?, _ second: [Cell]?) {
        let row = first ?? second ?? []
        self.init(
            table: shape.name, keyColumns: Array(shape.columns.prefix(shape.key)),
            key: Array(row.prefix(shape.key)), first: first.map { Array($0.dropFirst(shape.key)) },
            second: second.map { Array($0.dropFirst(shape.key)) }, cells: [])
        guard let first, let second else { return }
        for (column, pair) in zip(shape.columns, zip(first, second)) where pair.0 != pair.1 {
            cells.append(CellDifference(column: column, first: pair.0, second: pair.1))
        }
    }
}
