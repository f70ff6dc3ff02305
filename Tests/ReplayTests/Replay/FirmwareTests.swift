import EventModel
import Expectations
import Lab
import Simulation
import Testing
import Topology

@Suite struct `The firmware that a topology names` {
    private func topology(
        _ shipped: ShippedTopology, _ firmware: TopologyFile.Feeder.Firmware
    ) throws -> TopologyFile {
        let named = try TopologyFile(shipped: shipped).feeders[0].firmware
        return try TopologyFile.deployed(
            replacing: ["firmware: \(named)": "firmware: \(firmware)"], in: shipped)
    }

    /// Each press delivered at least twice; how often was fed for it?
    private func feeds(
        _ shipped: ShippedTopology, _ firmware: TopologyFile.Feeder.Firmware
    ) throws -> (report: ReplayReport, bowls: Int) {
        let archive = try Archive(Sample.presses(30, seed: 61))
        var model = EventBridgeReplay(archiveLagMinutes: 0)
        model.faults[.duplicateDelivery] = 1_000_000
        let ran = try archive.run(
            archive.request(
                .eventBridge(model), topology: topology(shipped, firmware), publishesReplays: true))
        return (
            ran.report, try archive.events().reduce(0) { $0 + ($1.content.click?.bowls.count ?? 0) }
        )
    }

    @Test func `runs, whatever the function: who remembers a message by its id feeds once`() throws
    {
        let mended = try feeds(.mended, .mended)
        #expect(mended.report.isAccepted && mended.report.dispenses == mended.bowls)
        // The function sends the id, and nobody reads it.
        let forgetful = try feeds(.mended, .current)
        #expect(forgetful.report.isAccepted && forgetful.report.dispenses == 2 * forgetful.bowls)
        // There is no id to remember.
        let blind = try feeds(.deployed, .mended)
        #expect(blind.report.isAccepted && blind.report.dispenses == 2 * blind.bowls)
    }

    @Test(arguments: ShippedTopology.allCases, TopologyFile.Feeder.Firmware.allCases)
    func `loses messages in chaos as its QoS lets it, and the log says so`(
        shipped: ShippedTopology, firmware: TopologyFile.Feeder.Firmware
    ) throws {
        var faults = FaultProfile()
        for kind in FaultKind.allCases { faults[kind] = 300_000 }
        for seed in (environmentSeed ?? 70)..<(environmentSeed ?? 70) + 2 {
            let archive = try Archive(Sample.days(Sample.fleet(40, seed: seed)))
            let ran = try archive.run(
                archive.request(
                    .chaos(faults), topology: topology(shipped, firmware), seed: seed,
                    publishesReplays: true))
            #expect(ran.report.isAccepted, "seed \(seed): \(ran.report.verdict)")
            let isSafe = shipped != .deployed && firmware == .mended
            #expect(ran.decisions.contains { $0.kind == .lost } != isSafe, "seed \(seed)")
        }
    }

    @Test func `writes its states in its own form`() throws {
        let archive = try Archive(Sample.presses(2, seed: 61))
        for (firmware, word) in [
            (TopologyFile.Feeder.Firmware.current, "food_capacity"), (.older, "state_1"),
            (.mended, "food_capacity"),
        ] {
            let ran = try archive.run(archive.request(topology: topology(.deployed, firmware)))
            let states = ran.transcript.text.split(separator: "\n").filter {
                $0.contains("cat-feeder/states")
            }
            #expect(!states.isEmpty && states.allSatisfy { $0.contains(word) }, "\(firmware)")
        }
    }
}
