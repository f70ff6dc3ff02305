import EventModel
import Foundation
import Invariants
import Lab
import Ledger

/// Shows the event after which a ledger is no longer good, with what was before and after it.
struct BisectPrinter {
    let source: EventLedger
    /// The ledger as the command line names it.
    let ledger: String
    let total: Int
    let isJSON: Bool
    /// The rows that the event, or those between good and bad, made others.
    let rows: RowsBetween
    /// How many rows are shown of each projection.
    let limit: Int
    /// The options that `hydrate` needs to come to the same rows.
    let defaults: [String]

    func print(_ found: Transition, of chosen: ChosenInvariant) throws {
        let sequence = found.violation.sequence
        let event = try source.event(at: sequence)
        if isJSON {
            func members(_ state: [(name: String, value: String)]) -> JSONValue {
                .object(state.map { .init($0.name, .string($0.value)) })
            }
            printJSON([
                .init("good", .int(sequence - 1)), .init("bad", .int(sequence)),
                .init("violation", found.violation.json(found.identity)),
                .init("atEnd", .bool(found.isAtEnd)), .init("before", members(found.before)),
                .init("after", members(found.after)),
                .init("event", CulpritLine.json(sequence, event)),
            ])
            return
        }
        say(
            found.isAtEnd
                ? "\(chosen) fails at the end, since nothing more came"
                : "\(chosen) fails first after sequence \(Figures.grouped(sequence))")
        Terminal.print("  \(found.violation.sentence)".printableLine)
        for (name, value) in found.before { sayState("before", name, value) }
        Terminal.print("  event   \(CulpritLine.text(sequence, event))".printableLine)
        for (name, value) in found.after { sayState("after", name, value) }
        printRows()
        printShow(sequence)
    }

    /// - Parameters:
    ///   - good: how many events are good; nil where none at all is bad already.
    ///   - bad: the sequence of the first event that is bad, as far as it is known.
    func print(_ bisection: CommandBisection, good: Int?, bad: Int) throws {
        if isJSON {
            let event = bad > 0 ? CulpritLine.json(bad, try source.event(at: bad)) : .null
            printJSON([
                .init("good", good.map { .int($0) } ?? .null), .init("bad", .int(bad)),
                .init("probes", .int(bisection.probes)),
                .init("failure", .optional(bisection.failure?.description)), .init("event", event),
            ])
            return
        }
        guard let good else {
            say("the command calls an empty ledger bad already: no event is to blame")
            if let failure = bisection.failure { Terminal.print("  \(failure)".printableLine) }
            return
        }
        let runs = Figures.count(bisection.probes, "run")
        say(
            bad == good + 1
                ? "a transition from good to bad, after \(runs) of the command"
                : "only events that cannot be judged lie between, after \(runs)")
        if let failure = bisection.failure {
            Terminal.print("  the whole ledger ends with \(failure)".printableLine)
        }
        let isTaken = good == 0 && bisection.isEmptyUnjudged
        Terminal.print(
            "  good    the first \(Figures.count(good, "event"))"
                + (isTaken ? ", which cannot be judged and are taken for good" : ""))
        for sequence in max(1, bad - 2)...min(total, bad + 2) {
            let what = sequence == bad ? "bad   " : sequence < bad ? "before" : "after "
            let line = CulpritLine.text(sequence, try source.event(at: sequence))
            Terminal.print("  \(what)  \(line)".printableLine)
        }
        printRows()
        for (name, sequence) in [("state before", good), ("state after ", bad)] {
            let line = ShellLine.command(
                ["hydrate", "--ledger", ledger, "--until", "seq:\(sequence)"] + defaults)
            Terminal.print("  \(name)  \(line)".printableLine)
        }
        printShow(bad)
    }

    func printGood(_ what: String) {
        if isJSON {
            printJSON([.init("good", .int(total)), .init("bad", .null)])
        } else {
            say(what)
        }
    }

    private var printer: DifferencePrinter {
        DifferencePrinter(onlyFirst: "before alone", onlySecond: "after alone", limit: limit)
    }

    private func printRows() {
        for (name, difference) in rows.projections {
            Terminal.print(
                difference.isEmpty
                    ? "  rows of \(name): the same before and after"
                    : "  rows of \(name), before → after:")
            printer.printText(difference)
        }
    }

    private func printJSON(_ members: [JSONValue.Member]) {
        var all: [JSONValue.Member] = [
            .init("ledger", .string(ledger)), .init("events", .int(total)),
        ]
        all += members
        if !rows.projections.isEmpty {
            let projections = rows.projections.map { name, difference -> JSONValue in
                .object([.init("projection", .string(name))] + printer.object(difference))
            }
            all.append(.init("projections", .array(projections)))
        }
        Terminal.print(JSONValue.object(all).text())
    }

    private func say(_ what: String) {
        Terminal.print(
            Terminal.bold("\(ledger), \(Figures.count(total, "event")): \(what)".printableLine))
    }

    private func sayState(_ when: String, _ name: String, _ value: String) {
        let shown = value.count > 400 ? value.prefix(400) + "…" : value[...]
        Terminal.print(
            "  \(when == "after" ? "after   " : "before  ")\(name): \(shown)".printableLine)
    }

    private func printShow(_ sequence: Int) {
        let line = ShellLine.command(["show", "--ledger", ledger, "seq:\(sequence)"])
        Terminal.print("  show    \(line)".printableLine)
    }
}
