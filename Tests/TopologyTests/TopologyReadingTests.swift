import EventModel
import Testing

@testable import Topology

@Suite struct TopologyReadingTests {
    @Test func `a good file is read to the letter`() throws {
        let topology = try TopologyFile(text: Mistake.good, file: "test.yaml")
        #expect(topology.name == "good")
        #expect(topology.bus.name == "cats/bus")
        #expect(topology.buttonHandler == .mended)
        #expect(topology.rules.map(\.name) == ["feeds", "rest"])
        #expect(topology.rules.map(\.isEnabled) == [false, true])
        #expect(topology.targets.map(\.id) == ["feeder", "totals", "log", "hook", "again"])
        #expect(topology.targets.map(\.actsOnWorld) == [true, false, false, true, true])
        let feeder = topology.targets[0]
        #expect(feeder.input == .path("$.detail"))
        #expect(feeder.retry == .init(attempts: 3, maxAgeSeconds: 5400))
        #expect(feeder.deadLetterQueue == "lost-feeds")
        #expect(topology.targets[1].kind == .projection(name: "bowl-totals"))
        #expect(topology.targets[2].kind == .file(path: "feeds.jsonl"))
        #expect(
            topology.targets[3].kind
                == .process(.init(command: ["curl", "-d", "@-", ""], timeoutSeconds: 120)))
        #expect(
            topology.targets[3].input
                == .transformer(
                    .init(
                        paths: [
                            .init(name: "click", path: "$.detail.click-type"),
                            .init(name: "at", path: "$.time"),
                        ], template: #"{"click": <click>, "at": <at>}"#)))
        #expect(topology.targets[4].kind == feeder.kind)
        #expect(topology.things.map(\.name.text) == ["Lambda", "Feeder-${feeder}", "Old"])
        #expect(topology.things.map(\.policies.count) == [1, 2, 1])
        #expect(topology.feeders.map(\.firmware) == [.older, .current])
        #expect(topology.feeders.map(\.hopperGrams) == [750, 1])
    }

    @Test func `a pattern keeps its numbers, its words and its spelling`() throws {
        let rules = try TopologyFile(text: Mistake.good, file: "test.yaml").rules
        #expect(
            rules[0].pattern
                == #"{"source":["com.cats"],"detail":{"n":[{"numeric":[">",1.50]}],"#
                + #""yes":[true,null,"1"]}}"#)
        #expect(rules[1].pattern == #"{"source" : [ "com.cats" ] }"#)
    }

    @Test(arguments: [
        ("1", "1"), ("-0", "-0"), ("1e5", "1e5"), ("1.0", "1.0"), ("\"1\"", "\"1\""),
        ("01", "\"01\""), (".5", "\".5\""), ("+1", "\"+1\""), ("0x10", "\"0x10\""),
        ("yes", "\"yes\""), ("True", "\"True\""), ("true", "true"), ("'true'", "\"true\""),
        ("null", "null"), ("~", "null"), ("a b", "\"a b\""), ("2020-01-01", "\"2020-01-01\""),
        ("99999999999999999999999", "99999999999999999999999"), ("{}", "{}"), ("[[]]", "[[]]"),
    ])
    func `a value of a mapping is what JSON says that it is`(yaml: String, json: String) throws {
        let text = Mistake.good.replacing("1.50", with: yaml)
        let rules = try TopologyFile(text: text, file: "test.yaml").rules
        #expect(rules[0].pattern.contains(#"{"numeric":[">",\#(json)]}"#))
    }

    @Test func `templates are filled for each feeder and for nobody else`() throws {
        let topology = try TopologyFile(text: Mistake.good, file: "test.yaml")
        let installation = try topology.installation(for: [.init(name: "a"), .init(name: "b")])
        #expect(
            installation.clients.map(\.clientID) == ["Lambda", "Feeder-a", "Feeder-b", "Old"])
        #expect(
            installation.clients[2].policies[1]
                == #"{"Statement":{"Effect":"Deny","Action":"x","#
                + #""Resource":"client/${iot:ClientId}/b"}}"#)
        #expect(installation.feeders.map(\.feeder) == ["a", "b", nil])
        #expect(
            installation.feeders.map(\.actionTopic) == ["cats/a/action", "cats/b/action", "cats"])
        let none = try topology.installation(for: [])
        #expect(none.clients.map(\.clientID) == ["Lambda", "Old"])
    }

    @Test func `a thing a device is made for each device of each feeder`() throws {
        let text = Mistake.good
            .replacing("Feeder-${feeder}", with: "F-${feeder}-${device}")
        let topology = try TopologyFile(text: text, file: "test.yaml")
        let installation = try topology.installation(
            for: [.init(name: "a", devices: ["1", "2"]), .init(name: "b", devices: ["3"])])
        #expect(installation.feeders.map(\.clientID) == ["F-a-1", "F-a-2", "F-b-3", "Old"])
    }

    @Test func `two things that become one client are refused, and named`() throws {
        let text = Mistake.good.replacing("Old", with: "Feeder-b")
        let topology = try TopologyFile(text: text, file: "test.yaml")
        #expect(try topology.installation(for: [.init(name: "a")]).clients.count == 3)
        let error = try #require(throws: NameError.self) {
            try topology.installation(for: [.init(name: "a"), .init(name: "b")])
        }
        #expect(error.message.contains("\"Feeder-b\" is taken by \"Feeder-${feeder}\""))
        #expect(throws: NameError.self) {
            try topology.installation(for: [.init(name: "a"), .init(name: "a")])
        }
    }

    @Test func `a feeder that fits no topic is named before anything runs`() throws {
        let topology = try TopologyFile(text: Mistake.good, file: "test.yaml")
        for feeder in [
            TopologyFile.RegisteredFeeder(name: "a/b"),
            TopologyFile.RegisteredFeeder(name: "a", devices: ["B1", "B+"]),
        ] {
            let error = try #require(throws: NameError.self) {
                try topology.installation(for: [.init(name: "good"), feeder])
            }
            #expect(error.feeder == feeder.name)
        }
    }
}
