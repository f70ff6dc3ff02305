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
            bisect run`: 0 good, 1 to 127 bad, 125 cannot be judged, 128 and more stop.

            Exit code 1 where there is such an event, 0 where all is good.

              replaylab bisect --ledger cats.ledger --invariant no-double-feed
              replaylab bisect --ledger cats.ledger --exec 'my-tests --ledger {}'
            """)

    @OptionGroup var ledger: LedgerOption
    @OptionGroup var culprit: CulpritOptions
    @OptionGroup var defaults: DefaultsOptions

    @Flag(help: "Print one JSON object.")
    var json = false

    func run() throws {
        let chosen = try culprit.chosen()
        let source = try ledger.open()
        Interrupts.catchSignals()
        if let chosen {
            try run(source, chosen)
        } else if let command = culprit.exec {
            try run(source, CommandProbe(command))
        }
    }

    private func run(_ source: EventLedger, _ chosen: ChosenInvariant) throws {
        let database = try timeZones()
        _ = try zone(defaults.defaultZone, "--default-zone", in: database)
        let total = try source.headSequence()
        var bar = ProgressBar("bisect")
        defer { bar.clear() }
        let found = try InvariantPass.transition(
            source, chosen, settings: defaults.settings, database: database
        ) { sequence in
            bar.update(
                Double(sequence) / Double(max(1, total)), Figures.count(sequence, "event"))
            if Interrupts.isRequested { throw Interruption() }
        }
        bar.clear()
        guard let found else { return printGood("\(chosen) holds", total) }
        let sequence = found.violation.sequence
        let event = try source.event(at: sequence)
        if json {
            func members(_ state: [(name: String, value: String)]) -> JSONValue {
                .object(state.map { .init($0.name, .string($0.value)) })
            }
            Terminal.print(
                JSONValue.object([
                    .init("ledger", .string(ledger.ledger)), .init("events", .int(total)),
                    .init("good", .int(sequence - 1)), .init("bad", .int(sequence)),
                    .init("violation", found.violation.json(found.identity)),
                    .init("before", members(found.before)), .init("after", members(found.after)),
                    .init("event", CulpritLine.json(sequence, event)),
                ]).text())
        } else {
            say("\(chosen) fails first after sequence \(Figures.grouped(sequence))", total)
            Terminal.print("  \(found.violation.sentence)".printableLine)
            for (name, value) in found.before { sayState("before", name, value) }
            Terminal.print("  event   \(CulpritLine.text(sequence, event))".printableLine)
            for (name, value) in found.after { sayState("after", name, value) }
            printShow(sequence)
        }
        throw ExitStatus.finding
    }

    private func run(_ source: EventLedger, _ probe: CommandProbe) throws {
        let total = try source.headSequence()
        var bar = ProgressBar("bisect")
        defer { bar.clear() }
        var bisection = CommandBisection(source, probe)
        let result = try bisection.run { good, bad in
            bar.update(0, "good up to \(Figures.grouped(good)), bad from \(Figures.grouped(bad))")
            if Interrupts.isRequested { throw Interruption() }
        }
        bar.clear()
        if Interrupts.isRequested { throw Interruption() }
        let (good, bad): (Int, Int)
        switch result {
        case .allGood: return printGood("the command calls it good", total)
        case .emptyBad: (good, bad) = (-1, 0)
        case .transition(let last): (good, bad) = (last, last + 1)
        case .skipped(let last, let first): (good, bad) = (last, first)
        }
        if json {
            let event = bad > 0 ? CulpritLine.json(bad, try source.event(at: bad)) : .null
            Terminal.print(
                JSONValue.object([
                    .init("ledger", .string(ledger.ledger)), .init("events", .int(total)),
                    .init("good", good < 0 ? .null : .int(good)), .init("bad", .int(bad)),
                    .init("probes", .int(bisection.probes)), .init("event", event),
                ]).text())
        } else if bad == 0 {
            say("the command calls an empty ledger bad already: no event is to blame", total)
        } else {
            let runs = Figures.count(bisection.probes, "run")
            say(
                bad == good + 1
                    ? "a transition from good to bad, after \(runs) of the command"
                    : "only events that cannot be judged lie between, after \(runs)", total)
            Terminal.print("  good    the first \(Figures.count(good, "event"))")
            Terminal.print(
                "  bad     \(CulpritLine.text(bad, try source.event(at: bad)))".printableLine)
            for (name, sequence) in [("before", good), ("after", bad)] {
                let line = ShellLine.text([
                    "replaylab", "hydrate", "--ledger", ledger.ledger, "--until", "seq:\(sequence)",
                ])
                Terminal.print("  \(name.padding(toLength: 8, withPad: " ", startingAt: 0))\(line)")
            }
            printShow(bad)
        }
        throw ExitStatus.finding
    }

    private func say(_ what: String, _ total: Int) {
        Terminal.print(
            Terminal.bold(
                "\(ledger.ledger), \(Figures.count(total, "event")): \(what)".printableLine))
    }

    private func sayState(_ when: String, _ name: String, _ value: String) {
        let shown = value.count > 400 ? value.prefix(400) + "…" : value[...]
        Terminal.print(
            "  \(when == "after" ? "after   " : "before  ")\(name): \(shown)".printableLine)
    }

    private func printShow(_ sequence: Int) {
        let line = ShellLine.text([
            "replaylab", "show", "--ledger", ledger.ledger, "seq:\(sequence)",
        ])
        Terminal.print("  show    \(line)".printableLine)
    }

    private func printGood(_ what: String, _ total: Int) {
        if json {
            Terminal.print(
                JSONValue.object([
                    .init("ledger", .string(ledger.ledger)), .init("events", .int(total)),
                    .init("good", .int(total)), .init("bad", .null),
                ]).text())
        } else {
            say(what, total)
        }
    }
}
