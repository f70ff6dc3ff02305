import EventModel
import Projections
import Simulation
import Topology

/// Reports some presses late, and looks at the day for which they are booked.
struct PressTime: Experiment {
    let name = "press-time"
    let hazard =
        "The time of the press is lost: a report that comes late is booked for when it came."
    let setting =
        "1,000 presses, of which one in twenty is reported a minute to three days late, into "
        + "feeding-stats"

    func run(_ settings: ExperimentSettings) throws -> ExperimentResult {
        var history = try PressHistory(ExperimentScenarios.twoCats, 1_000, settings)
        let late = history.delay()
        let zone = try settings.database.zone("Pacific/Auckland")
        let truth = DayCounts(history.presses.map { (zone.day(at: $0.pressed), $0.click) })
        let moved = history.presses.count { zone.day(at: $0.pressed) != zone.day(at: $0.received) }
        return try ExperimentResult { shipped in
            let run = try history.live(shipped, settings, targets: ["feeding-stats"])
            let folds = run.path.projections.flatMap(\.target.fold.folds)
            let booked = try DayCounts(folds, run.history)
            let wrong = truth.differences(from: booked)
            return Readings(
                [
                    "presses": history.presses.count, "late reports": late,
                    "reports of another day": moved, "presses in feeding-stats": booked.presses,
                    "days with a feed": truth.counts.count, "days that are wrong": wrong,
                ],
                holds: wrong == 0 && booked.presses == history.presses.count,
                wrong == 0
                    ? "feeding-stats is right for all \(Figures.count(truth.counts.count, "day"))"
                    : "feeding-stats is wrong for \(Figures.count(wrong, "day")); presses were "
                        + "on \(Figures.grouped(truth.counts.count))")
        }
    }
}

extension PressHistory {
    /// Lets one report in twenty come late.
    ///
    /// - Returns: how many.
    fileprivate mutating func delay() -> Int {
        let stream = RandomStream(seed: seed, domain: .lateness)
        let (shortest, longest): (Int64, Int64) = (60_000_000, 3 * 86_400_000_000)
        var late = 0
        for place in presses.indices {
            var draws = stream.draws(entity: UInt64(place))
            guard draws.happens(partsPerMillion: 50_000) else { continue }
            late += 1
            presses[place].received.microseconds +=
                shortest + Int64(draws.below(UInt64(longest - shortest)))
        }
        // Those of one moment stay in the order of their presses: the sort is stable.
        presses.sort { $0.received < $1.received }
        return late
    }
}

/// How many presses of each kind a day had.
struct DayCounts {
    var counts: [Timestamp.Day: [ClickKind: Int]] = [:]
    var presses: Int { counts.values.reduce(0) { $0 + $1.values.reduce(0, +) } }

    init(_ presses: [(day: Timestamp.Day, click: ClickKind)]) {
        for press in presses { counts[press.day, default: [:]][press.click, default: 0] += 1 }
    }

    /// What `feeding-stats` has come to.
    init(_ folds: [ProjectionFold], _ history: History) throws {
        guard let stats = folds.compactMap({ $0 as? TypedFold<FeedingStats> }).first else { return }
        var counts: [Timestamp.Day: [ClickKind: Int]] = [:]
        try stats.state.forEachDay(history) { _, day in
            let found: [(ClickKind, Int)] = [
                (.single, day.single), (.double, day.double), (.long, day.long),
            ]
            for (click, count) in found where count > 0 {
                counts[day.day, default: [:]][click, default: 0] += count
            }
        }
        try stats.check()
        self.counts = counts
    }

    func differences(from other: DayCounts) -> Int {
        Set(counts.keys).union(other.counts.keys).count { counts[$0] != other.counts[$0] }
    }
}
