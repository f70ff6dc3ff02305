import CatFeeder
import EventModel
import Lab
import MQTTBroker
import Simulation
import Testing
import Topology

@Suite struct `Over real sockets` {
    private func bytes(
        _ archive: Archive, _ request: ReplayRequest, wire: Bool
    ) throws -> [UInt8] {
        try archive.run(
            request,
            link: { policies, records in
                guard wire else {
                    return MemoryLink(policies: policies, recordsTranscript: records)
                }
                return try WireLink(policies: policies, recordsTranscript: records)
            }
        ).transcript.bytes
    }

    @Test(arguments: 1...8 as ClosedRange<UInt64>)
    func `losses, cuts and copies leave the transcript that they leave in memory`(
        seed: UInt64
    ) throws {
        let archive = try Archive(Sample.days(Sample.presses(80, seed: seed)))
        var faults = FaultProfile()
        for kind in FaultKind.allCases { faults[kind] = 150_000 }
        for model in [DeliveryModel.chaos(faults), .rough()] {
            let request = try archive.request(model, seed: seed)
            let memory = try bytes(archive, request, wire: false)
            let isSame = try bytes(archive, request, wire: true) == memory
            #expect(isSame, "seed \(seed), \(model.name)")
        }
    }

    /// The broker closes the connection of a feeder that publishes what it may not.
    @Test func `a publish that is refused fails the run where it does in memory`() throws {
        let archive = try Archive(Sample.presses(12, seed: 3))
        let topology = try TopologyFile.deployed(replacing: [
            "states-topic: cat-feeder/states": "states-topic: cat-feeder/elsewhere"
        ])
        var failures: [ReplayFailure] = []
        for wire in [false, true] {
            let failure = #expect(throws: ReplayFailure.self) {
                try bytes(archive, archive.request(topology: topology), wire: wire)
            }
            failures.append(try #require(failure))
        }
        for failure in failures {
            #expect((failure.underlying as? LinkError)?.kind == .closed, "\(failure)")
            #expect(failure.description.contains("cat-feeder/elsewhere"), "\(failure)")
            #expect(failure.progress.sequence == failures[0].progress.sequence)
        }
    }
}
