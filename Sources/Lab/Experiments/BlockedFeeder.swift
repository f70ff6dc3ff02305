import EventModel
import Simulation
import Topology

/// Takes the power away in the middle of feeds, with presses waiting in the socket.
struct BlockedFeeder: Experiment {
    let name = "blocked"
    let hazard =
        "A feed blocks the feeder for 12 s: presses that wait in its socket die with its power."
    let setting =
        "600 presses seconds apart; the power fails for 20 s, 5 s after one press in twenty-five"

    func run(_ settings: ExperimentSettings) throws -> ExperimentResult {
        let history = try PressHistory(ExperimentScenarios.hurried, 600, settings)
        let outages = outages(history)
        return try ExperimentResult { shipped in
            let run = try history.live(shipped, settings, outages: outages)
            let feeds = run.feeds
            let unfed = history.presses.count - feeds.count
            let died = run.path.feeders.reduce(0) { $0 + $1.counts.died }
            let away = run.decisions["message-lost", default: 0]
            let twice = fedTwice(feeds)
            let grams = run.dispenses.reduce(0) { $0 + $1.grams }
            return Readings(
                [
                    "presses": history.presses.count, "power failures": outages.count,
                    "messages that died in the socket": died,
                    "messages sent while the power was off, and lost": away,
                    "messages that the broker sent again":
                        run.decisions["sent-again", default: 0],
                    "feeds": feeds.count, "presses never fed": unfed, "presses fed twice": twice,
                    "motor runs asked for": history.motorRuns, "motor runs": run.dispenses.count,
                    "grams asked for": history.grams, "grams": grams,
                ],
                holds: unfed == 0 && twice == 0,
                (unfed == 0
                    ? "every press led to one feed"
                    : "\(Figures.count(unfed, "press", "presses")) of "
                        + "\(Figures.grouped(history.presses.count)) fed nobody, "
                        + "\(Figures.grouped(died)) died in the socket")
                    + "; feeds that were cut off are "
                    + "\(Figures.grouped(history.grams(of: run) - grams)) g short")
        }
    }

    private func outages(_ history: PressHistory) -> [Outage] {
        let stream = RandomStream(seed: history.seed, domain: .outage)
        return history.presses.enumerated().compactMap { place, press in
            var draws = stream.draws(entity: UInt64(place))
            guard draws.happens(partsPerMillion: 40_000) else { return nil }
            let begin = press.received.microseconds + 5_000_000
            return Outage(
                begin: Timestamp(microseconds: begin),
                end: Timestamp(microseconds: begin + 20_000_000), isPower: true)
        }
    }

    /// Messages with an id that led to a feed more than once.
    private func fedTwice(_ feeds: [Feed]) -> Int {
        var seen: Set<[UInt8]> = []
        return feeds.count { feed in
            // Without an id two presses of one second have the same message.
            guard (try? Told(feed.payload))?.id != nil else { return false }
            return !seen.insert(feed.payload).inserted
        }
    }
}
