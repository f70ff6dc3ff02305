import EventModel
import Expectations
import Foundation
import Lab
import Simulation
import Testing
import Topology

@Suite struct `What ended in a dead-letter queue` {
    private func failing(_ rate: Int = 300_000) -> DeliveryModel {
        var model = EventBridgeReplay(archiveLagMinutes: 0)
        model.faults = FaultProfile()
        model.faults[.targetFails] = rate
        return .eventBridge(model)
    }

    @Test func `lies there with its event, and its message is missing by right`() throws {
        let archive = try Archive(Sample.presses(60, seed: 71))
        let ran = try archive.run(archive.request(failing(), topology: .givingUpAtOnce()))
        let letters = try #require(ran.report.deadLetters["letters"])
        #expect(letters.count > 5 && letters.allSatisfy { $0.attempts == 1 })
        #expect(ran.report.isAccepted && ran.report.audit.received == 60 - letters.count)
        #expect(ran.report.bus.redriven == 0 && ran.report.dropped == 0)
    }

    @Test func `is given to its target once more, and then each press was fed for`() throws {
        let archive = try Archive(Sample.presses(60, seed: 71))
        let before = try archive.run(archive.request(failing(), topology: .givingUpAtOnce()))
        var request = try archive.request(failing(), topology: .givingUpAtOnce())
        request.redrives = true
        let ran = try archive.run(request)
        let count = before.report.deadLetters["letters"]?.count ?? 0
        #expect(ran.report.bus.redriven == count && ran.report.deadLetters.isEmpty)
        #expect(ran.report.isAccepted, "\(ran.report.verdict)")
        #expect(ran.report.audit.received == 60 && ran.report.audit.expected == 60)
        #expect(ran.decisions.count { $0.kind == .redriven } == count)
        // It comes when all the rest has come.
        #expect(ran.decisions.last?.kind == .redriven)
    }

    @Test func `stays there where the replay was cancelled`() throws {
        let archive = try Archive(Sample.presses(6_000, seed: 71))
        var request = try archive.request(failing(), topology: .givingUpAtOnce())
        request.redrives = true
        let ran = try archive.run(request, cancel: { _ in true })
        #expect(ran.report.state == .cancelled && ran.report.isAccepted)
        #expect(ran.report.bus.redriven == 0 && ran.report.deadLetters["letters"]?.isEmpty == false)
    }

    @Test func `is counted where no queue was there to go to`() throws {
        let archive = try Archive(Sample.presses(60, seed: 71))
        let topology = try TopologyFile.deployed(replacing: [
            "variant: deployed\n": "variant: deployed\n        retry: {attempts: 0}\n"
        ])
        var request = try archive.request(failing(), topology: topology)
        request.redrives = true
        let ran = try archive.run(request)
        #expect(ran.report.isAccepted && ran.report.dropped > 5)
        #expect(ran.report.dropped == ran.report.bus.deadLettered && ran.report.bus.redriven == 0)
    }

    /// A program that refuses the first so many calls: two events of three attempts each.
    @Test(arguments: [(0, 0, 0), (4, 1, 0), (6, 2, 0), (11, 2, 1), (12, 2, 2)])
    func `is tried as often as a new event, and given up again`(
        refusals: Int, redriven: Int, left: Int
    ) throws {
        let archive = try Archive(Sample.presses(2, seed: 1))
        let calls = archive.folder + "/calls"
        let script = archive.folder + "/target.sh"
        try Data("echo x >> '\(calls)'; [ $(wc -l < '\(calls)') -gt \(refusals) ]".utf8)
            .write(to: URL(fileURLWithPath: script))
        let topology = try TopologyFile.deployed(replacing: [
            "      - {id: bowl-totals":
                "      - {id: program, kind: process, command: [sh, \"\(script)\"],"
                + " retry: {attempts: 2}, dead-letter: letters}\n      - {id: bowl-totals"
        ])
        var request = try archive.request(topology: topology, targets: ["program"])
        request.redrives = true
        let ran = try archive.run(request)
        #expect(ran.report.isAccepted && ran.report.state == .completed)
        #expect(ran.report.bus.redriven == redriven)
        #expect((ran.report.deadLetters["letters"] ?? []).count == left)
        #expect(ran.report.bus.delivered == 2 - left)
    }
}
