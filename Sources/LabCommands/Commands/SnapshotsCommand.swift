import ArgumentParser
import EventModel
import Foundation
import Lab
import Ledger
import Projections

struct SnapshotsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "snapshots",
        abstract:
            "Keep states of projections beside a ledger, so that hydrate need not start at 1.",
        discussion: """
            The file LEDGER.snapshots gets the state of each stretch of 262,144 events, and of two, \
            four, … of them where that saves bytes; hydrate merges those that lead to its point, and \
            scans the rest. The states of a projection take at most ten bytes an event, a tenth of the \
            ledger; more are not kept. The file is derived: the command adds what lacks since the ledger \
            grew, --drop deletes it, and no result depends on it.

              replaylab snapshots --ledger cats.ledger
              replaylab snapshots --ledger cats.ledger --projection bowl-totals --rebuild
              replaylab hydrate --ledger cats.ledger --until 50% --feeder kitchen
              replaylab snapshots --ledger cats.ledger --drop
            """)

    @OptionGroup var ledger: LedgerOption

    @Option(
        help: ArgumentHelp("A projection, again for more; all if absent.", valueName: "name"),
        completion: Completions.projections)
    var projection: [String] = []

    @Option(
        help: ArgumentHelp(
            "How many events a stretch has; what the file has, or 262144, if absent.",
            valueName: "events"))
    var stretch: Int?

    @OptionGroup var defaults: DefaultsOptions

    @Flag(help: "Drop those that are there first, sound or not.")
    var rebuild = false

    @Flag(help: "Delete the file.")
    var drop = false

    @Flag(help: "Print one JSON object.")
    var json = false

    func validate() throws {
        if rebuild, drop { throw ValidationError("--rebuild and --drop do not go together") }
        if drop, !projection.isEmpty {
            throw ValidationError("--drop deletes the file, with the snapshots of all projections")
        }
        if let stretch, !(1...1 << 40).contains(stretch) {
            throw ValidationError("--stretch takes 1 to \(1 << 40) events, not \(stretch)")
        }
    }

    func run() throws {
        let source = try ledger.open()
        let path = Snapshots.path(of: source.path)
        if drop {
            let isDropped = try Snapshots.drop(ledger: source.path)
            json
                ? Terminal.print(
                    JSONValue.object([
                        .init("path", .string(path)), .init("dropped", .bool(isDropped)),
                    ]).text())
                : Terminal.print(isDropped ? "\(path) deleted" : "\(path) is not there")
            return
        }
        try checkFolder(of: path)
        let types = try projections(named: projection)
        let database = try timeZones()
        try defaults.checkZone(in: database)
        Interrupts.catchSignals()
        let total = try source.headSequence()
        var bar = ProgressBar("snapshots")
        defer { bar.clear() }
        let extents = try Snapshots.build(
            source, projections: types, settings: defaults.settings, database: database,
            stretch: stretch, rebuild: rebuild
        ) { sequence in
            bar.update(Double(sequence) / Double(max(1, total)), Figures.count(sequence, "event"))
            if Interrupts.isRequested { throw Interruption() }
        }
        bar.clear()
        json ? printJSON(path, extents) : try printTable(path, total, extents)
    }

    private func printJSON(_ path: String, _ extents: [Snapshots.Extent]) {
        let projections = extents.map { extent -> JSONValue in
            .object([
                .init("name", .string(extent.projection)), .init("events", .int(extent.events)),
                .init("snapshots", .int(extent.states)), .init("bytes", .int(extent.bytes)),
                .init("written", .int(extent.written)), .init("dropped", .int(extent.dropped)),
            ])
        }
        Terminal.print(
            JSONValue.object([
                .init("path", .string(path)), .init("fileBytes", .int(fileSize(path))),
                .init("projections", .array(projections)),
            ]).text())
    }

    private func printTable(
        _ path: String, _ total: Int, _ extents: [Snapshots.Extent]
    ) throws {
        let ledger = max(1, fileSize(ledger.ledger))
        let share = Double(fileSize(path)) * 100 / Double(ledger)
        Terminal.print(
            "\(path): \(Figures.grouped(fileSize(path))) bytes,"
                + " \(String(format: "%.1f", share)) % of the ledger's")
        for extent in extents {
            var line =
                "  \(extent.projection): \(Figures.count(extent.states, "snapshot"))"
                + " (\(Figures.grouped(extent.bytes)) bytes) within"
                + " \(Figures.grouped(extent.events)) of \(Figures.count(total, "event")),"
                + " \(extent.written) new"
            if extent.dropped > 0 {
                line += ", \(extent.dropped) of other events dropped first"
            }
            Terminal.print(line)
        }
    }
}
