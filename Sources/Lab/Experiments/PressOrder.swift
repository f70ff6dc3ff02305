import EventBus
import EventModel
import Expectations
import Ledger
import Simulation
import Topology

/// Replays presses of seconds as EventBridge does, and restores their order from what the feeder was
/// told.
struct PressOrder: Experiment {
    let name = "order"
    let hazard =
        "A replay promises no order inside a minute, and a time of whole seconds cannot restore it."
    let setting =
        "1,000 presses seconds apart, replayed as EventBridge does with five seeds, sorted by what "
        + "the messages say"
    private static let replays = 5

    func run(_ settings: ExperimentSettings) throws -> ExperimentResult {
        let history = try PressHistory(ExperimentScenarios.hurried, 1_000, settings)
        return try ExperimentResult { shipped in
            let topology = try TopologyFile(shipped: shipped)
            return try history.withLedger(LiveHandler(topology)) { ledger in
                try measure(history, ledger, topology, settings)
            }
        }
    }

    private func measure(
        _ history: PressHistory, _ ledger: EventLedger, _ topology: TopologyFile,
        _ settings: ExperimentSettings
    ) throws -> Readings {
        let truth = try PressTruth(history, ledger)
        var arrived = 0
        var shuffled = 0
        var wrong = 0
        for replay in 0..<PressOrder.replays {
            let told = try self.told(
                ledger, topology, settings, seed: settings.seed &+ UInt64(replay))
            arrived += told.count
            shuffled += truth.wrongPairs(told)
            wrong += truth.wrongPairs(told.sorted())
        }
        let all = history.presses.count * PressOrder.replays
        return Readings(
            [
                "presses": history.presses.count, "replays": PressOrder.replays,
                "messages to the feeder": arrived,
                "pairs that came in another order": shuffled,
                "pairs in the wrong order after sorting": wrong,
            ],
            holds: wrong == 0 && arrived == all,
            wrong == 0
                ? "sorted by what the messages say, the presses are in their order"
                : "sorted by what the messages say, \(Figures.count(wrong, "pair")) of presses "
                    + "\(wrong == 1 ? "stands" : "stand") in the wrong order")
    }

    /// What the feeder was told, in the order in which it came.
    private func told(
        _ ledger: EventLedger, _ topology: TopologyFile, _ settings: ExperimentSettings,
        seed: UInt64
    ) throws -> [Told] {
        var request = try settings.request(ledger, topology, targets: ["cat-feeder"])
        var model = EventBridgeReplay(archiveLagMinutes: 0)
        // Copies and failures are another experiment's.
        model.faults = FaultProfile()
        request.delivery = .eventBridge(model)
        request.seed = seed
        request.publishesReplays = true
        let replay = try Replay(request)
        var payloads: [[UInt8]] = []
        replay.onArrival = { key, _ in payloads.append(key.payload) }
        _ = try replay.run()
        return try payloads.map { try Told($0) }
    }
}

/// The order in which the buttons were pressed, to compare messages with.
private struct PressTruth {
    /// The times of the presses that a message may be for, in order: one where it has an id; else
    /// all those of its second and word, of which nobody can tell which is which.
    private var times: [String: [Int64]] = [:]

    init(_ history: PressHistory, _ ledger: EventLedger) throws {
        var place = 0
        let last = try ledger.headSequence()
        guard last > 0 else { return }
        try ledger.forEachEvent(1...last) { _, event in
            guard event.content.click != nil, place < history.presses.count else { return }
            let press = history.presses[place]
            place += 1
            times[event.id.text] = [press.pressed.microseconds]
            let second = event.time.floored(to: .second).text(.second)
            times["\(second) \(press.click.word)", default: []]
                .append(press.pressed.microseconds)
        }
    }

    /// How many pairs of messages stand in another order than their presses.
    func wrongPairs(_ told: [Told]) -> Int { told.wrongPairs { times[$0] } }
}
