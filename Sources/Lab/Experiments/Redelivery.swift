import EventModel
import Simulation
import Topology

/// Delivers some events twice on the live path, as the bus may.
struct Redelivery: Experiment {
    let name = "redelivery"
    let hazard =
        "Delivery is at least once: an event that comes again feeds again, for no message has an id."
    let setting =
        "1,000 presses on the live path; 2 % of deliveries come twice, 2 % of answers are lost"

    func run(_ settings: ExperimentSettings) throws -> ExperimentResult {
        let history = try PressHistory(ExperimentScenarios.twoCats, 1_000, settings)
        var faults = FaultProfile()
        faults[.duplicateDelivery] = 20_000
        faults[.answerLost] = 20_000
        return try ExperimentResult { shipped in
            let run = try history.live(shipped, settings, faults: faults)
            return measure(run, history)
        }
    }

    private func measure(_ run: LiveRun, _ history: PressHistory) -> Readings {
        let feeds = run.feeds
        let owed = history.presses.count
        let runs = run.dispenses.count
        let grams = run.dispenses.reduce(0) { $0 + $1.grams }
        let extra = grams - history.grams
        return Readings(
            [
                "presses": owed,
                "deliveries made again":
                    run.decisions["delivered-again", default: 0]
                    + run.decisions["answer-lost", default: 0],
                "messages to the feeder": run.path.feeders.reduce(0) { $0 + $1.counts.received },
                "copies that the feeder left alone":
                    run.path.feeders.reduce(0) { $0 + $1.counts.copiesIgnored },
                "feeds": feeds.count, "feeds too many": feeds.count - owed,
                "motor runs asked for": history.motorRuns, "motor runs": runs,
                "grams asked for": history.grams, "grams": grams, "grams too many": extra,
            ],
            // The mended message has an id: no two feeds may be for one.
            holds: feeds.count == owed && Set(feeds.map(\.payload)).count == owed
                && runs == history.motorRuns && extra == 0,
            "\(Figures.count(owed, "press", "presses")) led to \(Figures.count(feeds.count, "feed")), "
                + (extra == 0 ? "and no gram too many" : "\(Figures.grouped(extra)) g too many"))
    }
}
