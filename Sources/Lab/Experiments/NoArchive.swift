import EventModel
import Ledger
import Topology

/// Looks for the presses in the archives that the topology has.
struct NoArchive: Experiment {
    let name = "no-archive"
    let hazard =
        "The archive may not exist: the Terraform asks for archives and names none, so nothing is kept."
    let setting = "500 presses on the live path, then a replay of what the archives have"

    func run(_ settings: ExperimentSettings) throws -> ExperimentResult {
        let history = try PressHistory(ExperimentScenarios.twoCats, 500, settings)
        return try ExperimentResult { shipped in
            let topology = try TopologyFile(shipped: shipped)
            let live = try history.live(shipped, settings)
            let kept = live.archives.flatMap(\.events)
            let archived = kept.count { $0.content.click != nil }
            let again = try replay(kept, topology, settings)
            return Readings(
                [
                    "presses": history.presses.count, "archives": live.archives.count,
                    "presses archived": archived, "presses that a replay gives": again.presses,
                    "events that a replay archives again": again.archived,
                ],
                holds: archived == history.presses.count && again.presses == archived
                    && again.archived == 0,
                "\(Figures.grouped(archived)) of "
                    + "\(Figures.count(history.presses.count, "press", "presses")) can be replayed")
        }
    }

    /// Replays what was archived, on a bus that has the archives, too.
    private func replay(
        _ events: [Event], _ topology: TopologyFile, _ settings: ExperimentSettings
    ) throws -> (presses: Int, archived: Int) {
        try TemporaryFolder.with { folder in
            let path = folder + "/archive.ledger"
            try GeneratedHistory.append(events, to: path, batch: 4_096)
            let ledger = try EventLedger(path: path)
            let last = try ledger.headSequence()
            let replay = try Replay(
                settings.request(ledger, topology, targets: ["feeding-stats"]))
            _ = try replay.run()
            let given = try DayCounts(replay.folds, replay.history).presses
            guard last > 0 else { return (given, 0) }
            let first = try ledger.event(at: 1)
            let run = try LiveRun(
                settings.request(ledger, topology, targets: ["feeding-stats"]),
                at: first.recorded ?? first.time)
            try run.run(1...last, replayName: "experiment")
            return (given, run.archives.reduce(0) { $0 + $1.events.count })
        }
    }
}
