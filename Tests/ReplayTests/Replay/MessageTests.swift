import CatFeeder
import EventModel
import Expectations
import Lab
import Ledger
import Simulation
import Testing
import Topology

@Suite struct `Each message of a replay` {
    private func comment(_ ran: Ran, _ seed: UInt64, _ filter: String) -> Comment {
        """
        \(ran.report.verdict)
        repeat: REPLAYLAB_SEED=\(seed) swift test --filter '\(filter)'
        """
    }

    @Test(arguments: 1...6)
    func `is as expected in order`(number: Int) throws {
        let seed = environmentSeed ?? 11
        let archive = try Archive(generated: number, size: 120, seed: seed)
        let ran = try archive.run(archive.request())
        #expect(ran.report.isAccepted, comment(ran, seed, "is as expected in order"))
        // What is expected is more than nothing, and all that the rule lets through.
        let presses = try archive.events().count {
            $0.source == FeederSystem.source && $0.detail.contains("click-type")
        }
        #expect(ran.report.audit.received == presses && presses > 20)
        #expect(ran.report.messagesPublished == presses && ran.decisions.isEmpty)
        #expect(ran.report.dispenses > 0)
    }

    @Test(arguments: 1...6)
    func `is as expected minute by minute, with copies, failures and an archive that lags`(
        number: Int
    ) throws {
        for seed in (environmentSeed ?? 20)..<(environmentSeed ?? 20) + 3 {
            let archive = try Archive(generated: number, size: 120, seed: seed)
            for model in [
                DeliveryModel.withoutLag, .rough(), .eventBridge(EventBridgeReplay()),
                .eventBridge(EventBridgeReplay(archiveLagMinutes: 40_000)),
            ] {
                let ran = try archive.run(archive.request(model, seed: seed))
                #expect(ran.report.isAccepted, comment(ran, seed, "minute by minute"))
            }
        }
    }

    @Test(arguments: 0..<40)
    func `is as expected in chaos`(run: Int) throws {
        let seed = (environmentSeed ?? 100) + UInt64(run)
        let archive = try Archive(Sample.presses(60, seed: seed))
        let ran = try archive.run(archive.request(.chaos(FaultProfile(seed: seed)), seed: seed))
        #expect(ran.report.isAccepted, comment(ran, seed, "is as expected in chaos"))
        let logged = ran.report.decisions.reduce(0) { $0 + $1.count }
        #expect(logged == ran.decisions.count)
    }

    @Test(arguments: ShippedTopology.allCases, 0..<12)
    func `is as expected in chaos that lasts for days`(
        topology: ShippedTopology, run: Int
    ) throws {
        let seed = (environmentSeed ?? 200) + UInt64(run)
        let archive = try Archive(Sample.days(Sample.fleet(80, seed: seed)))
        var faults = FaultProfile(seed: seed)
        if run % 3 == 0 { for kind in FaultKind.allCases { faults[kind] = 300_000 } }
        let request = try archive.request(
            .chaos(faults), topology: TopologyFile(shipped: topology), seed: seed,
            publishesReplays: true)
        let ran = try archive.run(request)
        #expect(ran.report.isAccepted, comment(ran, seed, "in chaos that lasts for days"))
        #expect(try archive.run(request).transcript.bytes == ran.transcript.bytes)
        if run % 3 == 0 {
            let died = ran.report.feeders.reduce(0) { $0 + $1.counts.died }
            let lost = ran.report.decisions.first { $0.kind == "message-lost" }?.count ?? 0
            // The mended system loses nothing: QoS 1, and a session that the broker keeps.
            #expect((lost > 0) == (topology == .deployed), "\(lost) lost, \(died) died")
        }
    }

