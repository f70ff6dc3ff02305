import Expectations
import Lab
import Projections
import Topology

extension SampleHistory {
    /// Replays in memory: bus, rules, function, broker, feeders, both projections and the audit.
    func replays() -> [HotLoop] {
        [
            replay("replay in memory, one feeder", .deployed, most: 6),
            replay("replay in memory, 585 feeders", .fleet, most: 11),
        ]
    }

    private func replay(_ name: String, _ topology: ShippedTopology, most: Double) -> HotLoop {
        HotLoop(name: name, law: AllocationLaw(unit: "event", most: most)) { doubled in
            let events = doubled ? 40_000 : 20_000
            let replay = try Replay(
                ReplayRequest(
                    ledger, topology: TopologyFile(shipped: topology),
                    window: ReplayWindow(last: events),
                    targets: ["cat-feeder", "bowl-totals", "feeding-stats"], database: database,
                    publishesReplays: true))
            var messages = 0
            replay.onArrival = { _, _ in messages += 1 }
            let allocations = try Allocations.of { _ = try replay.run() }
            guard messages > 0 else {
                throw CountProofError(description: "\(name): no message reached a feeder")
            }
            return LoopRun(events: events, units: events, allocations: allocations)
        }
    }
}
