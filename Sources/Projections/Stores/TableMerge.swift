import EventModel
import GRDB
import Ledger

/// Brings a table that is there to the rows that a projection writes, and touches only those that
/// differ.
///
///     table's rows      a   b   d   e        a walk over both, in the order of the key
///     written rows      a   B   c   d
///                       =   ↻   +   =   −    equal, updated, inserted, equal, deleted
///
/// Needs the written rows in the order of the key as SQLite has it, texts by their bytes; says so by
/// `OutOfOrder` where they are not, and the caller writes the table anew.
final class TableMerge: RowSink {
    struct OutOfOrder: Error {}

    private let shape: TableShape
    private let rows: Ledger.Statement
    private let upsert: Ledger.Statement
    private let deletion: Ledger.Statement
    /// Whether `rows` stands at a row that was not dealt with yet.
    private var isAtRow = false
    private var previous: [Cell]?

    /// - Parameters:
    ///   - name: the table's, as the store has it; it has the columns of `shape`.
    ///   - columns: their names, quoted.
    init(_ db: Database, _ name: String, _ shape: TableShape, columns: [String]) throws {
        self.shape = shape
        let connection = db.sqliteConnection
        let key = columns.prefix(shape.key)
        let order = key.joined(separator: ", ")
        func prepare(_ sql: String) throws -> Ledger.Statement {
            try Ledger.Statement(connection, sql, path: "the store")
        }
        rows = try prepare(
            "SELECT \(columns.joined(separator: ", ")) FROM \"\(name)\" ORDER BY \(order)")
        let changes = columns.dropFirst(shape.key).map { "\($0) = excluded.\($0)" }
        let marks = columns.map { _ in "?" }.joined(separator: ", ")
        upsert = try prepare(
            "INSERT INTO \"\(name)\" VALUES (\(marks)) ON CONFLICT (\(order)) DO "
                + (changes.isEmpty ? "NOTHING" : "UPDATE SET " + changes.joined(separator: ", ")))
        // As bytes: a text that somebody put there may be none in UTF-8.
        let isKey = zip(key, shape.kinds).map { column, kind in
            kind == .integer ? "\(column) = ?" : "\(column) = CAST(? AS TEXT)"
        }
        deletion = try prepare(
            "DELETE FROM \"\(name)\" WHERE \(isKey.joined(separator: " AND "))")
        isAtRow = try rows.step()
    }

    /// Takes the next row that the projection writes.
    func put(_ cells: [Cell]) throws {
        let cells = cells.map(\.spelled)
        if let previous, !isRising(from: previous, to: cells) { throw OutOfOrder() }
        previous = cells
        while isAtRow {
            switch try place(of: cells) {
            case .orderedDescending:
                try dropRow()
            case .orderedSame:
                let isEqual = cells.indices.allSatisfy { equals(cells[$0], Int32($0)) }
                // The walk leaves a row before the row is changed: what lies behind it does not
                // concern it any more.
                isAtRow = try rows.step()
                if !isEqual { try write(cells) }
                return
            case .orderedAscending:
                try write(cells)
                return
            }
        }
        try write(cells)
    }

    /// Deletes the rows behind the last one that was written.
    func finish() throws {
        while isAtRow { try dropRow() }
        rows.reset()
    }

    private func write(_ cells: [Cell]) throws {
        upsert.bind(cells)
        try upsert.run()
    }

    private func dropRow() throws {
        for place in 0..<shape.key {
            let column = Int32(place)
            if shape.kinds[place] == .integer {
                deletion.bind(column + 1, rows.int(column))
            } else {
                rows.withBlob(column) { deletion.bind(column + 1, blob: $0) }
            }
        }
        isAtRow = try rows.step()
        try deletion.run()
    }

    private enum Order { case orderedAscending, orderedSame, orderedDescending }

    /// Where a row that is written stands to the table's.
    private func place(of cells: [Cell]) throws -> Order {
        for place in 0..<shape.key {
            let column = Int32(place)
            let order: Order
            switch (cells[place], shape.kinds[place]) {
            case (.integer(let value), .integer): order = TableMerge.order(value, rows.int(column))
            case (.text(let text), .text), (.text(let text), .time):
                order = rows.withBlob(column) { TableMerge.order(text, $0) }
            default: throw OutOfOrder()
            }
            if order != .orderedSame { return order }
        }
        return .orderedSame
    }

    private func isRising(from previous: [Cell], to cells: [Cell]) -> Bool {
        for place in 0..<shape.key {
            let order: Order
            switch (previous[place], cells[place]) {
            case (.integer(let a), .integer(let b)): order = TableMerge.order(a, b)
            case (.text(let a), .text(var b)):
                order = b.withUTF8 { TableMerge.order(a, UnsafeRawBufferPointer($0)) }
            default: return false
            }
            if order != .orderedSame { return order == .orderedAscending }
        }
        return false
    }

    private func equals(_ cell: Cell, _ column: Int32) -> Bool {
        if rows.isNull(column) { return cell == .null }
        switch cell {
        case .integer(let value): return rows.int(column) == value
        case .text(let text):
            return rows.withBlob(column) { TableMerge.order(text, $0) } == .orderedSame
        case .time, .null: return false
        }
    }

    private static func order(_ a: Int, _ b: Int) -> Order {
        a == b ? .orderedSame : a < b ? .orderedAscending : .orderedDescending
    }

    private static func order(_ a: String, _ b: UnsafeRawBufferPointer) -> Order {
        var a = a
        return a.withUTF8 { a in
            let common = min(a.count, b.count)
            for place in 0..<common where a[place] != b[place] {
                return order(Int(a[place]), Int(b[place]))
            }
            return order(a.count, b.count)
        }
    }
}

extension Cell {
    /// The value as a store holds it: times are texts there.
    package var spelled: Cell {
        if case .time(let time) = self { .text(time.shortText) } else { self }
    }
}
