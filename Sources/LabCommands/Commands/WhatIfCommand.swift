import ArgumentParser
import EventModel
import Expectations
import Foundation
import Lab
import Ledger
import Projections

struct WhatIfCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "whatif",
        abstract: "Say what would be otherwise if some events had come otherwise.",
        discussion: """
            Leaves events out, puts some in, or has some reported later, and says which rows of which \
            projections and which messages to the feeders change. Nothing is written. The rows are \
            those that the ledger would lead to if it were exported, edited and imported anew. An \
            event that is put in is recorded when it happens, unless its JSON says when; one that is \
            delayed keeps the time at which it happened, and takes its place in the ledger's order by \
            the time at which it is recorded. With --until seq:N the ledger ends there before it is \
            edited; with a time, before and after, what happened later does not count.

              replaylab whatif --ledger cats.ledger --without seq:12
              replaylab whatif --ledger cats.ledger --delay seq:12=2h --without seq:14
              replaylab whatif --ledger cats.ledger \\
                  --insert '2024-03-01T07:00:00Z LONG G030PM0123456789' --topology mended
            """)

    @OptionGroup var ledger: LedgerOption
    @OptionGroup var edit: EditOptions

    @Option(
        help: ArgumentHelp("A projection, again for more; all if absent.", valueName: "name"),
        completion: Completions.projections)
    var projection: [String] = []

    @OptionGroup var point: PointOptions
    @OptionGroup var topology: TopologyOption

    @Option(help: ArgumentHelp("How many rows and messages to show.", valueName: "n"))
    var rows = 10

    @OptionGroup var defaults: DefaultsOptions

    @Flag(help: "Print one JSON object, with all rows and messages.")
    var json = false

    func validate() throws {
        guard rows >= 0 else {
            throw ValidationError("--rows takes a number from 0 on, not \(rows)")
        }
    }

    func run() throws {
        let types = try projections(named: projection)
        let topology = try topology.read()
        let source = try ledger.open()
        let database = try timeZones()
        try defaults.checkZone(in: database)
        let edits = try edit.edits(of: source)
        let bar = StoppableBar("whatif")
        defer { bar.clear() }
        let outcome = try WhatIf(
            edits, of: source, until: try point.resolve(in: source, database),
            projections: types, topology: topology, settings: defaults.settings,
            database: database, progress: bar.show)
        bar.clear()
        if json { Terminal.print(object(outcome).text()) } else { printText(outcome) }
    }

    private var printer: DifferencePrinter {
        DifferencePrinter(
            onlyFirst: "gone", onlySecond: "new", limit: rows)
    }

    private func printText(_ outcome: WhatIf) {
        let (before, after) = outcome.events
        Terminal.print(
            before == after
                ? Figures.count(before, "event")
                : "\(Figures.grouped(before)) → \(Figures.count(after, "event"))")
        guard !outcome.isEmpty else {
            Terminal.print("  nothing changes")
            return
        }
        for (name, difference) in outcome.projections {
            Terminal.print(difference.isEmpty ? "\(name): nothing changes" : "\(name):")
            printer.printText(difference)
        }
        guard !outcome.messages.isEmpty else {
            Terminal.print("messages: nothing changes")
            return
        }
        Terminal.print("messages: \(Figures.count(outcome.messages.count, "change"))")
        for change in outcome.messages.prefix(rows) { Terminal.print("    " + line(change)) }
        let rest = outcome.messages.count - rows
        if rest > 0 { Terminal.print("    … and \(Figures.grouped(rest)) more") }
    }

    private func line(_ change: WhatIf.MessageChange) -> String {
        func text(_ message: ExpectedMessage) -> String {
            "\(message.at.shortText) \(message.key)".printableLine
        }
        switch (change.before, change.after) {
        case (let before?, nil): return "gone: " + text(before)
        case (nil, let after?): return "new: " + text(after)
        case (let before?, let after?):
            return change.kind == .moved
                ? "at another time: \(text(before)), at \(after.at.shortText)"
                : "changed: \(text(before)) → \(text(after))"
        case (nil, nil): return "nothing"
        }
    }

    private func object(_ outcome: WhatIf) -> JSONValue {
        func message(_ one: ExpectedMessage?) -> JSONValue {
            guard let one else { return .null }
            return [
                "sequence": .int(one.sequence), "target": .string(one.target),
                "at": .string(one.at.text),
                "topic": .string(String(decoding: one.topic, as: UTF8.self)),
                "payload": .string(String(decoding: one.payload, as: UTF8.self)),
                "qos": .int(one.qos),
            ]
        }
        let projections = outcome.projections.map { name, difference -> JSONValue in
            .object([.init("projection", .string(name))] + printer.object(difference))
        }
        return .object([
            .init("changes", .bool(!outcome.isEmpty)),
            .init("before", .int(outcome.events.before)),
            .init("after", .int(outcome.events.after)),
            .init("projections", .array(projections)),
            .init(
                "messages",
                .array(
                    outcome.messages.map {
                        ["before": message($0.before), "after": message($0.after)]
                    })),
        ])
    }
}
