import ArgumentParser
import EventModel
import Foundation
import Invariants
import Lab
import Ledger

struct BisectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bisect",
        abstract: "Find the event after which a ledger is no longer good.",
        discussion: """
            With --invariant: the first event after which it fails, found in one pass, with the \
            invariant's state before and after. With --exec: an event at which the answer of a command \
            turns from good to bad, found by bisection; where it turns more than once, it is one of \
            them. The command is run on a ledger of the first N events, with the exit codes of `git \
            bisect run`: 0 good, 1 to 127 bad, 125 cannot be judged, 128 and more stop. With --match \
            TEXT it is bad only where its output has TEXT.

            --projection shows the rows that are others after the event than before it.

            Exit code 1 where there is such an event, 0 where all is good.

              replaylab bisect --ledger cats.ledger --invariant no-double-feed
              replaylab bisect --ledger cats.ledger --exec 'my-tests --ledger {}' --projection bowl-totals
            """)

    @OptionGroup var ledger: LedgerOption
    @OptionGroup var culprit: CulpritOptions
    @Option(
        help: ArgumentHelp(
            "Show the rows of this projection before and after; again for more.",
            valueName: "name"), completion: Completions.projections)
    var projection: [String] = []

    @Option(help: ArgumentHelp("How many rows of each projection to show.", valueName: "n"))
    var rows = 10

    @OptionGroup var defaults: DefaultsOptions

    @Flag(help: "Print one JSON object.")
    var json = false

    func validate() throws {
        guard rows >= 0 else {
            throw ValidationError("--rows takes a number from 0 on, not \(rows)")
        }
    }

    func run() throws {
        let chosen = try culprit.chosen()
        let types = projection.isEmpty ? [] : try projections(named: projection)
        let source = try ledger.open()
        let database = try timeZones()
        try defaults.checkZone(in: database)
        Interrupts.catchSignals()
        let total = try source.headSequence()
        func printer(_ good: Int?, _ bad: Int?) throws -> BisectPrinter {
            let between = try RowsBetween(
                bad == nil ? [] : types, of: source, after: good ?? 0, and: bad ?? 0,
                settings: defaults.settings, database: database)
            return BisectPrinter(
                source: source, ledger: ledger.ledger, total: total, isJSON: json, rows: between,
                limit: rows, defaults: defaults.words)
        }
        if let chosen {
            guard let found = try transition(source, chosen, database, total) else {
                return try printer(nil, nil).printGood("\(chosen) holds")
            }
            let bad = found.violation.sequence
            try printer(bad - 1, bad).print(found, of: chosen)
        } else if let probe = culprit.probe() {
            let (bisection, result) = try bisected(source, probe)
            switch result {
            case .allGood: return try printer(nil, nil).printGood("the command calls it good")
            case .emptyBad: try printer(nil, nil).print(bisection, good: nil, bad: 0)
            case .transition(let good):
                try printer(good, good + 1).print(bisection, good: good, bad: good + 1)
            case .skipped(let good, let bad):
                try printer(good, bad).print(bisection, good: good, bad: bad)
            }
        }
        throw ExitStatus.finding
    }

    private func transition(
        _ source: EventLedger, _ chosen: ChosenInvariant, _ database: TimeZoneDatabase,
        _ total: Int
    ) throws -> Transition? {
        var bar = ProgressBar("bisect")
        defer { bar.clear() }
        return try InvariantPass.transition(
            source, chosen, settings: defaults.settings, database: database
        ) { sequence in
            bar.update(
                Double(sequence) / Double(max(1, total)), Figures.count(sequence, "event"))
            if Interrupts.isRequested { throw Interruption() }
        }
    }

    private func bisected(
        _ source: EventLedger, _ probe: CommandProbe
    ) throws -> (CommandBisection, CommandBisection.Result) {
        var bar = ProgressBar("bisect")
        defer { bar.clear() }
        var bisection = CommandBisection(source, probe)
        do {
            let result = try bisection.run { good, bad in
                bar.update(
                    0, "good up to \(Figures.grouped(good)), bad from \(Figures.grouped(bad))")
                if Interrupts.isRequested { throw Interruption() }
            }
            return (bisection, result)
        } catch {
            // Whatever the command said while it was being ended is no answer.
            throw Interrupts.isRequested ? Interruption() : error
        }
    }
}
