import ArgumentParser
import EventModel
import Lab
import Ledger
import Scenario

/// Where a command's history comes from: a ledger, or a scenario's generator.
struct HistoryOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The ledger file.", valueName: "file"), completion: .file())
    var ledger: String?

    @Option(
        help: ArgumentHelp(
            "In place of a ledger: straight from this scenario's generator.", valueName: "file"),
        completion: Completions.scenarios)
    var scenario: String?

    @Option(help: ArgumentHelp("The scenario's seed.", valueName: "s"))
    var seed: UInt64?

    @Option(help: ArgumentHelp("How many calendar years of it, 1 to 1000.", valueName: "n"))
    var years: Int?

    @Option(
        help: ArgumentHelp(
            "Its first day; the scenario's own if absent.", valueName: "date"))
    var start: String?

    func validate() throws {
        switch (ledger, scenario) {
        case (nil, nil):
            throw ValidationError(
                "a history is missing: name --ledger <file>, or --scenario <file> with --seed and"
                    + " --years")
        case (.some, .some):
            throw ValidationError(
                "--ledger and --scenario are two histories; name one of them")
        case (let path?, nil):
            if path.isEmpty { throw ValidationError("--ledger takes a file's path, and is empty") }
            let option = seed.map { _ in "--seed" } ?? years.map { _ in "--years" }
            if let option = option ?? start.map({ _ in "--start" }) {
                throw ValidationError(
                    "\(option) goes with --scenario; a ledger holds its own history")
            }
        case (nil, .some):
            guard seed != nil else {
                throw ValidationError("--scenario needs --seed, 0 to 18446744073709551615")
            }
            guard let years, (1...1000).contains(years) else {
                throw ValidationError(
                    "--scenario needs --years, 1 to 1000" + (years.map { ", not \($0)" } ?? ""))
            }
        }
    }

    /// The ledger, for reading; nil for a scenario.
    func ledgerIfNamed() throws -> EventLedger? { try ledger.map(openLedger) }

    /// The scenario's run; nil for a ledger.
    func simulation(jobs: Int, zones: TimeZoneDatabase) throws -> SimulationRun? {
        guard let scenario, let seed, let years else { return nil }
        try checkReadable(
            scenario, "no scenario at \(scenario); the shipped ones are in Fixtures/scenarios")
        let file = try ScenarioFile(path: scenario, zones: zones)
        return SimulationRun(
            file, seed: seed, start: try firstDay(start), years: years, jobs: jobs, zones: zones)
    }
}

/// The day that `--start` names.
func firstDay(_ text: String?) throws -> Timestamp.Day? {
    guard let text else { return nil }
    do {
        return try Timestamp.Day(text: text)
    } catch {
        throw UsageError(description: "--start \(text): \(error); write 2020-01-01")
    }
}
