import EventModel
import Testing

@testable import Topology

@Suite struct ArchiveTests {
    private func topology(_ archives: String) throws -> TopologyFile {
        try TopologyFile(
            text: Mistake.good + "\n" + archives + "\n", file: "archives.yaml")
    }

    @Test func `a topology without the key has no archive`() throws {
        #expect(try topology("").archives.isEmpty)
    }

    @Test func `an empty list says that nothing is kept`() throws {
        #expect(try topology("archives: []").archives.isEmpty)
        #expect(try TopologyFile(shipped: .deployed).archives.isEmpty)
    }

    @Test(arguments: [ShippedTopology.mended, .fleet])
    func `the mended systems keep all events`(shipped: ShippedTopology) throws {
        #expect(
            try TopologyFile(shipped: shipped).archives == [.init(name: "all-events", pattern: nil)]
        )
    }

    @Test func `archives have names, and patterns as rules have them`() throws {
        let text = """
            archives:
              - name: everything
              - {name: feeds.1, pattern: {source: [com.cats]}}
              - name: as-json
                pattern: '{"source" : [ "com.cats" ]}'
            """
        #expect(
            try topology(text).archives == [
                .init(name: "everything", pattern: nil),
                .init(name: "feeds.1", pattern: #"{"source":["com.cats"]}"#),
                .init(name: "as-json", pattern: #"{"source" : [ "com.cats" ]}"#),
            ])
    }

    @Test(arguments: [
        (nil, #"{"replay-name":[{"exists":false}]}"#),
        (#"{"source" : ["a"]}"#, #"{"source":["a"],"replay-name":[{"exists":false}]}"#),
    ])
    func `the service's own rule leaves replays out`(pattern: String?, managed: String) {
        #expect(TopologyFile.Archive(name: "a", pattern: pattern).managedPattern == managed)
    }

    @Test(arguments: [
        ("archives: everything", "a list of archives was expected"),
        ("archives: [{nam: a}]", "did you mean \"name\"?"),
        ("archives: [{pattern: {source: [a]}}]", "an archive needs the key \"name\""),
        ("archives: [{name: a}, {name: a}]", "an archive \"a\" is there already"),
        ("archives: [{name: a b}]", "the name of an archive has 1 to 48"),
        ("archives: [{name: \(String(repeating: "a", count: 49))}]", "has 1 to 48"),
        ("archives: [{name: a, pattern: {}}]", "not an empty object"),
        ("archives: [{name: a, pattern: \"{\"}]", "this is no JSON"),
        ("archives: [{name: a, pattern: {replay-name: [x]}}]", "leave that out"),
    ])
    func `a mistake is named with its place`(text: String, message: String) throws {
        do {
            _ = try topology(text)
            Issue.record("\(text) was read")
        } catch let error as TopologyError {
            #expect(error.message.contains(message), "\(error)")
            #expect(error.line == Mistake.good.split(separator: "\n").count + 1, "\(error)")
        }
    }
}
