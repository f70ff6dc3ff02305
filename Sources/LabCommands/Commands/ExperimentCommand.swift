import ArgumentParser
import EventModel
import Lab

struct ExperimentCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "experiment",
        abstract: "Make a known hazard of the deployed system happen, and show it mended.",
        discussion: """
            Each experiment sends one history through the system as it is deployed and as it is \
            mended, and measures both. The same seed prints the same bytes. Exit 0 where the \
            deployed system fails and the mended one holds, 1 where it is not so. \
            docs/experiments.md describes each.

              replaylab experiment list
              replaylab experiment run replay-feeds --years 5
              replaylab experiment run all --seed 7
            """,
        subcommands: [ExperimentListCommand.self, ExperimentRunCommand.self])
}

struct ExperimentListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Name the experiments.",
        discussion: """
              replaylab experiment list
            """)

    @Flag(help: "Print one JSON object.")
    var json = false

    func run() {
        guard !json else {
            let list = Experiments.all.map { one -> JSONValue in
                [
                    "name": .string(one.name), "hazard": .string(one.hazard),
                    "setting": .string(one.setting),
                ]
            }
            Terminal.print(JSONValue.object([.init("experiments", .array(list))]).text())
            return
        }
        let width = Experiments.all.map(\.name.count).max() ?? 0
        for one in Experiments.all {
            let blanks = String(repeating: " ", count: width - one.name.count)
            Terminal.print("\(Terminal.bold(one.name))\(blanks)  \(one.hazard)")
        }
    }
}

struct ExperimentRunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Run an experiment, or all.",
        discussion: """
              replaylab experiment run order
              replaylab experiment run all --seed 7 --json
            """)

    @Argument(
        help: ArgumentHelp("An experiment's name, or all.", valueName: "name"),
        completion: Completions.experiments)
    var name: String

    @Option(help: "The seed of histories and faults.")
    var seed: UInt64 = 42

    @Option(
        help: ArgumentHelp("Years of two cats that replay-feeds replays, 1 to 100.", valueName: "n")
    )
    var years = 5

    @Flag(help: "Print one JSON object.")
    var json = false

    func validate() throws {
        guard (1...100).contains(years) else {
            throw ValidationError("--years takes 1 to 100, not \(years)")
        }
    }

    func run() throws {
        let chosen = try self.chosen()
        let settings = ExperimentSettings(seed: seed, years: years, database: try timeZones())
        var results: [JSONValue] = []
        var isAsExpected = true
        for (place, experiment) in chosen.enumerated() {
            let result = try experiment.run(settings)
            isAsExpected = isAsExpected && result.isAsExpected
            if json {
                results.append(ExperimentPrinter(experiment, result).json)
            } else {
                if place > 0 { Terminal.print() }
                ExperimentPrinter(experiment, result).printText()
            }
        }
        if json {
            Terminal.print(
                JSONValue.object([
                    .init("seed", .int(seed)), .init("years", .int(years)),
                    .init("experiments", .array(results)),
                ]).text())
        }
        guard isAsExpected else { throw ExitStatus.finding }
    }

    private func chosen() throws -> [any Experiment] {
        if name == "all" { return Experiments.all }
        guard let found = Experiments.all.first(where: { $0.name == name }) else {
            let names = Experiments.all.map(\.name) + ["all"]
            throw UsageError(
                description: "no experiment \(name); "
                    + Spelling.hint(for: name, among: names)
                    + " (`replaylab experiment list` tells what each shows)")
        }
        return [found]
    }
}

/// Shows what came of an experiment.
struct ExperimentPrinter {
    let experiment: any Experiment
    let result: ExperimentResult

    init(_ experiment: any Experiment, _ result: ExperimentResult) {
        self.experiment = experiment
        self.result = result
    }

    func printText() {
        Terminal.print("\(Terminal.bold(experiment.name)): \(experiment.hazard)")
        Terminal.print("  \(experiment.setting)")
        let rows = result.measures.map {
            ($0.label, Figures.grouped($0.deployed), Figures.grouped($0.mended))
        }
        let heading = ("", "deployed", "mended")
        let widths = (
            rows.map(\.0.count).max() ?? 0, ([heading] + rows).map(\.1.count).max() ?? 0,
            ([heading] + rows).map(\.2.count).max() ?? 0
        )
        for row in [heading] + rows {
            let label = row.0 + String(repeating: " ", count: widths.0 - row.0.count)
            let deployed = String(repeating: " ", count: widths.1 - row.1.count) + row.1
            let mended = String(repeating: " ", count: widths.2 - row.2.count) + row.2
            Terminal.print("    \(label)  \(deployed)  \(mended)")
        }
        printVerdict("deployed", result.deployed)
        printVerdict("mended", result.mended)
    }

    private func printVerdict(_ system: String, _ verdict: ExperimentResult.Verdict) {
        Terminal.print("  \(system) \(verdict.holds ? "holds" : "FAILS"): \(verdict.reason)")
    }

    var json: JSONValue {
        func verdict(_ verdict: ExperimentResult.Verdict) -> JSONValue {
            ["holds": .bool(verdict.holds), "reason": .string(verdict.reason)]
        }
        return [
            "name": .string(experiment.name), "hazard": .string(experiment.hazard),
            "setting": .string(experiment.setting),
            "measures": .array(
                result.measures.map {
                    [
                        "label": .string($0.label), "deployed": .int($0.deployed),
                        "mended": .int($0.mended),
                    ]
                }), "deployed": verdict(result.deployed), "mended": verdict(result.mended),
            "asExpected": .bool(result.isAsExpected),
        ]
    }
}
