import ArgumentParser
import EventModel
import Lab
import Scenario

struct ScenarioCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "scenario",
        abstract: "Check a scenario file, or look at what it makes.",
        discussion: """
              replaylab scenario check Fixtures/scenarios/two-cats-auckland.yaml
              replaylab scenario preview Fixtures/scenarios/chaotic-household.yaml --seed 42
            """,
        subcommands: [ScenarioCheckCommand.self, ScenarioPreviewCommand.self])
}

/// Reads a scenario that an argument names.
private func scenario(_ path: String, _ zones: TimeZoneDatabase) throws -> ScenarioFile {
    try checkReadable(
        path, "no scenario at \(path); the shipped ones are in Fixtures/scenarios")
    return try ScenarioFile(path: path, zones: zones)
}

struct ScenarioCheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Say whether scenario files are sound, and what they hold.",
        discussion: """
            A mistake is told with file, line, column and what was probably meant; all files are \
            looked at. Exit codes: 0 all sound, 65 a mistake, 66 no such file.

              replaylab scenario check Fixtures/scenarios/*.yaml
            """)

    @Argument(
        help: ArgumentHelp("Scenario files.", valueName: "file"), completion: Completions.scenarios)
    var files: [String]

    @Flag(help: "Print one JSON object a sound file.")
    var json = false

    func run() throws {
        let zones = try timeZones()
        var failure: ExitStatus?
        for path in files {
            do {
                report(try scenario(path, zones), path)
            } catch {
                Terminal.error("\(error)")
                failure = failure ?? ExitStatus(error)
            }
        }
        if let failure { throw failure }
    }

    private func report(_ file: ScenarioFile, _ path: String) {
        let households = file.households
        let buttons = households.reduce(0) { $0 + $1.buttons.count } + (file.fleet?.count ?? 0)
        let cats = households.reduce(0) { $0 + $1.cats.count }
        guard json else {
            Terminal.print(
                "\(path): sound, \(file.name): \(Figures.count(file.feederCount, "feeder")),"
                    + " \(Figures.count(buttons, "button")), \(Figures.count(cats, "named cat")),"
                    + " from \(file.start) in \(file.timeZone)")
            return
        }
        Terminal.print(
            JSONValue.object([
                .init("path", .string(path)), .init("name", .string(file.name)),
                .init("sha256", .string(file.hash.hex)), .init("feeders", .int(file.feederCount)),
                .init("buttons", .int(buttons)), .init("start", .string(file.start.description)),
                .init("timeZone", .string(file.timeZone)),
            ]).text())
    }
}

struct ScenarioPreviewCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "preview",
        abstract: "Show a year of a scenario as heat maps of its week and its year.",
        discussion: """
            Hours and days are those of the clocks on the households' walls, and presses count when \
            the button was pressed, whatever its report says. Of a fleet of more than 2,000 feeders \
            every second, third, … one is taken, which is said; --all takes them all.

              replaylab scenario preview Fixtures/scenarios/growing-fleet.yaml --seed 42
            """)

    @Argument(
        help: ArgumentHelp("The scenario file.", valueName: "file"),
        completion: Completions.scenarios)
    var file: String

    @Option(help: ArgumentHelp("The seed, 0 to 18446744073709551615.", valueName: "s"))
    var seed: UInt64 = 42

    @Option(help: ArgumentHelp("The first day; the scenario's own if absent.", valueName: "date"))
    var start: String?

    @Option(help: ArgumentHelp("Threads that generate.", valueName: "n"))
    var jobs = 1

    @Flag(help: "Take all feeders of a large fleet, however long that takes.")
    var all = false

    /// A year of so many feeders takes a few seconds.
    private static let fleetLimit = 2000

    func validate() throws {
        guard (1...256).contains(jobs) else {
            throw ValidationError("--jobs takes 1 to 256, not \(jobs)")
        }
    }

    func run() throws {
        let zones = try timeZones()
        let whole = try scenario(file, zones)
        let (scenario, step) = whole.thinned(
            to: all ? .max : ScenarioPreviewCommand.fleetLimit)
        var generator = try ScenarioGenerator(
            scenario, seed: seed, start: try firstDay(start), years: 1, zones: zones, jobs: jobs)
        var preview = try ScenarioPreview(generator, zones: zones)
        Interrupts.catchSignals()
        var bar = ProgressBar("preview")
        defer { bar.clear() }
        let span = Double(generator.end.microseconds - generator.start.microseconds)
        while let events = generator.next({ $0 }) {
            preview.take(events, lost: generator.lost)
            let done = generator.reached.microseconds - generator.start.microseconds
            bar.update(Double(done) / span, Figures.count(preview.presses, "press", "presses"))
            if Interrupts.isRequested { throw Interruption() }
        }
        preview.take([], lost: generator.lost)
        bar.clear()
        show(preview, scenario)
        guard step > 1 else { return }
        Terminal.print()
        Terminal.print(
            "a sample: \(Figures.grouped(scenario.feederCount)) of"
                + " \(Figures.grouped(whole.feederCount)) feeders, one in \(step) of the fleet;"
                + " --all takes them all")
    }

    private func show(_ preview: ScenarioPreview, _ scenario: ScenarioFile) {
        Terminal.print(
            Terminal.bold(
                "\(scenario.name), seed \(seed), a year:"
                    + " \(Figures.count(preview.presses, "press", "presses")),"
                    + " \(Figures.count(preview.registrations, "registration"))"))
        if let first = preview.days.keys.min(), let last = preview.days.keys.max() {
            showWeek(preview)
            showYear(preview, first, last)
        } else {
            Terminal.print("nothing is pressed in this year")
        }
        let faults = preview.faults.filter { $0.count > 0 }
            .map { "\($0.name) \(Figures.grouped($0.count))" }
        guard !faults.isEmpty || preview.others > 0 else { return }
        Terminal.print()
        if !faults.isEmpty { Terminal.print("mishaps: " + faults.joined(separator: ", ")) }
        if preview.others > 0 {
            Terminal.print("\(Figures.count(preview.others, "event")) of other kinds")
        }
    }

    private func showWeek(_ preview: ScenarioPreview) {
        Terminal.print()
        Terminal.print("    0     6     12    18    local hour")
        let most = preview.week.joined().max() ?? 1
        for (weekday, hours) in preview.week.enumerated() {
            Terminal.print(
                "\(Charts.weekdays[weekday]) " + hours.map { Charts.shade($0, of: most) }.joined())
        }
        Terminal.print("    \(Charts.legend(of: most)) presses in the year")
    }

    private func showYear(
        _ preview: ScenarioPreview, _ first: Timestamp.Day, _ last: Timestamp.Day
    ) {
        Terminal.print()
        let all = Charts.weeks(from: first, to: last)
        let weeks = max(1, min(all, Terminal.width - 8))
        for line in Charts.calendar(preview.days, last: last, weeks: weeks) {
            Terminal.print(line)
        }
        Terminal.print("    \(Charts.legend(of: preview.days.values.max() ?? 1)) presses a day")
        if weeks < all {
            Terminal.print("    the last \(weeks) of \(all) weeks: the terminal is too narrow")
        }
    }
}
