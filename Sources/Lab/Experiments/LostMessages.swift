import EventModel
import Simulation
import Topology

/// Takes the feeder's Wi-Fi away for hours.
struct LostMessages: Experiment {
    let name = "qos0"
    let hazard =
        "QoS 0: a message that is sent while the feeder is away is lost, and nobody is told."
    let setting = "400 presses; on one day in four the feeder has no Wi-Fi for two to eight hours"

    func run(_ settings: ExperimentSettings) throws -> ExperimentResult {
        let history = try PressHistory(ExperimentScenarios.twoCats, 400, settings)
        let outages = outages(history)
        let away = outages.reduce(0) { $0 + $1.end.microseconds - $1.begin.microseconds }
        return try ExperimentResult { shipped in
            let run = try history.live(shipped, settings, outages: outages)
            let feeds = run.feeds.count
            let lost = history.presses.count - feeds
            let told = run.path.bus.counts.failed + run.path.bus.counts.deadLettered
            return Readings(
                [
                    "presses": history.presses.count, "times without Wi-Fi": outages.count,
                    "hours without Wi-Fi": Int(away / 3_600_000_000),
                    "messages published":
                        run.path.functions.reduce(0) { $0 + $1.function.counts.published },
                    "messages lost": run.decisions["message-lost", default: 0],
                    "failures that anybody was told of": told, "feeds": feeds,
                    "presses never fed": lost,
                    "grams": run.dispenses.reduce(0) { $0 + $1.grams },
                ],
                holds: lost == 0 && run.decisions["message-lost", default: 0] == 0,
                lost == 0
                    ? "every press led to a feed, some when the feeder was back"
                    : "\(Figures.count(lost, "press", "presses")) of "
                        + "\(Figures.grouped(history.presses.count)) fed nobody; "
                        + "\(Figures.count(told, "failure")) told of it")
        }
    }

    /// At most one outage a UTC day.
    private func outages(_ history: PressHistory) -> [Outage] {
        guard let first = history.presses.first, let last = history.presses.last else { return [] }
        let stream = RandomStream(seed: history.seed, domain: .outage)
        let (hour, day): (Int64, Int64) = (3_600_000_000, 86_400_000_000)
        return (first.received.dayUTC.number...last.received.dayUTC.number).compactMap { number in
            var draws = stream.draws(day: number)
            guard draws.happens(partsPerMillion: 250_000) else { return nil }
            let begin = Int64(number) * day + Int64(draws.below(UInt64(day - 8 * hour)))
            let length = 2 * hour + Int64(draws.below(UInt64(6 * hour)))
            return Outage(
                begin: Timestamp(microseconds: begin),
                end: Timestamp(microseconds: begin + length), isPower: false)
        }
    }
}
