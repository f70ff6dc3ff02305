import EventModel
import Foundation
import Invariants
import Lab

/// Shows what is left of a ledger, and what it cost to find.
struct ReductionPrinter {
    var ledger: String
    /// How many events the ledger has.
    var total: Int
    var output: String
    /// The command that shows the failure again.
    var repeating: String
    var seconds: Double

    /// - Parameter test: the Swift test's path; nil where there can be none.
    func printText(_ found: ReducedHistory, test: String?) {
        let sequence = Figures.grouped(found.violation.sequence)
        head("\(found.identity)")
        Terminal.print("  at sequence \(sequence): \(found.violation.sentence)".printableLine)
        let table =
            [["", "events", "tries", "applied"]]
            + found.stages.map {
                [
                    $0.name, Figures.grouped($0.events), Figures.grouped($0.probes),
                    Figures.grouped($0.applications),
                ]
            }
        for row in table {
            Terminal.print(
                "  " + row[0].padding(toLength: 20, withPad: " ", startingAt: 0)
                    + row.dropFirst().map {
                        String(repeating: " ", count: max(0, 11 - $0.count)) + $0
                    }.joined())
        }
        Terminal.print(
            "  \(Figures.count(found.probes, "try", "tries")),"
                + " \(Figures.grouped(found.applications)) events applied:"
                + " \(ReductionPrinter.hundredths(found.replays)) replays")
        sayEvents(found.events, isMinimal: found.isMinimal)
        if !found.isExplained {
            Terminal.print(
                found.isMinimal
                    ? "what of them may be otherwise is tried for a hundred events at most"
                    : "stopped before it was tried what of them may be otherwise")
        }
        if let violation = found.reducedViolation, violation.sentence != found.violation.sentence {
            Terminal.print("which says: \(violation.sentence)".printableLine)
        }
        if let reason = found.testAbsence { Terminal.print("there is no Swift test: \(reason)") }
        let files = [output] + (test.map { [$0] } ?? [])
        Terminal.print("Wrote \(files.joined(separator: " and ")); again with".printableLine)
        Terminal.print("  \(repeating)".printableLine)
        sayTime()
    }

    func printText(_ found: CommandReduction) {
        head("bad, says the command")
        if let failure = found.failure { Terminal.print("  \(failure)".printableLine) }
        Terminal.print(
            "  \(Figures.count(found.probes, "run")) of the command,"
                + " \(Figures.grouped(found.applications)) events given after the bisection")
        if found.otherFailures > 0 {
            Terminal.print(
                "  \(Figures.count(found.otherFailures, "run")) failed in another way, and counted as good"
            )
        }
        sayEvents(found.events, isMinimal: found.isMinimal)
        Terminal.print("Wrote \(output); again with".printableLine)
        Terminal.print("  \(repeating)".printableLine)
        sayTime()
    }

    private func head(_ what: String) {
        Terminal.print(
            Terminal.bold(
                "\(ledger), \(Figures.count(total, "event")): \(what)".printableLine))
    }

    private func sayEvents(_ events: [ReducedHistory.Kept], isMinimal: Bool) {
        guard !events.isEmpty else {
            Terminal.print("no event is needed: it fails on a ledger without events")
            return
        }
        let shown = 50
        let count = Figures.count(events.count, "event")
        Terminal.print(
            isMinimal
                ? "\(count) \(events.count == 1 ? "is" : "are") enough, and none of them can go:"
                : "\(count) are enough; stopped before it was known whether all must stay:")
        for one in events.prefix(shown) {
            let changes = one.changes.isEmpty ? "" : "  (\(one.changes.joined(separator: ", ")))"
            Terminal.print(
                "  \(CulpritLine.text(one.sequence, one.event))\(changes)".printableLine)
            if !one.free.isEmpty {
                Terminal.print("      may be \(one.free.joined(separator: ", "))")
            }
        }
        if events.count > shown {
            Terminal.print(
                "  and \(Figures.grouped(events.count - shown)) more; `replaylab tail` shows them")
        }
    }

    /// Times differ from run to run: for people alone, so that what is kept compares.
    private func sayTime() {
        if Terminal.hasColour {
            Terminal.print("It took \(ReductionPrinter.hundredths(seconds)) s.")
        }
    }

    func printJSON(_ found: ReducedHistory, test: String?) {
        let stages = found.stages.map { stage -> JSONValue in
            [
                "name": .string(stage.name), "events": .int(stage.events),
                "probes": .int(stage.probes), "applications": .int(stage.applications),
            ]
        }
        Terminal.print(
            JSONValue.object([
                .init("ledger", .string(ledger)), .init("events", .int(total)),
                .init("violation", found.violation.json(found.identity)),
                .init("reducedViolation", found.reducedViolation?.json(found.identity) ?? .null),
                .init("stages", .array(stages)), .init("probes", .int(found.probes)),
                .init("applications", .int(found.applications)),
                .init("replays", .number(ReductionPrinter.hundredths(found.replays))),
                .init("seconds", .number(ReductionPrinter.hundredths(seconds))),
                .init("minimal", .bool(found.isMinimal)), .init("kept", kept(found.events)),
                .init("output", .string(output)), .init("test", .optional(test)),
                .init("testAbsence", .optional(found.testAbsence)),
                .init("repeat", .string(repeating)),
            ]).text())
    }

    func printJSON(_ found: CommandReduction) {
        Terminal.print(
            JSONValue.object([
                .init("ledger", .string(ledger)), .init("events", .int(total)),
                .init("probes", .int(found.probes)),
                .init("applications", .int(found.applications)),
                .init("seconds", .number(ReductionPrinter.hundredths(seconds))),
                .init("failure", .optional(found.failure?.description)),
                .init("otherFailures", .int(found.otherFailures)),
                .init("minimal", .bool(found.isMinimal)), .init("kept", kept(found.events)),
                .init("output", .string(output)), .init("repeat", .string(repeating)),
            ]).text())
    }

    private func kept(_ events: [ReducedHistory.Kept]) -> JSONValue {
        .array(
            events.map { one -> JSONValue in
                guard case .object(let members) = CulpritLine.json(one.sequence, one.event) else {
                    return .null
                }
                return .object(
                    members + [
                        .init("changes", .array(one.changes.map { .string($0) })),
                        .init("mayBe", .array(one.free.map { .string($0) })),
                    ])
            })
    }

    /// Two decimals.
    private static func hundredths(_ number: Double) -> String {
        let whole = Int((number * 100).rounded())
        let rest = whole % 100
        return "\(whole / 100).\(rest < 10 ? "0" : "")\(rest)"
    }
}
