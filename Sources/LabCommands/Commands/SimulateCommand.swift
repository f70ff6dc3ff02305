import ArgumentParser
import EventModel
import Foundation
import Lab
import Ledger
import Scenario

struct SimulateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate",
        abstract: "Make years of button presses from a scenario, into a ledger.",
        discussion: """
            The same scenario, seed and start give the same events, byte for byte, on any number of \
            threads. A longer run begins with the events of a shorter one, so a ledger can be gone \
            on with: an interrupted run by the same command, a finished one with more --years.

              replaylab simulate --scenario Fixtures/scenarios/two-cats-auckland.yaml \\
                  --years 5 --seed 42 --ledger cats.ledger
            """)

    @Option(
        help: ArgumentHelp("The scenario, a YAML file: see docs/scenarios.md.", valueName: "file"),
        completion: Completions.scenarios)
    var scenario: String

    @Option(help: ArgumentHelp("How many calendar years, 1 to 1000.", valueName: "n"))
    var years: Int

    @Option(help: ArgumentHelp("The first day; the scenario's own if absent.", valueName: "date"))
    var start: String?

    @Option(help: ArgumentHelp("The seed, 0 to 18446744073709551615.", valueName: "s"))
    var seed: UInt64

    @Option(help: ArgumentHelp("Threads that generate.", valueName: "n"))
    var jobs = 1

    @OptionGroup var ledger: LedgerOption

    @OptionGroup var writer: WriterOptions

    @Flag(help: "Print one JSON object.")
    var json = false

    func validate() throws {
        guard (1...1000).contains(years) else {
            throw ValidationError("--years takes 1 to 1000, not \(years)")
        }
        guard (1...256).contains(jobs) else {
            throw ValidationError("--jobs takes 1 to 256, not \(jobs)")
        }
    }

    func run() throws {
        try checkReadable(
            scenario, "no scenario at \(scenario); the shipped ones are in Fixtures/scenarios")
        try checkFolder(of: ledger.ledger)
        let zones = try timeZones()
        let file = try ScenarioFile(path: scenario, zones: zones)
        var run = SimulationRun(
            file, seed: seed, start: try firstDay(start), years: years, jobs: jobs, zones: zones)
        run.batch = writer.batch
        Interrupts.catchSignals()
        var bar = ProgressBar("simulate")
        let clock = ContinuousClock()
        let begin = clock.now
        let outcome: RunOutcome
        do {
            outcome = try run.run(
                into: ledger.ledger, patience: writer.wait,
                isStopped: { Interrupts.isRequested },
                progress: { share, head in
                    bar.update(share, Figures.count(head.sequence, "event"))
                    return Interrupts.isRequested
                })
        } catch {
            bar.clear()
            throw error
        }
        bar.clear()
        try report(outcome, file, spent: clock.now - begin)
    }

    private func report(_ outcome: RunOutcome, _ file: ScenarioFile, spent: Duration) throws {
        let head = outcome.head
        if json {
            Terminal.print(
                JSONValue.object([
                    .init("ledger", .string(outcome.path)), .init("head", .int(head.sequence)),
                    .init("root", .string(head.root.hex)),
                    .init("appended", .int(outcome.outcome.appended)),
                    .init("bytes", .int(fileSize(outcome.path))),
                    .init("interrupted", .bool(outcome.isInterrupted)),
                ]).text())
        } else {
            Terminal.print(
                "\(outcome.path): \(Figures.count(head.sequence, "event"))"
                    + " of \(file.name), seed \(seed)"
                    + (outcome.begin > 0
                        ? " (\(Figures.grouped(outcome.outcome.appended)) new after \(Figures.grouped(outcome.begin)))"
                        : ""))
            let size = fileSize(outcome.path)
            let perEvent = Double(size) / Double(max(1, head.sequence))
            Terminal.print(
                "  size  \(Figures.bytes(size)), \(Figures.decimal(perEvent)) bytes an event")
            Terminal.print("  root  \(head.root.hex)")
        }
        if outcome.isInterrupted {
            Terminal.note(
                "interrupted after sequence \(head.sequence); the same command goes on from there")
            throw Interruption()
        }
    }
}
