import ArgumentParser
import EventModel
import Foundation
import Lab
import Ledger
import Projections

struct WhyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "why",
        abstract: "Name the events that made a row what it is.",
        discussion: """
            Folds the ledger and watches one row of a projection: each event after which it was \
            another one is named, with the columns that changed. --row takes the columns that name \
            the row, with | between them. Where the projection's feeders are independent, only the \
            row's feeder is folded. A long ledger is looked at after every so many events, and closer \
            where the row is not the same: what changed and changed back between two looks is not \
            seen, unless --every 1 looks at each state.

              replaylab why --ledger cats.ledger --projection bowl-totals --row 'kitchen|left'
              replaylab why --ledger cats.ledger --projection feeding-stats --table days \\
                  --row 'kitchen|2024-02-29' --json
            """)

    @OptionGroup var ledger: LedgerOption

    @Option(
        help: ArgumentHelp("The projection whose row it is.", valueName: "name"),
        completion: Completions.projections)
    var projection: String

    @Option(
        help: ArgumentHelp("The row's key: its columns with | between them.", valueName: "key"))
    var row: String

    @Option(
        help: ArgumentHelp("The row's table; needed where two have such a row.", valueName: "name"))
    var table: String?

    @OptionGroup var point: PointOptions

    @Option(help: ArgumentHelp("How many changes to find, the last ones.", valueName: "n"))
    var last = 20

    @Flag(help: "Find all changes; looks at the state after each event.")
    var all = false

    @Option(
        help: ArgumentHelp(
            "Look at the state after each n events; as often as is cheap if absent.",
            valueName: "n"))
    var every: Int?

    @OptionGroup var defaults: DefaultsOptions

    @Flag(help: "Print one JSON object.")
    var json = false

    func validate() throws {
        guard last >= 1 else {
            throw ValidationError("--last takes a number from 1 on, not \(last); --all finds all")
        }
        guard every.map({ $0 >= 1 }) ?? true else {
            throw ValidationError("--every takes a number from 1 on, not \(every ?? 0)")
        }
        if all, every.map({ $0 > 1 }) ?? false {
            throw ValidationError("--all looks at each state; leave --every out")
        }
    }

    func run() throws {
        let types = try projections(named: [projection])
        let source = try ledger.open()
        let loaded = try point.load(
            source, settings: defaults.settings, database: try timeZones())
        let bar = StoppableBar("why")
        defer { bar.clear() }
        let lookup = try RowLookup(types[0], on: loaded)
        let history = try lookup.history(
            of: row, in: table, last: all ? nil : last, every: every, progress: bar.show)
        bar.clear()
        let printer = RowHistoryPrinter(ledger: source, history: history)
        if json {
            Terminal.print(JSONValue.object(try printer.object()).text())
            return
        }
        try printText(history, printer)
    }

    private func printText(_ history: RowHistory, _ printer: RowHistoryPrinter) throws {
        let values = zip(history.columns, history.row ?? []).dropFirst(history.key)
            .map { "\($0) \($1)" }.joined(separator: ", ")
        Terminal.print(
            "\(history.projection), \(history.table) \(history.keyText)".printableLine)
        Terminal.print("  " + values.printableLine)
        for line in try printer.lines() { Terminal.print("  " + line) }
        let of = history.feeder.map { " of feeder \($0.printableLine)" } ?? ""
        var note = "\(Figures.count(history.events, "event"))\(of) folded"
        if history.every > 1 {
            note +=
                ", looked at after every \(Figures.grouped(history.every)) and closer where the row"
                + " changed"
        }
        Terminal.note(note)
    }
}
