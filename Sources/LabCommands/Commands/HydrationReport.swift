import EventModel
import Foundation
import Lab
import Ledger
import Projections

/// What a hydration came to, as JSON for programs or as tables and pictures for people.
struct HydrationReport {
    let hydration: Hydration
    let asked: String
    let asOf: String?
    let store: String?
    let steps: [StoreStep]

    init(_ hydration: Hydration, asked: String, asOf: String?, store: String?, steps: [StoreStep]) {
        self.hydration = hydration
        self.asked = asked
        self.asOf = asOf
        self.store = store
        self.steps = steps
    }

    /// The last sequence that counts, over all projections.
    private var sequence: Int { hydration.folds.map(\.sequence).max() ?? 0 }

    /// The moment that the point means: the time asked for, or that of its last event.
    private func moment() throws -> Timestamp? {
        if let time = hydration.point.time { return time }
        guard hydration.point.last > 0 else { return nil }
        return try hydration.ledger.event(at: hydration.point.last).time
    }

    private var isPrefix: Bool { hydration.folds.allSatisfy { hydration.isPrefix($0) } }
}

extension HydrationReport {
    /// Prints one object; rows are written as they come, however many there are.
    func printJSON() throws {
        let head = try hydration.ledger.head()
        var out = BufferedOutput()
        func pair(_ key: String, _ value: JSONValue) -> String {
            JSONText.quoted(key) + ":" + value.text()
        }
        out.put("{")
        out.put(
            pair(
                "ledger",
                [
                    "path": .string(hydration.ledger.path), "root": .string(head.root.hex),
                    "head": .int(head.sequence),
                ]))
        out.put(
            ","
                + pair(
                    "until",
                    [
                        "asked": .string(asked), "asOf": .optional(asOf),
                        "sequence": .int(sequence), "time": .optional(try moment()?.shortText),
                        "prefix": .bool(isPrefix),
                    ]))
        out.put(
            ","
                + pair(
                    "defaults",
                    [
                        "zone": .string(hydration.settings.defaultZone),
                        "portionGrams": .int(hydration.settings.portionGrams),
                        "doubleFeedMinutes": .int(hydration.settings.doubleFeedMinutes),
                    ]))
        out.put("," + pair("tzdata", .string(hydration.history.zoneVersion)))
        if let store { out.put("," + pair("store", .string(store))) }
        out.put(",\"projections\":{")
        for (place, fold) in hydration.folds.enumerated() {
            out.put((place == 0 ? "" : ",") + JSONText.quoted(fold.name) + ":{")
            out.put(pair("version", .int(fold.version)))
            out.put("," + pair("events", .int(fold.events)))
            out.put("," + pair("digest", .string(fold.digest(hydration.history).hex)))
            out.put("," + pair("input", .string(fold.input.description)))
            if place < steps.count {
                out.put("," + pair("step", .string(steps[place].description)))
            }
            out.put(",\"state\":{")
            try write(to: &out) { try fold.write(to: $0) }
            out.put("}")
            if let moment = try moment() {
                out.put(",\"open\":{")
                try write(to: &out) { try fold.report(at: moment, to: $0) }
                out.put("}")
            }
            out.put("}")
        }
        out.put("}}\n")
        out.flush()
    }

    private func write(
        to out: inout BufferedOutput, _ body: (StoreWriter) throws -> Void
    ) throws {
        let sink = RowSink(out)
        try body(StoreWriter(history: hydration.history) { try sink.begin($0) })
        sink.end()
        out = sink.out
    }
}

/// Writes tables as JSON lists of objects.
private final class RowSink {
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

/// Standard output in pieces of 64 KiB.
struct BufferedOutput {
    private var bytes: [UInt8] = []

    mutating func put(_ text: String) {
        bytes.append(contentsOf: text.utf8)
        if bytes.count >= 1 << 16 { flush() }
    }

    mutating func flush() {
        bytes.withUnsafeBytes { _ = Terminal.write($0, to: STDOUT_FILENO) }
        bytes.removeAll(keepingCapacity: true)
    }
}

extension HydrationReport {
    /// Prints a heading, and each projection's tables and pictures.
    func printTables() throws {
        let head = try hydration.ledger.head()
        let moment = try moment()
        let counted = hydration.folds.map(\.input.count).max() ?? 0
        var line = "\(hydration.ledger.path) until \(asked): \(Figures.count(counted, "event"))"
        line += " of \(Figures.grouped(head.sequence))"
        if let moment { line += ", \(moment.shortText)" }
        Terminal.print(Terminal.bold(line))
        if !isPrefix {
            Terminal.print(
                "Late reports straddle this time: a later --until rebuilds the store, and does not resume."
            )
        }
        for (place, fold) in hydration.folds.enumerated() {
            Terminal.print()
            let step = place < steps.count ? ", \(steps[place])" : ""
            Terminal.print(
                "\(Terminal.bold(fold.name)) version \(fold.version),"
                    + " \(Figures.count(fold.events, "event"))\(step)")
            if let stats = fold as? TypedFold<FeedingStats> {
                FeedingPicture(stats.state, hydration.history).print()
            } else {
                try printTables(fold)
            }
            if let time = hydration.point.time { try printOpenGaps(fold, time) }
            Terminal.print("  digest \(fold.digest(hydration.history).hex)")
        }
        if let store { Terminal.print("\nStore: \(store)  (sqlite3 \(store) .tables)") }
    }

    private func printTables(_ fold: ProjectionFold) throws {
        try printTables(limit: 20) { try fold.write(to: $0) }
    }

    private func printOpenGaps(_ fold: ProjectionFold, _ moment: Timestamp) throws {
        try printTables(limit: 5, isCaptioned: true) { try fold.report(at: moment, to: $0) }
    }

    /// - Parameter isCaptioned: whether even a table that stands alone gets its name as a caption.
    private func printTables(
        limit: Int, isCaptioned: Bool = false, _ body: (StoreWriter) throws -> Void
    ) throws {
        var printers: [TablePrinter] = []
        let store = StoreWriter(history: hydration.history) { shape in
            printers.append(TablePrinter(shape, limit: limit))
            let place = printers.count - 1
            return { printers[place].add($0) }
        }
        try body(store)
        for printer in printers {
            if isCaptioned || printers.count > 1 { Terminal.print("  " + printer.caption + ":") }
            for line in printer.lines() { Terminal.print(line) }
        }
    }
}
