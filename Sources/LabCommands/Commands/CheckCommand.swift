import ArgumentParser
import EventModel
import Invariants
import Lab
import Ledger
import Projections

struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Hold invariants and the laws of projections against a ledger.",
        discussion: """
            Invariants are what must hold at every point of a history: no-double-feed (minutes), \
            daily-limit (grams), fed-every-day (days), press-has-one-effect, and those of your own. \
            One pass finds the first violation of each, in order of the ledger. Laws are what must \
            hold for every projection: a part and then the rest, merged parts, a store beside memory, a \
            process that is killed. Some are tried on a sample of a long ledger, and the output says \
            which (docs/laws.md). Exit code 1 where one is broken.

            Without --invariant and --projection all of both are checked; with one of them, what is \
            named.

              replaylab check --ledger cats.ledger
              replaylab check --ledger cats.ledger --invariant daily-limit=250 --invariant no-double-feed
              replaylab check --ledger cats.ledger --projection feeding-stats --json
            """)

    @OptionGroup var ledger: LedgerOption

    @Option(
        help: ArgumentHelp("Check this invariant, as NAME or NAME=N.", valueName: "name[=n]"),
        completion: Completions.invariants)
    var invariant: [String] = []

    @Option(
        help: ArgumentHelp("Check the laws of this projection.", valueName: "name"),
        completion: Completions.projections)
    var projection: [String] = []

    @OptionGroup var defaults: DefaultsOptions

    @Flag(help: "Print one JSON object.")
    var json = false

    func run() throws {
        let chosen =
            invariant.isEmpty && !projection.isEmpty ? [] : try invariants(named: invariant)
        let types =
            projection.isEmpty && !invariant.isEmpty ? [] : try projections(named: projection)
        let source = try ledger.open()
        let database = try timeZones()
        try defaults.checkZone(in: database)
        Interrupts.catchSignals()
        var bar = ProgressBar("check")
        defer { bar.clear() }
        var pass = try InvariantPass(
            source, chosen, settings: defaults.settings, database: database)
        for note in pass.history.notes { Terminal.note("replaylab: \(note.printable)") }
        let total = max(1, pass.last)
        if !chosen.isEmpty {
            try pass.run { sequence in
                bar.update(Double(sequence) / Double(total), Figures.count(sequence, "event"))
                if Interrupts.isRequested { throw Interruption() }
            }
        }
        let laws = RecordedLaws(source, settings: defaults.settings, database: database) { _ in
            if Interrupts.isRequested { throw Interruption() }
        }
        let found = try types.map { try laws.check($0) }
        bar.clear()
        json ? printJSON(pass, found) : printText(pass, found)
        if pass.findings.contains(where: { $0.violation != nil })
            || found.contains(where: { $0.broken != nil })
        {
            throw ExitStatus.finding
        }
    }

    private func printText(_ pass: InvariantPass, _ laws: [RecordedLaws.Finding]) {
        Terminal.print(
            Terminal.bold("\(ledger.ledger): \(Figures.count(pass.last, "event"))".printableLine))
        for finding in pass.findings {
            let name = finding.invariant.description
            guard let violation = finding.violation else {
                Terminal.print("  holds   \(name)")
                continue
            }
            Terminal.print(
                "  BROKEN  \(name) at sequence \(Figures.grouped(violation.sequence)):"
                    + " \(violation.sentence.printableLine)")
        }
        for finding in laws {
            guard let broken = finding.broken else {
                guard !finding.held.isEmpty else {
                    Terminal.print(
                        "  –       laws of \(finding.projection): no event to try them on")
                    continue
                }
                Terminal.print("  holds   laws of \(finding.projection)")
                printHeld(finding.held)
                continue
            }
            Terminal.print(
                "  BROKEN  law \(broken.law.rawValue) of \(finding.projection):"
                    + " \(broken.law.sentence)")
            for line in broken.events { Terminal.print(line.printableLine) }
            Terminal.print("          \(broken.trial): \(broken.difference)".printableLine)
        }
        guard let first = pass.findings.first(where: { $0.violation != nil }) else { return }
        Terminal.print("Go on with")
        for line in next(first.invariant) { Terminal.print("  \(line)".printableLine) }
    }

    /// What was tried, and on how much of the ledger: a line an extent.
    private func printHeld(_ held: [RecordedLaws.Held]) {
        var extents: [String] = []
        for one in held where !extents.contains(one.extent) { extents.append(one.extent) }
        for extent in extents {
            let laws = held.filter { $0.extent == extent }.map(\.law.rawValue)
            Terminal.print("            \(extent): \(laws.joined(separator: ", "))")
        }
    }

    /// The commands that go on from a broken invariant.
    private func next(_ invariant: ChosenInvariant) -> [String] {
        let words =
            ["--ledger", ledger.ledger, "--invariant", invariant.description] + defaults.words
        return [
            ShellLine.command(["bisect"] + words),
            ShellLine.command(["reduce"] + words + ["-o", "min.ledger"]),
        ]
    }

    private func printJSON(_ pass: InvariantPass, _ laws: [RecordedLaws.Finding]) {
        let invariants = pass.findings.map { finding -> JSONValue in
            [
                "name": .string(finding.invariant.type.name),
                "invariant": .string(finding.invariant.description),
                "holds": .bool(finding.violation == nil), "events": .int(finding.events),
                "violation": finding.identity.flatMap { finding.violation?.json($0) } ?? .null,
                "next": finding.violation == nil
                    ? [] : .array(next(finding.invariant).map { .string($0) }),
            ]
        }
        let projections = laws.map { finding -> JSONValue in
            [
                "name": .string(finding.projection),
                "held": .array(finding.held.map { .string($0.law.rawValue) }),
                "tried": .array(
                    finding.held.map {
                        ["law": .string($0.law.rawValue), "extent": .string($0.extent)]
                    }),
                "broken": finding.broken.map {
                    [
                        "law": .string($0.law.rawValue), "trial": .string($0.trial),
                        "difference": .string($0.difference),
                        "events": .array(
                            $0.events.map {
                                .string($0.trimmingPrefix(while: \.isWhitespace).description)
                            }
                        ),
                    ]
                } ?? .null,
            ]
        }
        Terminal.print(
            JSONValue.object([
                .init("ledger", .string(ledger.ledger)), .init("events", .int(pass.last)),
                .init("invariants", .array(invariants)), .init("projections", .array(projections)),
            ]).text())
    }
}
