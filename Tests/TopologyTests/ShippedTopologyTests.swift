import EventModel
import Foundation
import Testing

@testable import Topology

@Suite struct ShippedTopologyTests {
    static let folder = URL(filePath: #filePath)
        .deletingLastPathComponent().appending(path: "../../Fixtures/topologies")
        .standardizedFileURL.path

    @Test(arguments: ShippedTopology.allCases)
    func `what is compiled in is the file, byte for byte`(shipped: ShippedTopology) throws {
        let path = "\(Self.folder)/\(shipped.rawValue).yaml"
        let bytes = try #require(FileManager.default.contents(atPath: path))
        #expect(Array(bytes) == Array(shipped.text.utf8))
    }

    @Test func `no file is shipped that is not compiled in`() throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: Self.folder).sorted()
        #expect(files == ShippedTopology.allCases.map { "\($0.rawValue).yaml" }.sorted())
    }

    @Test(arguments: ShippedTopology.allCases)
    func `a shipped topology is found by its name and by its path`(
        shipped: ShippedTopology
    ) throws {
        let named = try TopologyFile(named: shipped.rawValue)
        let read = try TopologyFile(named: "\(Self.folder)/\(shipped.rawValue).yaml")
        #expect(named.name == shipped.rawValue)
        #expect(named.hash == read.hash)
        #expect(named.rules == read.rules)
        #expect(named.hash == SHA256.hash(shipped.text))
    }

    @Test func `deployed is the running system, name by name`() throws {
        let topology = try TopologyFile(shipped: .deployed)
        #expect(
            topology.bus
                == .init(
                    name: "feedmyfurbabies", account: "123456789012", region: "ap-southeast-2"))
        #expect(topology.buttonHandler == .deployed)
        let rule = try #require(topology.rules.first)
        #expect(rule.name == "feeds-rule")
        #expect(rule.pattern == "{\"source\":[\"com.feedmyfurbabies\"]}")
        #expect(rule.isEnabled)
        #expect(
            topology.bus.arn(ofRule: rule.name)
                == "arn:aws:events:ap-southeast-2:123456789012:rule/feedmyfurbabies/feeds-rule")
        let target = try #require(rule.targets.first)
        guard case .catFeeder(let function) = target.kind else {
            Issue.record("no cat feeder")
            return
        }
        #expect(function.thing.text == "CatFeederThingLambda")
        #expect(function.topic.text == "cat-feeder/action")
        #expect(function.variant == .deployed)
        #expect(function.replays == .publish)
        #expect(target.input == .event)
        #expect(target.retry == .init(attempts: 185, maxAgeSeconds: 86_400))
        #expect(target.deadLetterQueue == nil)
    }

    @Test func `deployed has two clients, each with the rights that it has in the world`() throws {
        let topology = try TopologyFile(shipped: .deployed)
        let feeders = [
            TopologyFile.RegisteredFeeder(name: "kitchen", devices: ["B1"]),
            TopologyFile.RegisteredFeeder(name: "a/b", devices: ["B2"]),
        ]
        let installation = try topology.installation(for: feeders)
        #expect(
            installation.clients.map(\.clientID) == ["CatFeederThingLambda", "CatFeederThingESP32"])
        #expect(
            try installation.clients.map { try rights($0.policies) } == [
                [
                    "iot:Connect client/CatFeederThingLambda",
                    "iot:Publish topic/cat-feeder/action",
                ],
                [
                    "iot:Connect client/CatFeederThingESP32",
                    "iot:Subscribe topicfilter/cat-feeder/action",
                    "iot:Receive topic/cat-feeder/action",
                    "iot:Publish topic/cat-feeder/states",
                ],
            ])
        let device = try #require(installation.feeders.first)
        #expect(installation.feeders.count == 1)
        #expect(device.clientID == "CatFeederThingESP32")
        #expect(device.feeder == nil)
        #expect(device.actionTopic == "cat-feeder/action")
        #expect(device.statesTopic == "cat-feeder/states")
        #expect(device.firmware == .current)
    }

    @Test(arguments: ShippedTopology.allCases)
    func `the stores are apart from the feeder, so that a replay can fill them alone`(
        shipped: ShippedTopology
    ) throws {
        let rules = try TopologyFile(shipped: shipped).rules
        #expect(rules.map(\.name) == ["feeds-rule", "stores-rule"])
        #expect(rules[0].targets.map(\.id) == ["cat-feeder"])
        #expect(rules[0].targets.map(\.actsOnWorld) == [true])
        #expect(rules[1].pattern == "{\"source\":[{\"prefix\":\"\"}]}")
        #expect(rules[1].targets.map(\.id) == ["bowl-totals", "feeding-stats"])
        #expect(rules[1].targets.map(\.actsOnWorld) == [false, false])
    }

    @Test func `mended differs from deployed in handler, function and firmware alone`() throws {
        let deployed = try TopologyFile(shipped: .deployed)
        let mended = try TopologyFile(shipped: .mended)
        #expect(mended.buttonHandler == .mended)
        guard case .catFeeder(var function) = mended.rules[0].targets[0].kind else {
            Issue.record("no cat feeder")
            return
        }
        #expect(function.variant == .mended)
        #expect(function.replays == .ignore)
        (function.variant, function.replays) = (.deployed, .publish)
        var rules = mended.rules
        rules[0].targets[0].kind = .catFeeder(function)
        #expect(rules == deployed.rules)
        #expect(mended.bus == deployed.bus)
        #expect(mended.things == deployed.things)
        var feeders = mended.feeders
        #expect(feeders.map(\.firmware) == [.mended])
        feeders[0].firmware = .current
        #expect(feeders == deployed.feeders)
    }

    @Test func `a fleet has a thing, two topics and rights of its own for each feeder`() throws {
        let topology = try TopologyFile(shipped: .fleet)
        let installation = try topology.installation(
            for: [.init(name: "kitchen", devices: ["B1", "B2"]), .init(name: "attic")])
        #expect(
            installation.clients.map(\.clientID) == [
                "CatFeederThingLambda", "CatFeederThing-kitchen", "CatFeederThing-attic",
            ])
        #expect(
            try rights(installation.clients[2].policies) == [
                "iot:Connect client/CatFeederThing-attic",
                "iot:Subscribe topicfilter/cat-feeder/attic/action",
                "iot:Receive topic/cat-feeder/attic/action",
                "iot:Publish topic/cat-feeder/attic/states",
            ])
        #expect(
            try rights(installation.clients[0].policies) == [
                "iot:Connect client/CatFeederThingLambda", "iot:Publish topic/cat-feeder/*/action",
            ])
        #expect(installation.feeders.map(\.feeder) == ["kitchen", "attic"])
        #expect(
            installation.feeders.map(\.actionTopic)
                == ["cat-feeder/kitchen/action", "cat-feeder/attic/action"])
        #expect(
            installation.feeders.map(\.statesTopic)
                == ["cat-feeder/kitchen/states", "cat-feeder/attic/states"])
    }

    /// `action resource` of each statement, without the ARN's beginning.
    private func rights(_ policies: [String]) throws -> [String] {
        try policies.flatMap { text in
            let statements = try #require(JSONValue(parsing: text)["Statement"]?.array)
            return try statements.map { statement in
                #expect(statement["Effect"]?.string == "Allow")
                let resource = try #require(statement["Resource"]?.string)
                let prefix = "arn:aws:iot:ap-southeast-2:123456789012:"
                #expect(resource.hasPrefix(prefix))
                let action = try #require(statement["Action"]?.string)
                return "\(action) \(resource.dropFirst(prefix.count))"
            }
        }
    }
}

@Suite struct `The documentation of topologies` {
    static let page = "\(ShippedTopologyTests.folder)/../../docs/topology.md"

    @Test func `shows the deployed file as it is`() throws {
        let page = try String(contentsOfFile: Self.page, encoding: .utf8)
        #expect(page.contains("```yaml\n\(ShippedTopology.deployed.text)```\n"))
    }
}
