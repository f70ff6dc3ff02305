import EventModel
import Ledger
import Scenario
import Topology

/// Replays years of two cats with the feeder on.
struct ReplayFeeds: Experiment {
    let name = "replay-feeds"
    let hazard =
        "A replay feeds the cats: the function cannot tell what is replayed from what happens."
    let setting = "years of two cats, replayed in order with the feeder switched on"

    func run(_ settings: ExperimentSettings) throws -> ExperimentResult {
        try TemporaryFolder.with { folder in
            let path = folder + "/cats.ledger"
            let scenario = try ScenarioFile(
                text: ExperimentScenarios.twoCats, file: "two-cats-auckland.yaml",
                zones: settings.database)
            _ = try SimulationRun(
                scenario, seed: settings.seed, years: settings.years, zones: settings.database
            )
            .run(into: path) { _, _ in false }
            let ledger = try EventLedger(path: path)
            return try ExperimentResult { try measure($0, ledger, settings) }
        }
    }

    private func measure(
        _ shipped: ShippedTopology, _ ledger: EventLedger, _ settings: ExperimentSettings
    ) throws -> Readings {
        let report = try Replay(
            settings.request(ledger, TopologyFile(shipped: shipped), targets: ["cat-feeder"])
        ).run()
        let counts = report.feeders.map(\.counts)
        let left = counts.reduce(0) { $0 + $1.leftGrams }
        let right = counts.reduce(0) { $0 + $1.rightGrams }
        return Readings(
            [
                "events replayed": report.progress.events,
                "events left alone by the function": report.replaysIgnored,
                "messages to the feeder": report.audit.received,
                "motor runs": report.dispenses, "grams, left bowl": left,
                "grams, right bowl": right, "grams": report.grams,
            ],
            // What reached the feeder must also be what ledger and topology lead to.
            holds: report.dispenses == 0 && report.isAccepted,
            report.dispenses == 0
                ? "the function left \(Figures.count(report.replaysIgnored, "replayed event")) alone; "
                    + "no motor ran"
                : "the replay ran the motors \(Figures.count(report.dispenses, "time")) and dispensed "
                    + "\(Figures.grouped(report.grams)) g (\(Figures.kilograms(report.grams)))")
    }
}
