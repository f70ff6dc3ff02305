import EventModel
import Projections

/// Writes tables as JSON lists of objects.
final class RowSink {
    var out: BufferedOutput
    private var keys: [String] = []
    private var isOpen = false
    private var isFirstRow = true

    init(_ out: BufferedOutput) { self.out = out }

    func begin(_ shape: TableShape) throws -> ([Cell]) throws -> Void {
        out.put((isOpen ? "]," : "") + JSONText.quoted(shape.name) + ":[")
        isOpen = true
        isFirstRow = true
        keys = shape.columns.map { JSONText.quoted($0) + ":" }
        return { [unowned self] cells in self.row(cells) }
    }

    private func row(_ cells: [Cell]) {
        var text = isFirstRow ? "{" : ",{"
        isFirstRow = false
        for (place, cell) in cells.enumerated() {
            if place > 0 { text += "," }
            text += keys[place]
            switch cell {
            case .integer(let value): text += String(value)
            case .text(let value): JSONText.appendQuoted(value, to: &text)
            case .time(let time): text += "\"\(time.shortText)\""
            case .null: text += "null"
            }
        }
        out.put(text + "}")
    }

    func end() { if isOpen { out.put("]") } }
}
