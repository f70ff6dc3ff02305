import Lab
import Projections

/// A table for people: columns as wide as their cells, numbers to the right.
struct TablePrinter {
    private let shape: TableShape
    private var rows: [[String]] = []
    private var total = 0
    /// Rows beyond this many are counted and not shown.
    private let limit: Int

    init(_ shape: TableShape, limit: Int) {
        self.shape = shape
        self.limit = limit
    }

    /// The table's name, as words.
    var caption: String { TablePrinter.words(shape.name) }

    mutating func add(_ cells: [Cell]) {
        total += 1
        if rows.count < limit { rows.append(cells.map(TablePrinter.text)) }
    }

    private static func text(_ cell: Cell) -> String {
        switch cell {
        case .integer(let value): Figures.grouped(value)
        case .text(let text): text.printableLine
        case .time(let time): time.shortText
        case .null: "–"
        }
    }

    /// The lines, the heading first; nothing but that there is nothing, in an empty table.
    func lines() -> [String] {
        if rows.isEmpty { return ["  none"] }
        let heading = shape.columns.map(TablePrinter.words)
        let widths = shape.columns.indices.map { column in
            ([heading] + rows).map { $0[column].count }.max() ?? 0
        }
        func line(_ cells: [String]) -> String {
            var text = ""
            for (column, cell) in cells.enumerated() {
                let blanks = String(repeating: " ", count: widths[column] - cell.count)
                text += "  " + (shape.kinds[column] == .integer ? blanks + cell : cell + blanks)
            }
            while text.last == " " { text.removeLast() }
            return text
        }
        var lines = [Terminal.bold(line(heading))] + rows.map(line)
        if total > rows.count {
            lines.append(
                "  … and \(Figures.grouped(total - rows.count)) more; --json or --store give all")
        }
        return lines
    }

    /// `longestGapSeconds` as `longest gap seconds`.
    private static func words(_ name: String) -> String {
        name.reduce(into: "") { text, letter in
            text += letter.isUppercase ? " \(letter.lowercased())" : String(letter)
        }
    }
}
