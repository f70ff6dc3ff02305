import ArgumentParser
import EventModel
import Foundation
import Lab
import Ledger
import Scenario

struct ImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Take recorded events into a ledger.",
        discussion: """
            Reads EventBridge envelopes (as archived to S3, or as logged), button events, our own \
            jsonl and csv, CloudEvents, and messages that mosquitto_sub captured; JSON Lines, JSON \
            arrays or concatenated JSON; plain or gzip. Everything is read and checked before the first event is kept: bad input leaves nothing behind, unless \
            --skip-bad collects it. An event that the ledger has already is counted and skipped.

              replaylab import Fixtures/recorded/eventbridge-archive.jsonl --ledger recorded.ledger
              zcat archive/*.gz | replaylab import - --ledger recorded.ledger
            """)

    @Argument(
        help: ArgumentHelp("Files to read, in this order; - is standard input.", valueName: "file"),
        completion: .file())
    var files: [String]

    @OptionGroup var ledger: LedgerOption

    @Option(
        help:
            "The form of the events: \(ImportFormat.allCases.map(\.rawValue).joined(separator: ", "))."
    )
    var format: ImportFormat = .auto

    @Option(
        help: ArgumentHelp(
            "The time of button events and CloudEvents that carry none.", valueName: "time"))
    var time: String?

    @Option(
        help: ArgumentHelp(
            "When events were recorded that do not say so; the clock's reading if absent.",
            valueName: "time"))
    var recorded: String?

    @Option(
        help: ArgumentHelp(
            "Collect bad input in this file, made anew, and go on.", valueName: "file"),
        completion: .file())
    var skipBad: String?

    @OptionGroup var writer: WriterOptions

    @Flag(help: "Print one JSON object.")
    var json = false

    /// Problems beyond this many are counted and not printed.
    private static let problemLimit = 20

    func run() throws {
        for file in files where file != "-" {
            try checkReadable(file, "no file \(file) to import")
        }
        for file in [ledger.ledger, skipBad].compactMap(\.self) { try checkFolder(of: file) }
        if let skipBad {
            try refuseToReplace(skipBad, besides: ledger.ledger, "--skip-bad")
        }
        var options = ImportOptions(format: format, time: try LabCommands.time(time, "--time"))
        options.skipBad = skipBad
        // One pass names everything that is wrong, so that one mending is enough.
        options.isCollecting = true
        var run = ImportRun(
            files, options: options, recorded: try LabCommands.time(recorded, "--recorded"))
        run.batch = writer.batch
        var check = ProgressBar("check ")
        var append = ProgressBar("import")
        defer { append.clear() }
        var problems = 0
        let outcome: ImportOutcome
        do {
            outcome = try run.run(
                into: ledger.ledger, now: clockReading(), patience: writer.wait,
                isStopped: { Interrupts.isRequested },
                onProblem: { problem in
                    problems += 1
                    if problems <= ImportCommand.problemLimit { Terminal.error("\(problem)") }
                },
                progress: { stage in
                    switch stage {
                    case .checking(let done):
                        // Until the inputs are at hand a signal ends the command at once:
                        // standard input may never come to its end.
                        Interrupts.catchSignals()
                        check.update(done.share, Figures.count(done.values, "value"))
                    case .appending(let done):
                        append.update(done.share, Figures.count(done.values, "value"))
                    }
                    return Interrupts.isRequested
                })
        } catch {
            check.clear()
            throw error
        }
        if problems > ImportCommand.problemLimit {
            Terminal.note(
                "replaylab: … and \(Figures.grouped(problems - ImportCommand.problemLimit)) more problems"
            )
        }
        append.clear()
        try report(outcome)
    }

    private func report(_ outcome: ImportOutcome) throws {
        let found = outcome.report
        guard let run = outcome.run else {
            Terminal.note(
                "nothing was imported; mend the input, or collect what is bad with --skip-bad FILE")
            throw ExitStatus.data
        }
        if json {
            Terminal.print(
                JSONValue.object([
                    .init("ledger", .string(run.path)), .init("head", .int(run.head.sequence)),
                    .init("root", .string(run.head.root.hex)), .init("values", .int(found.values)),
                    .init("appended", .int(run.outcome.appended)),
                    .init("skipped", .int(run.outcome.skipped)), .init("bad", .int(found.bad)),
                    .init("presses", .int(found.presses)),
                    .init("interrupted", .bool(run.isInterrupted)),
                ]).text())
        } else {
            Terminal.print(
                "\(run.path): \(Figures.count(run.outcome.appended, "event")) imported,"
                    + " \(Figures.grouped(run.outcome.skipped)) known already,"
                    + " \(Figures.grouped(found.bad)) bad; \(Figures.count(run.head.sequence, "event")) in all"
            )
            if run.outcome.raised > 0 {
                Terminal.print(
                    "  \(Figures.count(run.outcome.raised, "recorded time")) raised: it must not fall"
                )
            }
            if let skipBad, found.bad > 0 { Terminal.print("  bad   see \(skipBad)") }
            Terminal.print("  root  \(run.head.root.hex)")
        }
        if run.isInterrupted {
            Terminal.note(
                "interrupted after sequence \(run.head.sequence); the same command goes on from there"
            )
            throw Interruption()
        }
    }
}

extension ImportFormat: ExpressibleByArgument {}

extension ImportProgress {
    /// How much of the bytes is read, 0 to 1.
    var share: Double { Double(byteCount) / Double(max(1, byteCountTotal)) }
}
