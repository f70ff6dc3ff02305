import EventModel
import Lab
import Ledger
import Projections

/// Writes differing rows, and the events that made them, for people and as JSON.
struct DifferencePrinter {
    /// What a row is called that only one side has.
    var onlyFirst: String
    var onlySecond: String
    /// How many rows are shown; all are counted.
    var limit: Int

    func printText(_ difference: TablesDifference) {
        for table in difference.tables where table.differing > 0 {
            let kinds = [
                (table.onlyFirst, onlyFirst), (table.onlySecond, onlySecond),
                (table.otherValue, "with other values"),
            ]
            let words = kinds.filter { $0.0 > 0 }.map { "\(Figures.grouped($0.0)) \($0.1)" }
            Terminal.print(
                "  \(table.table.printableLine): \(Figures.count(table.differing, "row")) of"
                    + " \(Figures.grouped(table.differing + table.equal)) differ: "
                    + words.joined(separator: ", "))
            if !table.columns.isEmpty {
                let columns = table.columns.map {
                    "\($0.name.printableLine) \(Figures.grouped($0.rows))"
                }
                Terminal.print("    by column: " + columns.joined(separator: ", "))
            }
        }
        for row in difference.rows.prefix(limit) { Terminal.print("    " + line(row)) }
        let rest = difference.rows.count - limit
        if rest > 0 { Terminal.print("    … and \(Figures.count(rest, "more row", "more rows"))") }
    }

    /// `bowls kitchen|left: grams 100, and 125 in the store`
    func line(_ row: RowDifference) -> String {
        let name = "\(row.table) \(row.keyText)".printableLine
        switch row.kind {
        case .onlyFirst: return "\(name): \(onlyFirst): \(DifferencePrinter.values(row.first))"
        case .onlySecond: return "\(name): \(onlySecond): \(DifferencePrinter.values(row.second))"
        case .otherValue:
            let cells = row.cells.map { cell in
                "\(cell.column) \(cell.first) → \(cell.second)".printableLine
            }
            return "\(name): \(cells.joined(separator: ", "))"
        }
    }

    private static func values(_ cells: [Cell]?) -> String {
        (cells ?? []).map(\.description).joined(separator: ", ").printableLine
    }

    func object(_ difference: TablesDifference) -> [JSONValue.Member] {
        let tables = difference.tables.map { table -> JSONValue in
            .object([
                .init("table", .string(table.table)), .init("equal", .int(table.equal)),
                .init("onlyFirst", .int(table.onlyFirst)),
                .init("onlySecond", .int(table.onlySecond)),
                .init("otherValue", .int(table.otherValue)),
                .init("columns", .object(table.columns.map { .init($0.name, .int($0.rows)) })),
            ])
        }
        return [
            .init("tables", .array(tables)),
            .init("rows", .array(difference.rows.map(DifferencePrinter.object))),
        ]
    }

    private static func object(_ row: RowDifference) -> JSONValue {
        func cells(_ cells: [Cell]?) -> JSONValue {
            cells.map { .array($0.map(\.json)) } ?? .null
        }
        let differing = row.cells.map { cell in
            JSONValue.Member(cell.column, .array([cell.first.json, cell.second.json]))
        }
        return .object([
            .init("table", .string(row.table)),
            .init("key", .object(zip(row.keyColumns, row.key).map { .init($0, $1.json) })),
            .init("first", cells(row.first)), .init("second", cells(row.second)),
            .init("differs", .object(differing)),
        ])
    }
}

/// Writes the events that made a row what it is.
struct RowHistoryPrinter {
    let ledger: EventLedger
    let history: RowHistory

    func lines() throws -> [String] {
        var lines: [String] = []
        if history.hasEarlier { lines.append("… earlier events not shown") }
        for step in history.steps {
            let event = try ledger.event(at: step.sequence)
            lines.append(
                "seq:\(step.sequence)  \(event.time.shortText)"
                    + "  \(RowHistoryPrinter.words(event))")
            lines.append("    " + change(step))
        }
        return lines
    }

    /// What happened: `SINGLE on G030…`, or the event's type.
    static func words(_ event: Event) -> String {
        let what = event.content.click?.word ?? event.detailType
        return (what + (event.device.map { " on \($0)" } ?? "")).printableLine
    }

    private func change(_ step: RowStep) -> String {
        guard let after = step.after else { return "the row is gone" }
        let cells = zip(history.columns, after).enumerated().dropFirst(history.key).compactMap {
            place, cell -> String? in
            guard let before = step.before, place < before.count else {
                return "\(cell.0) \(cell.1)"
            }
            return before[place] == cell.1 ? nil : "\(cell.0) \(before[place]) → \(cell.1)"
        }
        return ((step.before == nil ? "new: " : "") + cells.joined(separator: ", ")).printableLine
    }

    func object() throws -> [JSONValue.Member] {
        func row(_ cells: [Cell]?) -> JSONValue {
            cells.map { .object(zip(history.columns, $0).map { .init($0, $1.json) }) } ?? .null
        }
        let steps = try history.steps.map { step -> JSONValue in
            let event = try ledger.event(at: step.sequence)
            return .object([
                .init("sequence", .int(step.sequence)), .init("id", .string(event.id.text)),
                .init("time", .string(event.time.text)),
                .init("recorded", .optional(event.recorded?.text)),
                .init("source", .string(event.source)),
                .init("detailType", .string(event.detailType)),
                .init("device", .optional(event.device)),
                .init("click", .optional(event.content.click?.word)),
                .init("before", row(step.before)), .init("after", row(step.after)),
            ])
        }
        return [
            .init("projection", .string(history.projection)),
            .init("table", .string(history.table)), .init("key", .string(history.keyText)),
            .init("row", row(history.row)), .init("feeder", .optional(history.feeder)),
            .init("events", .int(history.events)), .init("every", .int(history.every)),
            .init("earlier", .bool(history.hasEarlier)), .init("changes", .array(steps)),
        ]
    }
}

extension Cell {
    /// Texts and times as strings.
    var json: JSONValue {
        switch self {
        case .integer(let value): .int(value)
        case .text(let text): .string(text)
        case .time(let time): .string(time.shortText)
        case .null: .null
        }
    }
}
