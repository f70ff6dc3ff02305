import EventModel
import Foundation
import Testing

@Suite struct `The press command` {
    private static let at = "--at 2025-01-01T07:00:00.250Z"

    private func payloads(_ press: JSONValue) -> [String] {
        press["messages"]?.elements.compactMap { $0["payload"]?.string } ?? []
    }

    @Test func `makes a ledger, feeds, and tells what changed`() throws {
        let bench = try Bench()
        let press = try bench.json("press LONG --ledger l --json \(Self.at)")
        #expect(press["sequence"]?.integer == 1)
        #expect(press["root"]?.string == (try bench.root("l")))
        #expect(press[path: "event", "detail"] == ["click-type": "LONG"])
        #expect(press[path: "event", "time"]?.string == "2025-01-01T07:00:00Z")
        #expect(press[path: "event", "replay-name"] == nil)
        #expect(payloads(press) == [#"{"event": "LONG", "reportedTime": "2025-01-01T07:00:00Z"}"#])
        let runs = press["feeders"]?.elements.first?["runs"]?.elements ?? []
        #expect(runs.map { $0["motor"]?.string } == ["left", "right"])
        #expect(runs.map { $0["grams"]?.integer } == [25, 25])
        #expect(runs.map { $0["seconds"]?.integer } == [10, 10])
        #expect(press["feeders"]?.elements.first?["hopperGrams"]?.integer == 1_950)
        #expect(press["archives"]?.elements.isEmpty == true)
        let totals = press[path: "projections", "bowl-totals"]?.elements ?? []
        #expect(totals.map { $0["key"] } == [["default", "left"], ["default", "right"]])
        #expect(totals.first?[path: "changes", "grams", "after"]?.integer == 25)
        try bench.good("verify --ledger l")
        #expect(try bench.listing == ["l"])
    }

    @Test func `twice is two presses, though they are equal`() throws {
        let bench = try Bench()
        let first = try bench.json("press SINGLE --ledger l --json --device b1 \(Self.at)")
        let second = try bench.json("press SINGLE --ledger l --json --device b1 \(Self.at)")
        #expect(second["sequence"]?.integer == 2)
        #expect(first[path: "event", "id"] != second[path: "event", "id"])
        let left = second[path: "projections", "bowl-totals"]?.elements.first
        #expect(left?["key"] == ["b1", "left"])
        #expect(left?[path: "changes", "dispenses", "before"]?.integer == 1)
        #expect(left?[path: "changes", "dispenses", "after"]?.integer == 2)
        try bench.good("verify --ledger l")
        #expect(try bench.number("l", "select count(*) from press") == 2)
    }

    @Test func `goes on in a ledger of years`() throws {
        let bench = try Bench()
        try bench.good("simulate --scenario \(Shipped.twoCats) --years 1 --seed 1 --ledger l")
        let before = try bench.json("info --json --ledger l")
        let head = try #require(before["events"]?.integer ?? before["head"]?.integer)
        let press = try bench.json(
            "press SINGLE --ledger l --json --device G030PM0123456789 \(Self.at)")
        #expect(press["sequence"]?.integer == head + 1)
        let left = press[path: "projections", "bowl-totals"]?.elements.first
        #expect(left?["key"] == ["kitchen", "left"])
        try bench.good("verify --ledger l")
    }

