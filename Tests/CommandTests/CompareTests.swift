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

    @Test func `may reach beyond the time that is compared`() throws {
        let bench = try bench()
        let said = try bench.json(
            "compare --ledger l --capture \(Self.capture) --from seq:2 --until seq:2 --json")
        #expect(said["equal"] == true && said["expected"]?.integer == 1)
        #expect(said["received"]?.integer == 2 && said["beside"]?.integer == 1)
        let text = try bench.good(
            "compare --ledger l --capture \(Self.capture) --until 2020-01-01T00:00:00Z")
        #expect(text.contains("  beside      2 captured of events before or after that"))
    }

    @Test func `is judged by the messages on the feeders' topics, whatever others name`() throws {
        let bench = try bench()
        let line = try #require(
            String(contentsOfFile: Self.capture, encoding: .utf8).split(separator: "\n").first.map(
                String.init))
        let other = line.replacing("feeder/action", with: "feeder/log")
            .replacing("07:15:04Z", with: "00:00:00Z")
        try bench.write([other, line].joined(separator: "\n"), to: "told")
        let said = try bench.json("compare --ledger l --capture told --json")
        #expect(said["from"]?.string == "2023-03-12T07:15:04.000000Z")
        #expect(said["elsewhere"]?.integer == 1 && said["equal"] == true)
    }

    @Test func `was told before the capture began where a message is retained`() throws {
        let bench = try bench()
        let lines = try String(contentsOfFile: Self.capture, encoding: .utf8)
            .split(separator: "\n").map(String.init)
        let kept = lines[0].replacing("\"retain\":0", with: "\"retain\":1")
        // It neither begins the time that is compared nor is it a second message.
        try bench.write([kept, lines[1]].joined(separator: "\n"), to: "told")
        var said = try bench.json("compare --ledger l --capture told --json")
        #expect(said["received"]?.integer == 1 && said["retained"]?.integer == 1)
        #expect(said["from"]?.string == "2023-03-12T18:02:33.000000Z")
        try bench.write([kept, lines[0], lines[1]].joined(separator: "\n"), to: "told")
        said = try bench.json("compare --ledger l --capture told --json")
        #expect(said["received"]?.integer == 2 && said["equal"] == true)
        // It may stand for the message itself.
        try bench.write([kept, lines[1]].joined(separator: "\n"), to: "told")
        said = try bench.json("compare --ledger l --capture told --until seq:2 --json")
        #expect(said["expected"]?.integer == 2 && said["equal"] == true)
        // But nobody may have kept what no event leads to.
        try bench.write(kept.replacing("SINGLE", with: "LONG"), to: "told")
        let done = try bench.run("compare --ledger l --capture told --until seq:0 --json")
        #expect(done.ending == .exit(1))
        #expect(
            try JSONValue(parsing: done.output)[path: "unexpected", "count"]?.integer == 1)
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
