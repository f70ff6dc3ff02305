import ArgumentParser
import EventModel
import Foundation
import Lab
import Ledger

struct InfoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "info",
        abstract:
            "Say what a ledger holds: head, range, devices, counts, root, and how it was made.",
        discussion: """
              replaylab info --ledger cats.ledger

            Note root and size; later, `replaylab verify --ledger L --root R --size N` proves that \
            the ledger still begins with the same events.
            """)

    @OptionGroup var ledger: LedgerOption

    @Flag(help: "Print one JSON object.")
    var json = false

    /// Devices beyond this many are counted and not listed.
    private static let deviceLimit = 10

    func run() throws {
        let source = try ledger.open()
        let head = try source.head()
        let summary = try source.summary()
        let runs = try source.runs()
        let index = try source.indexExtent()
        if json {
            Terminal.print(object(head, summary, runs, index).text())
            return
        }
        func line(_ name: String, _ text: String) {
            Terminal.print("  " + name.padding(toLength: 10, withPad: " ", startingAt: 0) + text)
        }
        let size = fileSize(source.path)
        Terminal.print(Terminal.bold(source.path))
        line("events", Figures.grouped(head.sequence))
        for (kind, count) in summary.kinds {
            line(
                "",
                "\(Figures.grouped(count))  \(kind.detailType.printable)"
                    + "  (\(kind.source.printable))")
        }
        if let first = summary.earliest, let last = summary.latest {
            line("times", "\(first.shortText) to \(last.shortText)")
        }
        if let recorded = head.recorded { line("recorded", "up to \(recorded.shortText)") }
        let devices = summary.devices.filter { $0.name != nil }
        line("devices", Figures.grouped(devices.count))
        for (name, events) in summary.devices.prefix(InfoCommand.deviceLimit) {
            line("", "\(Figures.grouped(events))  \((name ?? "(no device)").printable)")
        }
        if summary.devices.count > InfoCommand.deviceLimit {
            let rest = Figures.grouped(summary.devices.count - InfoCommand.deviceLimit)
            line("", "… and \(rest) more; --json lists all")
        }
        line("contents", "\(Figures.grouped(summary.contents)) distinct")
        line(
            "size",
            "\(Figures.bytes(size)), \(Figures.decimal(Double(size) / Double(max(1, head.sequence))))"
                + " bytes an event")
        if index.segments > 0 {
            line(
                "index",
                "\(Figures.count(index.segments, "segment")), \(Figures.count(index.events, "event")),"
                    + " \(Figures.bytes(index.bytes))")
        }
        line("root", head.root.hex)
        for run in runs {
            line("run \(run.number)", run.provenance + (run.isComplete ? "" : "  (interrupted)"))
        }
    }

    private func object(
        _ head: LedgerHead, _ summary: LedgerSummary, _ runs: [LedgerRun],
        _ index: ReplayIndex.Extent
    ) -> JSONValue {
        [
            "path": .string(ledger.ledger), "head": .int(head.sequence),
            "root": .string(head.root.hex), "recorded": .optional(head.recorded?.text),
            "earliest": .optional(summary.earliest?.text),
            "latest": .optional(summary.latest?.text),
            "devices": .array(
                summary.devices.map { ["device": .optional($0.name), "events": .int($0.events)] }),
            "contents": .int(summary.contents),
            "bytes": .int(fileSize(ledger.ledger)),
            "index": [
                "segments": .int(index.segments), "events": .int(index.events),
                "bytes": .int(index.bytes),
            ],
            "kinds": .array(
                summary.kinds.map { kind, count in
                    [
                        "source": .string(kind.source), "detailType": .string(kind.detailType),
                        "events": .int(count),
                    ]
                }),
            "runs": .array(
                runs.map { run in
                    [
                        "number": .int(run.number), "after": .int(run.begin),
                        "provenance": (try? JSONValue(parsing: run.provenance)) ?? .null,
                        "complete": .bool(run.isComplete),
                    ]
                }),
        ]
    }
}
