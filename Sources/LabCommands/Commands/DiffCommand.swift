import ArgumentParser
import EventModel
import Foundation
import Lab
import Ledger
import Projections

struct DiffCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: "Find where two projections part, or a store from its ledger.",
        discussion: """
            Two projections are folded side by side and compared by the rows that they write: tables \
            of one name, by the columns that both have. Named are the first sequence at which they \
            part and the rows that differ at the end. A long ledger is looked at after every so many \
            events, then closer before the first difference; --every 1 looks at each state.
            With --store the rows of a store are compared with those that the ledger leads to at the \
            store's checkpoint. For rows that differ the events are named that made them, and where \
            the store is the state at another sequence, which one. Exit code 1 where anything differs.

              replaylab diff --ledger cats.ledger --projection bowl-totals --projection bowl-totals-2
              replaylab diff --ledger cats.ledger --projection bowl-totals --store then.sqlite
            """)

    @OptionGroup var ledger: LedgerOption

    @Option(
        help: ArgumentHelp("A projection; two of them, or one and a store.", valueName: "name"),
        completion: Completions.projections)
    var projection: [String]

    @Option(
        help: ArgumentHelp("A store of the ledger, to compare with it.", valueName: "file"),
        completion: .file())
    var store: String?

    @OptionGroup var point: PointOptions

    @Option(
        help: ArgumentHelp(
            "Look at the states after each n events; as often as is cheap if absent.",
            valueName: "n"))
    var every: Int?

    @Option(help: ArgumentHelp("How many differing rows to show.", valueName: "n"))
    var rows = 10

    @OptionGroup var defaults: DefaultsOptions

    @Flag(help: "Print one JSON object, with all rows.")
    var json = false

    func validate() throws {
        guard rows >= 0 else {
            throw ValidationError("--rows takes a number from 0 on, not \(rows)")
        }
        guard every.map({ $0 >= 1 }) ?? true else {
            throw ValidationError("--every takes a number from 1 on, not \(every ?? 0)")
        }
        guard let store else {
            guard projection.count == 2 else {
                throw ValidationError(
                    "diff compares two projections: name --projection twice, or once with --store")
            }
            guard projection[0] != projection[1] else {
                throw ValidationError(
                    "\(projection[0]) is the same as itself: name two projections, or one and a"
                        + " --store")
            }
            return
        }
        if store.isEmpty { throw ValidationError("--store takes a file's path, and is empty") }
        guard projection.count == 1 else {
            throw ValidationError("--store is compared with one --projection, not with more")
        }
        if point.until != nil || every != nil {
            throw ValidationError(
                "a store is compared at its checkpoint: leave --until and --every out")
        }
    }

    func run() throws {
        let types = try projections(named: projection)
        let source = try ledger.open()
        let isEqual =
            try store.map { try compare(types[0], with: $0, source) } ?? compare(types, source)
        guard isEqual else { throw ExitStatus.finding }
    }

    private func compare(_ types: [any Projection.Type], _ source: EventLedger) throws -> Bool {
        let loaded = try point.load(
            source, settings: defaults.settings, database: try timeZones())
        let bar = StoppableBar("diff")
        defer { bar.clear() }
        let diff = try ProjectionDiff(
            types[0], types[1], on: loaded, every: every, progress: bar.show)
        bar.clear()
        let report = ProjectionDiffReport(ledger: source, diff: diff, rows: rows)
        if json { Terminal.print(report.object().text()) } else { try report.printText() }
        return diff.isEqual
    }

    private func compare(
        _ type: any Projection.Type, with path: String, _ source: EventLedger
    ) throws -> Bool {
        guard FileManager.default.fileExists(atPath: path) else {
            throw MissingFile(
                description: "no store \(path); `replaylab hydrate --store \(path)` makes one")
        }
        let bar = StoppableBar("diff")
        defer { bar.clear() }
        let diff = try StoreDiff(
            type, in: HydrationStore(path: path, readOnly: true), against: source,
            projections: ReplayLab.projections, database: try timeZones(), rows: rows,
            progress: bar.show)
        bar.clear()
        let report = StoreDiffReport(ledger: source, store: path, diff: diff, rows: rows)
        if json { Terminal.print(try report.object().text()) } else { try report.printText() }
        return diff.isEqual
    }
}
