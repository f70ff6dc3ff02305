import ArgumentParser
import EventModel
import Foundation
import Lab
import Ledger
import Projections
import Scenario

struct ExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write a ledger's events as lines of JSON, or as csv.",
        discussion: """
            jsonl, csv and cloudevents are lossless: importing them into an empty ledger gives the \
            same root. cloudevents-batch is one JSON array. eventbridge writes envelopes as the \
            service does. original gives back what was imported.

              replaylab export --ledger cats.ledger --format jsonl -o cats.jsonl
              replaylab export --ledger cats.ledger --format csv -o cats.csv
              replaylab export --ledger cats.ledger --format eventbridge --until 50% | gzip > half.gz
            """)

    @OptionGroup var ledger: LedgerOption

    @Option(
        help: "The form to write: \(ExportFormat.allCases.map(\.rawValue).joined(separator: ", "))."
    )
    var format: ExportFormat

    @Option(
        help: ArgumentHelp("Up to a time, seq:N, id:ID or 50%; all if absent.", valueName: "when"))
    var until = "head"

    @Option(help: ArgumentHelp("Only what was recorded by then.", valueName: "time"))
    var asOf: String?

    @Option(
        help: ArgumentHelp("The zone of local times in --until and --as-of.", valueName: "zone"),
        completion: Completions.zones)
    var zone: String?

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("Where to write; standard output if absent.", valueName: "file"),
        completion: .file())
    var output: String?

    func run() throws {
        let source = try ledger.open()
        let table = try LabCommands.zone(zone, "--zone", in: timeZones())
        let point = try source.resolve(
            PointInTime(text: until, zone: table), knownBy: try time(asOf, "--as-of", zone: table))
        if let output, output != "-" {
            try refuseToReplace(output, besides: ledger.ledger, "--output")
        }
        let sink = try OutputFile(output == "-" ? nil : output)
        // On the way to standard output there is nothing to tidy up: a signal may end it at once.
        if sink.isTemporary { Interrupts.catchSignals() }
        var bar = ProgressBar("export")
        defer { bar.clear() }
        var exporter = EventExporter(format: format) { try sink.write($0) }
        if point.last > 0 {
            try source.forEachEvent(1...point.last) { sequence, event in
                if let limit = point.time, event.time > limit { return }
                try exporter.write(event, sequence: Int64(sequence))
                if sequence & 0x3FFF == 0 {
                    bar.update(
                        Double(sequence) / Double(point.last), Figures.count(sequence, "event"))
                    if Interrupts.isRequested { throw Interruption() }
                }
            }
        }
        try exporter.finish()
        try sink.close()
    }
}

extension ExportFormat: ExpressibleByArgument {}
