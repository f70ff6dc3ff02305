import ArgumentParser
import EventModel
import Foundation
import Lab
import Ledger
import Projections

struct HydrateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hydrate",
        abstract: "Bring projections to the state that they had at any point in time.",
        discussion: """
            --until takes a time (2024-02-29T18:00:00Z, or a local time with --zone), seq:N, id:ID, \
            50% or head. A time means all events that happened by then; the others cut the ledger. \
            --as-of means what the ledger knew at that time. With a store, state and checkpoint are \
            kept in a SQLite file: a later point goes on from there, an earlier one rebuilds.
            With --scenario, --seed and --years the history comes straight from the generator: the \
            same digests as through a ledger of `simulate`, and a store that can go on from either.
            Where `replaylab snapshots` has made snapshots of a ledger, they are gone on from.

              replaylab hydrate --ledger cats.ledger --until 50%
              replaylab hydrate --ledger cats.ledger --until 2024-02-29T18:00:00Z --store then.sqlite
              replaylab hydrate --ledger cats.ledger --until head --projection bowl-totals --json
              replaylab hydrate --ledger cats.ledger --until 50% --feeder kitchen
              replaylab hydrate --scenario Fixtures/scenarios/two-cats-auckland.yaml \\
                  --seed 42 --years 5 --digests
            """)

    @OptionGroup var source: HistoryOptions

    @Option(help: ArgumentHelp("A time, seq:N, id:ID, 50% or head.", valueName: "when"))
    var until = "head"

    @Option(help: ArgumentHelp("Only what was recorded by then.", valueName: "time"))
    var asOf: String?

    @Option(
        help: ArgumentHelp("The zone of local times in --until and --as-of.", valueName: "zone"),
        completion: Completions.zones)
    var zone: String?

    @Option(
        help: ArgumentHelp("A projection, again for more; all if absent.", valueName: "name"),
        completion: Completions.projections)
    var projection: [String] = []

    @Option(
        help: ArgumentHelp("Only this feeder's events.", valueName: "name"),
        completion: Completions.feeders)
    var feeder: String?

    @Option(
        help: ArgumentHelp("A SQLite file to bring to this point.", valueName: "file"),
        completion: .file())
    var store: String?

    @Option(
        help: ArgumentHelp(
            "Threads that share the pass, or that generate; the state does not depend on it.",
            valueName: "n"))
    var jobs = 1

    @Flag(inversion: .prefixedNo, help: "Whether to use snapshots, where there are any.")
    var snapshots = true

    @OptionGroup var defaults: DefaultsOptions

    @Flag(help: "Print one JSON object.")
    var json = false

    @Flag(help: "Print the digest of each state, and nothing else.")
    var digests = false

    func validate() throws {
        if store?.isEmpty == true {
            throw ValidationError("--store takes a file's path, and is empty")
        }
        if feeder?.isEmpty == true {
            throw ValidationError("--feeder takes a feeder's name, and is empty")
        }
        if feeder != nil, store != nil {
            throw ValidationError(
                "--feeder and --store do not go together: a store is of all feeders")
        }
        if feeder != nil, source.scenario != nil {
            throw ValidationError(
                "--feeder needs a --ledger; `replaylab simulate` makes one of a scenario")
        }
        guard (1...256).contains(jobs) else {
            throw ValidationError("--jobs takes 1 to 256, not \(jobs)")
        }
    }

    func run() throws {
        let source = try self.source.ledgerIfNamed()
        let database = try timeZones()
        let table = try LabCommands.zone(zone, "--zone", in: database)
        try defaults.checkZone(in: database)
        if let store { try checkFolder(of: store) }
        let asked = try PointInTime(text: until, zone: table)
        let knownBy = try time(asOf, "--as-of", zone: table)
        let report: HydrationReport
        Interrupts.catchSignals()
        if let source {
            report = try fold(
                source, to: try source.resolve(asked, knownBy: knownBy), database: database)
        } else if let run = try self.source.simulation(jobs: jobs, zones: database) {
            report = try fold(run, to: asked, knownBy: knownBy)
        } else {
            return
        }
        report.printNotes()
        if digests {
            report.printDigests()
        } else if json {
            try report.printJSON()
        } else {
            try report.printTables()
        }
        // Reading the states back may have failed, too.
        for fold in report.folds { try fold.check() }
    }

    private func fold(
        _ source: EventLedger, to point: ResolvedPoint, database: TimeZoneDatabase
    ) throws -> HydrationReport {
        var hydration = try Hydration(
            source, to: point, projections: try LabCommands.projections(named: projection),
            feeder: feeder,
            settings: defaults.settings, database: database)
        hydration.jobs = jobs
        hydration.usesSnapshots = snapshots
        let bar = SharedBar("hydrate")
        let progress: (Int) throws -> Void = { sequence in
            try bar.show(
                Double(sequence) / Double(max(1, point.last)), Figures.count(sequence, "event"))
        }
        let steps = try keeping(&hydration, bar, { try $0.run(progress: progress) }, progress)
        return HydrationReport(hydration, asked: until, asOf: asOf, store: store, steps: steps)
    }

    private func fold(
        _ run: SimulationRun, to point: PointInTime, knownBy: Timestamp?
    ) throws -> HydrationReport {
        let bar = SharedBar("hydrate")
        defer { bar.clear() }
        var hydration = try DirectHydration(
            run, to: point, knownBy: knownBy,
            projections: try LabCommands.projections(named: projection),
            settings: defaults.settings, progress: { try bar.show($0, "counting") })
        let steps = try keeping(
            &hydration, bar,
            { try $0.run { try bar.show($0, Figures.count($1, "event")) } },
            { try bar.show(1, Figures.count($0, "event")) })
        return HydrationReport(
            hydration, scenario: source.scenario ?? "", asked: until, asOf: asOf, store: store,
            steps: steps)
    }

    /// Runs a pass, into the store if there is one.
    private func keeping<Pass: StoredPass>(
        _ pass: inout Pass, _ bar: SharedBar, _ run: (inout Pass) throws -> Void,
        _ progress: (Int) throws -> Void
    ) throws -> [StoreStep] {
        defer { bar.clear() }
        guard let store else {
            try run(&pass)
            return []
        }
        do {
            return try HydrationStore(path: store).hydrate(
                &pass, through: run, progress: progress)
        } catch let error as Interruption {
            bar.clear()
            Terminal.note("interrupted; \(store) is as it was before")
            throw error
        }
    }
}

/// A progress bar that several passes show themselves in; each throws once the user wants to stop.
private final class SharedBar {
    private var bar: ProgressBar

    init(_ title: String) { bar = ProgressBar(title) }

    func show(_ share: Double, _ text: @autoclosure () -> String) throws {
        bar.update(share, text())
        if Interrupts.isRequested { throw Interruption() }
    }

    func clear() { bar.clear() }
}
