import EventModel
import Topology

/// Replays at once after the last press, and after ten minutes.
struct ArchiveLag: Experiment {
    let name = "archive-lag"
    let hazard =
        "The archive lags: a replay within about ten minutes of the last event can miss the tail."
    let setting =
        "300 presses, replayed as EventBridge does: at once as deployed, ten minutes later as mended"
    /// As long as an event may take into the archive.
    private static let pause: Int64 = 600_000_000

    func run(_ settings: ExperimentSettings) throws -> ExperimentResult {
        let history = try PressHistory(ExperimentScenarios.hurried, 300, settings)
        return try ExperimentResult { shipped in
            let topology = try TopologyFile(shipped: shipped)
            return try history.withLedger(LiveHandler(topology)) { ledger in
                var request = try settings.request(ledger, topology, targets: ["feeding-stats"])
                var model = EventBridgeReplay()
                model.wait = shipped == .deployed ? 0 : ArchiveLag.pause
                request.delivery = .eventBridge(model)
                let report = try Replay(request).run()
                let events = try ledger.headSequence()
                let missing = events - report.progress.events
                let counted = report.digests.reduce(0) { $0 + $1.events }
                return Readings(
                    [
                        "presses": history.presses.count,
                        "minutes waited": Int(model.wait / 60_000_000),
                        "events in the ledger": events,
                        "events replayed": report.progress.events,
                        "events missing": missing, "events in feeding-stats": counted,
                    ],
                    holds: missing == 0 && counted == events,
                    "the replay missed \(Figures.count(missing, "event")) of "
                        + "\(Figures.grouped(events))")
            }
        }
    }
}
