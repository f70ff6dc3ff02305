import EventModel
import Expectations
import Ledger
import Projections
import Simulation
import Topology

extension PressHistory {
    /// Sends the presses through the live path of a topology: handler, bus, targets, broker, feeder.
    ///
    /// - Parameters:
    ///   - targets: those that are on.
    ///   - faults: what strikes the bus.
    func live(
        _ shipped: ShippedTopology, _ settings: ExperimentSettings,
        targets: [String] = ["cat-feeder"], faults: FaultProfile = FaultProfile(),
        outages: [Outage] = []
    ) throws -> LiveRun {
        let topology = try TopologyFile(shipped: shipped)
        return try withLedger(LiveHandler(topology)) { ledger in
            var request = try settings.request(ledger, topology, targets: targets)
            request.delivery = .chaos(faults)
            let run = try LiveRun(request, at: begin)
            try run.run(1...max(1, ledger.headSequence()), outages: outages)
            return run
        }
    }
}

extension ExperimentSettings {
    /// A replay of all of a ledger, to the targets that are named.
    func request(
        _ ledger: EventLedger, _ topology: TopologyFile, targets: [String]
    ) throws -> ReplayRequest {
        ReplayRequest(
            ledger, topology: topology, window: ReplayWindow(last: try ledger.headSequence()),
            name: "experiment", seed: seed, targets: targets, states: .none,
            projections: [FeedingStats.self], database: database)
    }
}

extension Figures {
    /// 408495 grams as `408.5 kg`.
    static func kilograms(_ grams: Int) -> String {
        "\(grouped((grams + 50) / 1_000)).\((grams + 50) % 1_000 / 100) kg"
    }
}
