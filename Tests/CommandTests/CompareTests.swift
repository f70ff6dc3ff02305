import EventModel
import Foundation
import Testing

@Suite struct `What a feeder was told` {
    private static let buttons = Shipped.recorded("buttons.jsonl")
    private static let capture = Shipped.recorded("cat-feeder-action.jsonl")

    private func bench() throws -> Bench {
        let bench = try Bench()
        try bench.good("import \(Self.buttons) --ledger l")
        return bench
    }

    @Test func `is what the ledger says, between the first message and the last`() throws {
        let bench = try bench()
        let said = try bench.json("compare --ledger l --capture \(Self.capture) --json")
        #expect(said["equal"] == true)
        #expect(said["received"]?.integer == 2 && said["expected"]?.integer == 2)
        #expect(said["elsewhere"]?.integer == 1 && said["outside"]?.integer == 1)
        #expect(said["from"]?.string == "2023-03-12T07:15:04.000000Z")
        #expect(said["until"]?.string == "2023-03-12T18:02:33.000000Z")
        #expect(try bench.listing == ["l"])
    }

    @Test func `lacks a message, has one twice and one that no event leads to`() throws {
        let bench = try bench()
        let lines = try String(contentsOfFile: Self.capture, encoding: .utf8)
            .split(separator: "\n").map(String.init)
        let other = lines[0].replacing("SINGLE", with: "LONG")
        try bench.write([lines[1], lines[1], other].joined(separator: "\n"), to: "told")
        let done = try bench.run("compare --ledger l --capture told --json")
        #expect(done.ending == .exit(1))
        let said = try JSONValue(parsing: done.output)
        #expect(said["equal"] == false)
        let payload = "{\"event\":\"SINGLE\",\"reportedTime\":\"2023-03-12T07:15:04Z\"}"
        #expect(
            said["missing"] == [
                "count": 1,
                "examples": [
                    [
                        "sequence": 1, "message": .null, "topic": "cat-feeder/action",
                        "payload": .string(payload),
                    ]
                ],
            ])
        #expect(said[path: "repeated", "count"]?.integer == 1)
        let twice = try #require(said[path: "repeated", "examples"]?.elements.first)
        #expect(twice["sequence"]?.integer == 2 && twice["message"]?.integer == 1)
        #expect(said[path: "unexpected", "count"]?.integer == 1)
        let alone = try #require(said[path: "unexpected", "examples"]?.elements.first)
        #expect(alone["sequence"] == .null && alone["message"]?.integer == 3)
        let text = try bench.run("compare --ledger l --capture told")
        #expect(text.ending == .exit(1))
        #expect(text.output.contains("  missing     1\n    sequence 1: cat-feeder/action {"))
    }

    @Test func `is compared with the whole ledger where one asks for it`() throws {
        let bench = try bench()
        let done = try bench.run(
            "compare --ledger l --capture \(Self.capture) --until head --json")
        #expect(done.ending == .exit(1))
        let said = try JSONValue(parsing: done.output)
        #expect(said[path: "missing", "examples"]?.elements.first?["sequence"]?.integer == 3)
        let part = try bench.json(
            "compare --ledger l --capture \(Self.capture) --until seq:2 --json")
        #expect(part["expected"]?.integer == 2)
    }

    @Test func `is nothing at all where the capture is empty: all of the ledger is missing`() throws
    {
        let bench = try bench()
        try bench.write("", to: "told")
        let done = try bench.run("compare --ledger l --capture told --json")
        #expect(done.ending == .exit(1))
        let said = try JSONValue(parsing: done.output)
        #expect(said[path: "missing", "count"]?.integer == 3)
    }

    @Test func `is read by a mended topology's rules`() throws {
        let bench = try bench()
        let done = try bench.run(
            "compare --ledger l --topology mended --capture \(Self.capture) --json")
        #expect(done.ending == .exit(1))
    }

    @Test func `is no capture: every bad line is named, and nothing is compared`() throws {
        let bench = try bench()
        try bench.write("{\"tst\":5,\"topic\":\"a\",\"payload\":1}\n{}\n", to: "told")
        let said = try bench.bad(65, "compare --ledger l --capture told")
        #expect(said.contains("told:1:8: \"tst\" is a number"))
        #expect(said.contains("told:2:1: ") && said.contains("nothing was compared"))
        #expect(try bench.bad(66, "compare --ledger l --capture none").contains("no capture none"))
    }
}
