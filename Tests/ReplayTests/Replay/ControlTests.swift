import EventModel
import Expectations
import Lab
import Ledger
import Projections
import Testing
import Topology

@Suite struct `A replay that is cancelled` {
    @Test(arguments: [1, 2, 3])
    func `says how far it was, and goes on from the next sequence to the same messages`(
        calls: Int
    ) throws {
        let archive = try Archive(Sample.presses(4_000, seed: 51))
        let whole = try archive.run(archive.request())
        var count = 0
        let begun = try archive.run(
            archive.request(),
            cancel: { _ in
                count += 1
                return count == calls
            })
        let progress = begun.report.progress
        #expect(begun.report.state == .cancelled && progress.state == .cancelled)
        #expect(begun.report.isAccepted, "\(begun.report.verdict)")
        #expect(progress.events == progress.sequence && (1..<4_000).contains(progress.sequence))
        let last = try archive.ledger.event(at: progress.sequence).time
        #expect(progress.lastReplayed == last)
        let rest = try archive.run(
            archive.request(window: ReplayWindow(first: progress.sequence + 1, last: 4_000)))
        #expect(rest.report.state == .completed && rest.report.isAccepted)
        #expect(progress.events + rest.report.progress.events == 4_000)
        func actions(_ ran: Ran) -> [String] {
            ran.transcript.deliveries.filter { $0.contains("cat-feeder/action") }
        }
        #expect(actions(begun) + actions(rest) == actions(whole))
        #expect(actions(whole).count == 4_000)
    }

    @Test(arguments: [0, 1, 2])
    func `is compared with what had been put, whatever the order`(place: Int) throws {
        let late = Sample.presses(6_000, seed: 52).enumerated().map { number, press in
            // Every seventh says that it happened hours before.
            var event = press
            if number % 7 == 0 { event.time.microseconds -= 7_200_000_000 }
            return event
        }
        let archive = try Archive(late)
        var faults = EventBridgeReplay(archiveLagMinutes: 0).faults
        faults[.lateEvent] = 200_000
        faults[.targetFails] = 100_000
        let model = [DeliveryModel.withoutLag, .rough(), .chaos(faults)][place]
        let ran = try archive.run(archive.request(model, seed: 9), cancel: { _ in true })
        #expect(ran.report.state == .cancelled)
        #expect((1..<6_000).contains(ran.report.progress.events))
        #expect(ran.report.isAccepted, "\(ran.report.verdict)")
        #expect(ran.report.audit.expected >= ran.report.progress.events)
    }

    @Test func `goes through its states, and tells them`() throws {
        let archive = try Archive(Sample.presses(3_000, seed: 53))
        var states: [ReplayState] = []
        var sequences: [Int] = []
        let ran = try archive.run(
            archive.request(),
            cancel: {
                states.append($0.state)
                sequences.append($0.sequence)
                return false
            })
        #expect(Set(states) == [.running] && ran.report.state == .completed)
        #expect(sequences == sequences.sorted() && sequences.last == 3_000)
        #expect(ran.report.progress.now >= ran.report.progress.lastReplayed ?? .latest)
    }
}

@Suite struct `What a replay touches` {
    private func active(
        _ archive: Archive, rules: [String] = [], targets: [String] = []
    ) throws -> [String] {
        try Replay(archive.request(rules: rules, targets: targets)).activeTargets.map(\.id)
    }

    @Test func `is what does not act on the world, unless it is named`() throws {
        let archive = try Archive(Sample.presses(3, seed: 1))
        #expect(try active(archive) == ["bowl-totals", "feeding-stats"])
        #expect(try active(archive, targets: ["cat-feeder"]) == ["cat-feeder"])
        #expect(try active(archive, rules: ["feeds-rule"]) == [])
        #expect(
            try active(archive, rules: ["feeds-rule"], targets: ["cat-feeder"]) == ["cat-feeder"])
        #expect(try active(archive, rules: ["stores-rule"]) == ["bowl-totals", "feeding-stats"])
        let silent = try archive.run(archive.request(targets: []))
        #expect(silent.report.feeders.isEmpty && silent.report.dispenses == 0)
    }

    @Test func `is named as it is spelled, or it is an error with a hint`() throws {
        let archive = try Archive(Sample.presses(3, seed: 1))
        for (rules, targets, words) in [
            (["feed-rule"], [], ["no rule feed-rule", "feeds-rule"]),
            ([], ["cat-feder"], ["no target cat-feder", "cat-feeder"]),
            ([], ["Bowl-totals"], ["no target Bowl-totals", "bowl-totals"]),
        ] as [([String], [String], [String])] {
            let error = #expect(throws: ReplayError.self) {
                try active(archive, rules: rules, targets: targets)
            }
            for word in words {
                #expect(error?.description.contains(word) == true, "\(error?.description ?? "")")
            }
        }
    }

    @Test(arguments: ["", "a b", "é", "a/b", String(repeating: "a", count: 65)])
    func `has a name that EventBridge would take`(name: String) throws {
        let archive = try Archive(Sample.presses(3, seed: 1))
        #expect(throws: ReplayError.self) { try Replay(archive.request(name: name)) }
        let longest = String(repeating: "aZ0.-_--", count: 8)
        #expect(try archive.run(archive.request(name: longest)).report.name == longest)
    }

    @Test func `is nothing of a rule that is off`() throws {
        let archive = try Archive(Sample.presses(3, seed: 1))
        let topology = try TopologyFile.deployed(replacing: [
            "name: feeds-rule": "name: feeds-rule\n    state: disabled"
        ])
        let ran = try archive.run(archive.request(topology: topology))
        #expect(ran.report.isAccepted && ran.report.messagesPublished == 0)
        #expect(ran.report.bus.attempts == 0 && ran.report.feeders.isEmpty)
    }
}
