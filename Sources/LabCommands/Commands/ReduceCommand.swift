import ArgumentParser
import EventModel
import Foundation
import Invariants
import Lab
import Ledger
import Projections

struct ReduceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reduce",
        abstract: "Find the few events of a ledger that break an invariant, or a command.",
        discussion: """
            Events are left out as long as the failure stays the same one, until no single event can \
            go; times never move meanwhile. Then values are made simpler, which --keep-values leaves \
            out. With --invariant this costs about a replay or two, however long the ledger is. With \
            --exec each try is a run of the command on a ledger of its own, with the exit codes of \
            `git bisect run`: 0 good, 1 to 127 bad, 125 cannot be judged (taken for good), 128 and \
            more stop. It is the same failure where exit code and, but for numbers, the last line of \
            output are the same; with --match TEXT, where the output has TEXT.

            Writes the events as a ledger, which names its source's root, and with --invariant a Swift \
            test that fails beside it. Ctrl-C writes the best so far (exit code 130). Exit code 0 where \
            something was found and reduced, 1 where nothing fails. The time that it took is said on a \
            terminal, and in --json.

              replaylab reduce --ledger bug.ledger --invariant no-double-feed -o three-events.ledger
              replaylab reduce --ledger bug.ledger --exec 'my-tests --ledger {}' -o min.ledger
            """)

    @OptionGroup var ledger: LedgerOption
    @OptionGroup var culprit: CulpritOptions

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("The ledger to write; it must not be there yet.", valueName: "file"),
        completion: .file())
    var output: String

    @Option(
        help: ArgumentHelp(
            "Where the Swift test goes; the output with .swift after it if absent.",
            valueName: "file"), completion: .file(extensions: ["swift"]))
    var test: String?

    @Flag(help: "Leave times and clicks as they are.")
    var keepValues = false

    @OptionGroup var defaults: DefaultsOptions

    @Flag(help: "Print one JSON object.")
    var json = false

    func validate() throws {
        if output.isEmpty { throw ValidationError("--output takes a file's path, and is empty") }
        if test != nil, culprit.exec != nil {
            throw ValidationError(
                "--test goes with --invariant: what a command judges, Swift cannot say; the command"
                    + " that reduce prints is the test")
        }
        if culprit.exec == nil, filePlace(testPath) == filePlace(output) {
            throw ValidationError(
                "--test and --output name one file; the test needs one of its own")
        }
    }

    func run() throws {
        let chosen = try culprit.chosen()
        let source = try ledger.open()
        for path in [output] + (chosen == nil ? [] : [testPath]) {
            try checkFolder(of: path)
            guard !FileManager.default.fileExists(atPath: path) else {
                throw MissingFile(
                    description: "\(path) is there already; name another file, or remove it",
                    status: .cannotCreate)
            }
        }
        Interrupts.catchSignals()
        let begin = ContinuousClock.now
        if let chosen {
            try run(source, chosen, begin)
        } else if let probe = culprit.probe() {
            do { try run(source, probe, begin) } catch {
                // Whatever the command said while it was being ended is no answer.
                throw Interrupts.isRequested ? Interruption() : error
            }
        }
        if Interrupts.isRequested { throw Interruption() }
    }

    private var testPath: String { test ?? output + ".swift" }

    private func run(
        _ source: EventLedger, _ chosen: ChosenInvariant, _ begin: ContinuousClock.Instant
    ) throws {
        let database = try timeZones()
        try defaults.checkZone(in: database)
        let total = try source.headSequence()
        var bar = ProgressBar("reduce")
        defer { bar.clear() }
        var reduction = LedgerReduction(
            source, chosen, settings: defaults.settings, database: database,
            isStopped: { Interrupts.isRequested })
        reduction.simplifies = !keepValues
        let found = try reduction.run { sequence in
            bar.update(
                Double(sequence) / Double(max(1, total)), Figures.count(sequence, "event"))
            if Interrupts.isRequested { throw Interruption() }
        }
        bar.clear()
        guard let found else {
            Terminal.error("\(chosen) holds in \(ledger.ledger): there is nothing to reduce")
            throw ExitStatus.finding
        }
        let provenance = try MinimalLedger.provenance(found, of: source)
        try MinimalLedger.write(found.events.map(\.event), to: output, provenance: provenance)
        guard try MinimalLedger.violation(in: output, found, database: database) != nil else {
            throw StateError(
                "\(output) holds the events that were found, and does not fail when it is read: the"
                    + " invariant depends on more than the events that it is given")
        }
        let test = try writeTest(found)
        let repeating = ShellLine.command(
            ["check", "--ledger", output, "--invariant", chosen.description] + defaults.words)
        let seconds = (ContinuousClock.now - begin) / .seconds(1)
        let printer = ReductionPrinter(
            ledger: ledger.ledger, total: total, output: output, repeating: repeating,
            seconds: seconds)
        json ? printer.printJSON(found, test: test) : printer.printText(found, test: test)
    }

    /// - Returns: the test's path; nil where there can be none.
    private func writeTest(_ found: ReducedHistory) throws -> String? {
        guard let text = found.testText() else { return nil }
        let file = try OutputFile(testPath)
        try Array(text.utf8).withUnsafeBytes { try file.write($0) }
        try file.close()
        return testPath
    }

    private func run(
        _ source: EventLedger, _ probe: CommandProbe, _ begin: ContinuousClock.Instant
    ) throws {
        let total = try source.headSequence()
        var bar = ProgressBar("reduce")
        defer { bar.clear() }
        var reduction = CommandReduction(source, probe, isStopped: { Interrupts.isRequested })
        let isBad = try reduction.run { left in
            bar.update(0, "\(Figures.count(left, "event")) left")
        }
        bar.clear()
        guard isBad else {
            Terminal.error("the command calls \(ledger.ledger) good: there is nothing to reduce")
            throw ExitStatus.finding
        }
        // Stopped before anything was found, there is nothing better than what the user has.
        guard reduction.isReduced else { return }
        let provenance = try Provenance(
            "reduce",
            [
                "source": .string(source.head().root.hex), "sourceEvents": .int(total),
                "exec": .string(probe.command), "match": .optional(probe.match),
                "failure": .optional(reduction.failure?.description),
                "minimal": .bool(reduction.isMinimal),
                "sequences": .array(reduction.events.map { .int($0.sequence) }),
            ])
        try MinimalLedger.write(
            reduction.events.map(\.event), to: output, provenance: provenance)
        if !Interrupts.isRequested, try !reduction.isBad(path: output) {
            throw StateError(
                "\(output) holds events that the command called bad, and now it does not: it does not"
                    + " always answer alike. Run it on \(output) a few times, make it steady, and"
                    + " reduce again")
        }
        let repeating =
            "REPLAYLAB_LEDGER=\(ShellLine.word(output)) sh -c "
            + ShellLine.word(ShellLine.filling(probe.command, with: output))
        let printer = ReductionPrinter(
            ledger: ledger.ledger, total: total, output: output, repeating: repeating,
            seconds: (ContinuousClock.now - begin) / .seconds(1))
        json ? printer.printJSON(reduction) : printer.printText(reduction)
        if let ending = reduction.ending { throw ending }
    }
}
