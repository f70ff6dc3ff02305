import ArgumentParser
import EventModel
import Foundation
import Lab
import Ledger
import Projections

struct StatsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stats",
        abstract: "Show a year of presses: calendar, hours, devices, gaps, late reports.",
        discussion: """
            Days and hours are those of each feeder's clock, in its zone as registered. A shade of \
            the calendar is a quarter of the days with a press. A gap belongs to the year in which it \
            ends. Late is how much later than it happened a press was recorded. The figures are as \
            wide as the terminal (or COLUMNS); NO_COLOR leaves colours out.

              replaylab stats --ledger cats.ledger
              replaylab stats --ledger cats.ledger --year 2023 --feeder kitchen
              replaylab stats --ledger cats.ledger --json
            """)

    @OptionGroup var ledger: LedgerOption

    @Option(
        help: ArgumentHelp("One feeder's presses alone; all if absent.", valueName: "name"),
        completion: Completions.feeders)
    var feeder: String?

    @Option(
        help: ArgumentHelp(
            "The year; the last one with a press after its first day if absent.", valueName: "year")
    )
    var year: Int?

    @Option(
        help: ArgumentHelp(
            "The time zone of feeders that no registration names.", valueName: "zone"),
        completion: Completions.zones)
    var defaultZone = "UTC"

    @Flag(help: "Print one JSON object.")
    var json = false

    func validate() throws {
        if let year, !(1...9999).contains(year) {
            throw ValidationError("--year takes 1 to 9999, not \(year)")
        }
    }

    func run() throws {
        let source = try ledger.open()
        let zones = try timeZones()
        _ = try zone(defaultZone, "--default-zone", in: zones)
        Interrupts.catchSignals()
        var bar = ProgressBar("stats")
        defer { bar.clear() }
        let figures = try YearFigures.read(
            source, year: year, feeder: feeder,
            settings: HydrationSettings(defaultZone: defaultZone), zones: zones
        ) { share in
            bar.update(share, "")
            if Interrupts.isRequested { throw Interruption() }
        }
        bar.clear()
        guard let figures else {
            throw LedgerError.notFound(
                path: source.path, what: feeder.map { "press at feeder \($0)" } ?? "press yet")
        }
        let printer = YearPrinter(figures, ledger: ledger.ledger)
        json ? printer.printJSON() : printer.printText()
    }
}