    @Test func `as mended keeps the moment and the button, and is archived`() throws {
        let bench = try Bench()
        let press = try bench.json(
            "press DOUBLE --ledger l --json --topology mended --device b1 \(Self.at)")
        let id = try #require(press[path: "event", "id"]?.string)
        #expect(
            press[path: "event", "detail"] == [
                "click-type": "DOUBLE", "reported-time": "2025-01-01T07:00:00.250Z",
                "device-id": "b1",
            ])
        #expect(
            payloads(press) == [
                #"{"event": "DOUBLE", "reportedTime": "2025-01-01T07:00:00.250Z", "id": "\#(id)"}"#
            ])
        #expect(press["messages"]?.elements.first?["qos"]?.integer == 1)
        #expect(press["archives"] == ["all-events"])
    }

    @Test(arguments: ["deployed", "mended", "fleet"])
    func `is the same in memory and over real sockets`(topology: String) throws {
        let bench = try Bench()
        let line = "press LONG --topology \(topology) --device b1 \(Self.at)"
        let memory = try bench.good("\(line) --ledger l")
        bench.remove("l")
        #expect(try bench.good("\(line) --ledger l --mqtt wire") == memory)
        #expect(memory.contains("rule          feeds-rule matches"))
    }

    @Test func `shows rules that do not match, and what a target is given`() throws {
        let bench = try Bench()
        try bench.write(
            """
            name: own
            bus: {name: cats, account: "123456789012", region: ap-southeast-2}
            button-handler: deployed
            archives:
              - {name: longs, pattern: {detail: {click-type: [LONG]}}}
              - {name: all}
            rules:
              - name: click
                pattern: {source: [com.feedmyfurbabies]}
                targets:
                  - {id: log, kind: file, path: log.jsonl, input-path: $.detail}
                  - {id: broken, kind: process, command: ["false"]}
              - name: longs
                pattern: {detail: {click-type: [LONG]}}
                targets: [{id: other, kind: file, path: other.jsonl}]
              - name: asleep
                state: disabled
                pattern: {source: [com.feedmyfurbabies]}
                targets: [{id: third, kind: file, path: third.jsonl}]
            """, to: "own.yaml")
        let text = try bench.good("press SINGLE --ledger l --topology own.yaml \(Self.at)")
        #expect(text.contains("archives      all\n"))
        #expect(text.contains("rule          click matches\n"))
        #expect(text.contains(#"log is given {"click-type": "SINGLE"}"# + "\n"))
        #expect(text.contains("broken is given the event, and fails: PROCESS_FAILED:"))
        #expect(text.contains("broken is given the event, attempt 2, and fails:"))
        #expect(text.contains("rule          longs does not match\n"))
        #expect(text.contains("rule          asleep is disabled\n"))
        #expect(text.contains("bus           1 attempt more would be made later\n"))
        #expect(try bench.read("log.jsonl") == "{\"click-type\": \"SINGLE\"}\n")
        #expect(try bench.read("other.jsonl").isEmpty)
        #expect(try bench.listing == ["l", "log.jsonl", "other.jsonl", "own.yaml"])
    }

    @Test func `that meets a dead broker is in the ledger, and says so`() throws {
        let bench = try Bench()
        let said = try bench.bad(
            75, "press SINGLE --ledger l --mqtt mqtt://127.0.0.1:1 --broker-timeout 1 \(Self.at)")
        #expect(said.contains("the press is in l as sequence 1, and went no further"))
        #expect(said.contains("--from seq:1 --until seq:1 --replays publish --target cat-feeder"))
        try bench.good("verify --ledger l")
        #expect(try bench.number("l", "select count(*) from press") == 1)
        let replay = try bench.json("replay --ledger l --from seq:1 --target cat-feeder --json")
        #expect(replay["dispenses"]?.integer == 1)
    }

    @Test(arguments: [
        (64, "press single --ledger l", "did you mean \"SINGLE\"?"),
        (64, "press nothing --ledger l", "it may be \"SINGLE\", \"DOUBLE\", \"LONG\""),
        (64, "press SINGLE --ledger l --at soon", "--at soon"),
        (64, "press SINGLE --ledger l --mqtt nowhere", "--mqtt takes memory, wire"),
        (64, "press SINGLE --ledger l --mqtt mqtt://198.51.100.1", "--allow-real-broker"),
        (64, "press SINGLE --ledger l --default-zone Mars/Base", "--default-zone"),
        (64, "press SINGLE", "Missing expected argument"),
        (66, "press SINGLE --ledger l --topology none.yaml", "no topology none.yaml"),
        (65, "press SINGLE --ledger l --topology fleet --device a/b", "cannot stand there"),
        (73, "press SINGLE --ledger none/l", "there is no folder"),
        (65, "press SINGLE --ledger .", "is a directory"),
    ])
    func `with a mistake leaves nothing`(code: Int32, line: String, message: String) throws {
        let bench = try Bench()
        let said = try bench.bad(code, line)
        #expect(said.contains(message), "\(said)")
        #expect(try bench.listing.isEmpty)
    }

    @Test func `refuses what is no ledger, and a button without a name in quotes`() throws {
        let bench = try Bench()
        try bench.write("no ledger", to: "text")
        try bench.bad(65, "press SINGLE --ledger text")
        #expect(try bench.read("text") == "no ledger")
        let said = try bench.bad(64, "press SINGLE --ledger l --device", [""])
        #expect(said.contains("--device takes a button's id, and is empty"))
        #expect(try bench.listing == ["text"])
    }
}
