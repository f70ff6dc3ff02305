import CatFeeder
import EventModel
import Expectations
import Lab
import Testing
import Topology

/// A replay is faster than a feeder, which needs twelve seconds a message.
@Suite struct `What waits at the feeder when the last event was put` {
    /// Presses a millisecond apart, and how many motor runs they ask for.
    private func rush(_ count: Int) throws -> (archive: Archive, runs: Int) {
        let presses = Sample.presses(count, seed: 3).enumerated().map { place, press in
            var event = press
            event.time = Timestamp(microseconds: 1_709_276_400_000_000 + Int64(place) * 1_000)
            event.recorded = event.time
            return event
        }
        let runs = presses.reduce(0) { $0 + ($1.content.click?.bowls.count ?? 0) }
        return (try Archive(presses), runs)
    }

    @Test func `is fed, though it takes longer than any retry`() throws {
        let (archive, runs) = try rush(8_500)
        let ran = try archive.run(archive.request())
        #expect(ran.report.isAccepted && ran.report.audit.received == 8_500)
        #expect(ran.report.dispenses == runs)
        // 8,500 feeds of 12 s.
        #expect(ran.report.progress.now.seconds - 1_709_276_400 >= 8_500 * 12)
    }

    @Test(
        arguments: [ShippedTopology.deployed, .mended], TopologyFile.Feeder.Firmware.allCases)
    func `is fed by a feeder that never comes to rest`(
        shipped: ShippedTopology, firmware: TopologyFile.Feeder.Firmware
    ) throws {
        let (archive, runs) = try rush(60)
        let named = try TopologyFile(shipped: shipped).feeders[0].firmware
        let topology = try TopologyFile.deployed(
            replacing: ["firmware: \(named)": "firmware: \(firmware)"], in: shipped)
        for states in StatesMode.allCases {
            var request = try archive.request(topology: topology, publishesReplays: true)
            request.states = states
            let ran = try archive.run(request)
            #expect(ran.report.dispenses == runs, "\(states)")
            // And then it ends: a feeder that was fed has nothing to tell for a day.
            #expect(ran.report.progress.now.seconds - 1_709_276_400 <= 60 * 15 + 180, "\(states)")
        }
    }
}
