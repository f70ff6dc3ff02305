import EventModel
import Foundation
import Testing

@Suite struct `The experiment command` {
    private static let names = [
        "replay-feeds", "redelivery", "order", "press-time", "qos0", "blocked", "archive-lag",
        "no-archive",
    ]

    @Test func `lists the hazards in the order in which they are known`() throws {
        let bench = try Bench()
        let lines = try bench.good("experiment list").split(separator: "\n")
        #expect(lines.map { String($0.prefix { $0 != " " }) } == Self.names)
        let listed = try bench.json("experiment list --json")["experiments"]?.elements ?? []
        #expect(listed.map { $0["name"]?.string } == Self.names)
    }

    @Test func `shows hazard, numbers and verdicts, and leaves nothing behind`() throws {
        let bench = try Bench()
        let text = try bench.good("experiment run no-archive")
        let lines = text.split(separator: "\n").map(String.init)
        #expect(lines[0].hasPrefix("no-archive: The archive may not exist:"))
        #expect(lines.contains("    presses archived                            0     500"))
        #expect(lines.contains("  deployed FAILS: 0 of 500 presses can be replayed"))
        #expect(lines.contains("  mended holds: 500 of 500 presses can be replayed"))
        #expect(try bench.listing.isEmpty)
    }

    @Test func `prints the same bytes for the same seed`() throws {
        let bench = try Bench()
        let first = try bench.good("experiment run qos0 --seed 9")
        #expect(try bench.good("experiment run qos0 --seed 9") == first)
        #expect(try bench.good("experiment run qos0 --seed 10") != first)
    }

    @Test func `runs all, one after another`() throws {
        let bench = try Bench()
        let run = try bench.json("experiment run all --years 1 --json")
        let results = run["experiments"]?.elements ?? []
        #expect(results.map { $0["name"]?.string } == Self.names)
        for one in results {
            #expect(one["asExpected"] == .bool(true), "\(one.text())")
            #expect(one[path: "deployed", "holds"] == .bool(false))
            #expect(one[path: "mended", "holds"] == .bool(true))
            #expect(one["measures"]?.elements.isEmpty == false)
        }
    }

    @Test(arguments: [
        ("experiment run redelivry", "no experiment redelivry; did you mean \"redelivery\"?"),
        ("experiment run nonsense", "it may be \"replay-feeds\", \"redelivery\""),
        ("experiment run qos0 --years 0", "--years takes 1 to 100, not 0"),
        ("experiment run qos0 --sed 1", "did you mean --seed?"),
        ("experiment run", "Missing expected argument"),
    ])
    func `names what is wrong`(line: String, message: String) throws {
        let bench = try Bench()
        let said = try bench.bad(64, line)
        #expect(said.contains(message), "\(said)")
        #expect(try bench.listing.isEmpty)
    }

    @Test(arguments: names)
    func `is described, each with what it prints`(name: String) throws {
        let page = try String(
            contentsOfFile: "\(Shipped.root)/docs/experiments.md", encoding: .utf8)
        let printed = try Bench().good("experiment run \(name)")
        #expect(page.contains("$ replaylab experiment run \(name)\n\(printed)"), "\(printed)")
    }
}
