import ArgumentParser
import EventModel
import Lab
import Ledger
import Projections

/// Up to which point of a ledger a command looks.
struct PointOptions: ParsableArguments {
    @Option(help: ArgumentHelp("A time, seq:N, id:ID, 50% or head.", valueName: "when"))
    var until: String?

    @Option(
        help: ArgumentHelp("The zone of local times in --until.", valueName: "zone"),
        completion: Completions.zones)
    var zone: String?

    /// The ledger's events up to the point, in memory.
    func load(
        _ ledger: EventLedger, settings: HydrationSettings, database: TimeZoneDatabase
    ) throws -> LoadedHistory {
        _ = try LabCommands.zone(settings.defaultZone, "--default-zone", in: database)
        return try LoadedHistory(
            ledger, to: try resolve(in: ledger, database), settings: settings, database: database)
    }

    /// Where the point is in a ledger.
    func resolve(
        in ledger: EventLedger, _ database: TimeZoneDatabase
    ) throws -> ResolvedPoint {
        let table = try LabCommands.zone(zone, "--zone", in: database)
        return try ledger.resolve(try PointInTime(text: until ?? "head", zone: table))
    }
}

/// A progress bar that throws once the user wants to stop.
final class StoppableBar {
    private var bar: ProgressBar

    init(_ title: String) {
        Interrupts.catchSignals()
        bar = ProgressBar(title)
    }

    func show(_ share: Double) throws {
        bar.update(share, "")
        if Interrupts.isRequested { throw Interruption() }
    }

    func clear() { bar.clear() }
}