    @Test(arguments: [ShippedTopology.mended, .fleet])
    func `of the mended system is as expected`(topology: ShippedTopology) throws {
        for seed in (environmentSeed ?? 40)..<(environmentSeed ?? 40) + 5 {
            let archive = try Archive(Sample.fleet(100, seed: seed))
            let mended = try TopologyFile(shipped: topology)
            for model in [DeliveryModel.ordered, .rough()] {
                let ignored = try archive.run(archive.request(model, topology: mended))
                #expect(ignored.report.isAccepted && ignored.report.messagesPublished == 0)
                #expect(ignored.report.replaysIgnored > 10 && ignored.report.dispenses == 0)
                let told = try archive.run(
                    archive.request(model, topology: mended, publishesReplays: true))
                #expect(told.report.isAccepted, comment(told, seed, "of the mended system"))
                #expect(told.report.messagesPublished > 10)
                // Each press is fed for once, whatever was delivered twice.
                let pressed = try archive.events().compactMap(\.content.click)
                #expect(
                    told.report.dispenses == pressed.reduce(0) { $0 + $1.bowls.count })
            }
        }
    }

    /// Inputs that a target may be given, with the deployed and the mended function.
    @Test(arguments: [
        #"{input-paths: {d: $.detail, t: $.time, i: $.id}, template: '{"detail": <d>, "time": <t>, "id": <i>}'}"#,
        #"{input-paths: {c: $.detail.click-type}, template: '{"detail": {"click-type": "a <c> b"}, "time": 5, "id": "x"}'}"#,
        #"{input-paths: {c: $.detail.nothing}, template: '{"detail": {"click-type": <c>}, "time": "t", "id": 1}'}"#,
        #"{input-paths: {d: $.detail}, template: '{"detail": <d>, "id": "i"}'}"#,
        #"{input-paths: {c: "$.detail['click-type']", t: "$[\"time\"]"}, template: '{"detail": {"click-type": "<c>"}, "time": <t>, "id": 1}'}"#,
        #"{input-paths: {r: "$['resources'][0]"}, template: '{"detail": {"click-type": <r>}, "time": "t", "id": 1}'}"#,
        #"{template: '{"detail": {"click-type": <aws.events.event>}, "time": 1, "id": 2}'}"#,
        #"{template: '<aws.events.event.json>'}"#, #"{template: '{"e": <aws.events.event>}'}"#,
        #"{template: '{"detail": {"click-type": <aws.events.rule-name>}, "time": <aws.events.event.ingestion-time>, "id": <aws.events.rule-arn>}'}"#,
        #"{template: '{"detail": {"click-type": "<aws.events.rule-name>!"}, "time": "at <aws.events.event.ingestion-time>", "id": "<aws.events.rule-arn>"}'}"#,
        // A quote that is escaped, and a backslash that is, before a name.
        #"{input-paths: {c: $.detail.click-type}, template: '{"detail": {"click-type": "a \"<c>\" \\<c>"}, "time": "\\", "id": <c>}'}"#,
        // What stands between quotes may be a list that needs none of its own, or make no JSON.
        #"{input-paths: {r: $.resources}, template: '{"detail": {"click-type": "r <r>"}, "time": 1, "id": 2}'}"#,
        #"{input-paths: {d: $.detail}, template: '{"detail": {"click-type": "d <d>"}, "time": 1, "id": 2}'}"#,
        #"{input-paths: {d: $.detail}, template: '"got <d>"'}"#,
        // An accent makes one character of itself and the quote before it.
        #"{input-paths: {c: $.detail.click-type}, template: '{"detail": {"click-type": "\#u{301}<c>"}, "time": <c>, "id": 1}'}"#,
    ])
    func `is as expected of a function that is given a part of the event`(input: String) throws {
        let archive = try Archive(generated: 4, size: 60)
        for (shipped, variant) in [(ShippedTopology.deployed, "deployed"), (.mended, "mended")] {
            let topology = try TopologyFile.deployed(
                replacing: [
                    "variant: \(variant)\n":
                        """
                    variant: \(variant)
                            input-transformer: \(input)
                            retry: {attempts: 1}

                    """
                ], in: shipped)
            let ran = try archive.run(archive.request(topology: topology, publishesReplays: true))
            #expect(ran.report.isAccepted, "\(variant), \(input): \(ran.report.verdict)")
        }
    }

    @Test(arguments: [
        #"{"detail": {"click-type": "x"}, "time": <aws.events.event.ingestion-time>, "id": 1}"#,
        #"{"detail": {"click-type": "x"}, "time": "<aws.events.event.ingestion-time>", "id": 1}"#,
    ])
    func `is refused where it holds a moment that nobody can know beforehand`(
        template: String
    ) throws {
        let archive = try Archive(Sample.presses(3, seed: 1))
        let topology = try TopologyFile.deployed(replacing: [
            "variant: deployed\n":
                "variant: deployed\n        input-transformer: {template: '\(template)'}\n"
        ])
        for model in [DeliveryModel.withoutLag, .chaos(FaultProfile(seed: 1))] {
            let error = #expect(throws: ReplayError.self) {
                try archive.run(archive.request(model, topology: topology))
            }
            #expect(error?.isUsage == true)
            #expect(error?.description.contains("target cat-feeder") == true)
            #expect(error?.description.contains("under \(model.name) ") == true)
            // A replay that leaves the target out is none the worse.
            try archive.run(
                archive.request(model, topology: topology, targets: ["bowl-totals"]))
        }
        #expect(try archive.run(archive.request(topology: topology)).report.isAccepted)
    }

    @Test(arguments: [
        #"{"time":[{"prefix":"2024-"}],"source":["com.feedmyfurbabies"]}"#,
        #"{"replay-name":["replay"]}"#, #"{"replay-name":[{"exists":false}]}"#,
        #"{"detail":{"click-type":["LONG"]}}"#,
        #"{"id":[{"anything-but":{"prefix":"report"}}],"detail":{"device-id":[{"exists":true}]}}"#,
    ])
    func `is as expected of a rule with another pattern`(pattern: String) throws {
        let topology = try TopologyFile.deployed(replacing: [
            #"{"source":["com.feedmyfurbabies"]}"#: pattern
        ])
        for number in 1...6 {
            let archive = try Archive(generated: number, size: 80)
            let ran = try archive.run(archive.request(topology: topology))
            #expect(ran.report.isAccepted, "\(number), \(pattern): \(ran.report.verdict)")
        }
    }

    @Test func `comes at the same moment with the same bytes in another run of the seed`() throws {
        let archive = try Archive(Sample.presses(80, seed: 5))
        var faults = FaultProfile()
        for kind in FaultKind.allCases { faults[kind] = 100_000 }
        for model in [DeliveryModel.rough(), .chaos(faults)] {
            let first = try archive.run(archive.request(model, seed: 5))
            let again = try archive.run(archive.request(model, seed: 5))
            let other = try archive.run(archive.request(model, seed: 6))
            #expect(first.transcript.bytes == again.transcript.bytes)
            #expect(first.decisions == again.decisions && !first.decisions.isEmpty)
            #expect(first.transcript.bytes != other.transcript.bytes)
            #expect(first.transcript.text.contains("PUBLISH"))
        }
    }
}
