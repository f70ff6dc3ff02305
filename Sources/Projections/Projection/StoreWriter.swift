import EventModel

/// A value in a row that people read.
public enum Cell: Sendable, Equatable {
    case integer(Int)
    case text(String)
    /// Written as UTC text.
    case time(Timestamp)
    case null

    /// Texts are equal by their bytes, as SQLite has it.
    public static func == (a: Cell, b: Cell) -> Bool {
        switch (a, b) {
        case (.integer(let a), .integer(let b)): a == b
        case (.text(let a), .text(let b)): a.hasSameBytes(as: b)
        case (.time(let a), .time(let b)): a == b
        case (.null, .null): true
        default: false
        }
    }

    public static func optional(_ value: Int?) -> Cell { value.map(Cell.integer) ?? .null }
    public static func optional(_ time: Timestamp?) -> Cell { time.map(Cell.time) ?? .null }
}

extension Cell: CustomStringConvertible {
    public var description: String {
        switch self {
        case .integer(let value): "\(value)"
        case .text(let text): text
        case .time(let time): time.shortText
        case .null: "null"
        }
    }
}

/// What kind of values a column holds.
public enum ColumnKind: Sendable { case integer, text, time }

/// A table's name and columns; the first `key` columns name a row.
public struct TableShape: Sendable, Equatable {
    public var name: String
    public var key: Int
    public var columns: [String]
    public var kinds: [ColumnKind]
}

/// Takes the tables of a projection's state: into a store's SQLite file, into JSON, or onto a
/// terminal. The projection does not know which.
public struct StoreWriter {
    /// What the projection may look up while it writes.
    public let history: History
    private let begin: (TableShape) throws -> ([Cell]) throws -> Void

    public init(
        history: History, begin: @escaping (TableShape) throws -> ([Cell]) throws -> Void
    ) {
        self.history = history
        self.begin = begin
    }

    /// Writes a table. Rows come in order of their keys; no two have the same.
    ///
    /// - Parameters:
    ///   - name: lower case; unique in the projection.
    ///   - key: how many of the first columns name a row.
    ///   - columns: names in camelCase (JSON's), which a store spells with underscores.
    ///   - rows: calls its argument once a row, with one cell a column.
    public func table(
        _ name: String, key: Int = 1, columns: KeyValuePairs<String, ColumnKind>,
        rows: (([Cell]) throws -> Void) throws -> Void
    ) throws {
        let shape = TableShape(
            name: name, key: key, columns: columns.map(\.key), kinds: columns.map(\.value))
        let insert = try begin(shape)
        try rows { cells in
            precondition(cells.count == shape.columns.count, "a row has a cell for each column")
            try insert(cells)
        }
    }
}
