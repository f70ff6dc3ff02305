import ArgumentParser
import EventModel
import Expectations
import Foundation
import Lab
import Ledger
import Projections
import Scenario

struct CompareCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare",
        abstract: "Compare what a feeder was told with the ledger.",
        discussion: """
            Reads what mosquitto_sub captured and works out from ledger and topology which messages \
            should be there. Names those that are missing, that came more often than they should, \
            and that no event leads to. A retained message was told before the capture began and is \
            never one too many. Without --from and --until the time between the earliest and \
            the latest reportedTime of the capture is compared.

              mosquitto_sub -t cat-feeder/action -F %J > told.jsonl
              replaylab compare --ledger cats.ledger --capture told.jsonl
            """)

    @OptionGroup var ledger: LedgerOption

    @Option(
        help: ArgumentHelp(
            "What mosquitto_sub -F %J wrote, plain or gzip; - is standard input.", valueName: "file"
        ), completion: .file())
    var capture: String

    @OptionGroup var topology: TopologyOption

    @Option(
        help: ArgumentHelp("From a time, seq:N, id:ID or 50% on.", valueName: "when"))
    var from: String?

    @Option(help: ArgumentHelp("Up to a time, seq:N, id:ID or 50%.", valueName: "when"))
    var until: String?

    @Option(
        help: ArgumentHelp("The zone of local times in --from and --until.", valueName: "zone"),
        completion: Completions.zones)
    var zone: String?

    @Flag(help: "Print one JSON object.")
    var json = false

    func run() throws {
        if capture != "-" { try checkReadable(capture, "no capture \(capture)") }
        let source = try ledger.open()
        let database = try timeZones()
        let table = try LabCommands.zone(zone, "--zone", in: database)
        var window: ReplayWindow?
        if from != nil || until != nil {
            window = try source.window(
                from: try from.map { try PointInTime(text: $0, zone: table) },
                until: try PointInTime(text: until ?? "head", zone: table))
        }
        var comparison = CaptureComparison()
        try read { comparison.add($0) }
        let report = try comparison.finish(
            source, topology: try topology.read(), window: window, zones: database)
        if json { Terminal.print(object(report).text()) } else { printText(report) }
        guard report.isEqual else { throw ExitStatus.finding }
    }

    /// Gives each message of the capture. Bad lines are all named, and then nothing is compared.
    private func read(_ body: (CapturedMessage) -> Void) throws {
        let importer = try EventImporter(
            paths: [capture], options: ImportOptions(format: .mosquitto, isCollecting: true))
        let found = try importer.check(onProblem: { Terminal.error("\($0)") })
        guard found.bad == 0 else {
            Terminal.note("nothing was compared; mend the capture")
            throw ExitStatus.data
        }
        let batches = try importer.events()
        while let batch = try batches.next() {
            for event in batch.events {
                if let message = CapturedMessage(event) { body(message) }
            }
        }
    }

    private func printText(_ report: CaptureReport) {
        let topics = report.topics.map(\.printable).joined(separator: ", ")
        Terminal.print(
            "\(Figures.count(report.received, "message")) captured on \(topics),"
                + " \(Figures.grouped(report.expected)) expected")
        if let from = report.from { Terminal.print("  from        \(from.shortText)") }
        if let until = report.until { Terminal.print("  until       \(until.shortText)") }
        if report.outside > 0 {
            Terminal.print(
                "  outside     \(Figures.grouped(report.outside)) expected before or after that;"
                    + " --from and --until take them in")
        }
        if report.beside > 0 {
            Terminal.print(
                "  beside      \(Figures.grouped(report.beside)) captured of events before or after"
                    + " that")
        }
        if report.retained > 0 {
            Terminal.print(
                "  retained    \(Figures.grouped(report.retained)) told before the capture began")
        }
        if report.elsewhere > 0 {
            Terminal.print("  elsewhere   \(Figures.grouped(report.elsewhere)) on other topics")
        }
        for (name, deviation) in kinds(report) where deviation.count > 0 {
            Terminal.print(
                "  " + name.padding(toLength: 12, withPad: " ", startingAt: 0)
                    + Figures.grouped(deviation.count))
            for finding in deviation.examples { Terminal.print("    " + line(finding)) }
            let rest = deviation.count - deviation.examples.count
            if rest > 0 { Terminal.print("    … and \(Figures.grouped(rest)) more") }
        }
        if report.isEqual { Terminal.print("  the feeder was told what the ledger says") }
    }

    private func line(_ finding: CaptureReport.Finding) -> String {
        let places = [
            finding.sequence.map { "sequence \($0)" }, finding.message.map { "message \($0)" },
        ]
        return places.compactMap(\.self).joined(separator: ", ")
            + ": \(finding.topic.printable) \(finding.payload.printable)"
    }

    private func kinds(_ report: CaptureReport) -> [(String, CaptureReport.Deviation)] {
        [
            ("missing", report.missing), ("repeated", report.repeated),
            ("unexpected", report.unexpected),
        ]
    }

    private func object(_ report: CaptureReport) -> JSONValue {
        var members: [JSONValue.Member] = [
            .init("equal", .bool(report.isEqual)), .init("expected", .int(report.expected)),
            .init("received", .int(report.received)), .init("elsewhere", .int(report.elsewhere)),
            .init("outside", .int(report.outside)), .init("beside", .int(report.beside)),
            .init("retained", .int(report.retained)),
            .init("from", .optional(report.from?.text)),
            .init("until", .optional(report.until?.text)),
        ]
        for (name, deviation) in kinds(report) {
            let examples = deviation.examples.map { finding -> JSONValue in
                [
                    "sequence": finding.sequence.map { .int($0) } ?? .null,
                    "message": finding.message.map { .int($0) } ?? .null,
                    "topic": .string(finding.topic), "payload": .string(finding.payload),
                ]
            }
            members.append(
                .init(name, ["count": .int(deviation.count), "examples": .array(examples)]))
        }
        return .object(members)
    }
}
