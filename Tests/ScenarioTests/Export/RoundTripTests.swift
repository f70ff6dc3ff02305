import EventModel
import Foundation
import Testing

@testable import Scenario

/// The text that an export of these events gives.
func exported(_ events: [Event], _ format: ExportFormat) throws -> String {
    var bytes: [UInt8] = []
    var exporter = EventExporter(format: format) { bytes.append(contentsOf: $0) }
    for (place, event) in events.enumerated() {
        try exporter.write(event, sequence: Int64(place + 1))
    }
    try exporter.finish()
    #expect(exporter.byteCount == bytes.count)
    return String(decoding: bytes, as: UTF8.self)
}

/// The tree with the members of every object sorted: equal for equal JSON.
func normal(_ value: JSONValue) -> JSONValue {
    switch value {
    case .array(let elements): .array(elements.map(normal))
    case .object(let members):
        .object(
            members.map { .init($0.key, normal($0.value)) }
                .sorted { Array($0.key.utf8).lexicographicallyPrecedes(Array($1.key.utf8)) })
    default: value
    }
}

func normalLines(_ text: String) throws -> [JSONValue] {
    try text.split(separator: "\n").map { normal(try JSONValue(parsing: $0)) }
}

/// Events as the simulation puts them: milliseconds, a device, no envelope.
let simulated: [Event] = (0..<5).map { place in
    Event(
        id: EventID(time: Timestamp(seconds: 1_700_000_000), random: (UInt64(place), 7)),
        time: Timestamp(microseconds: 1_700_000_000_000_000 + Int64(place) * 1_001_000),
        recorded: Timestamp(microseconds: 1_700_000_000_000_001),
        content: EventContent(
            source: FeederSystem.source, detailType: FeederSystem.detailType, device: "G030",
            detail: "{\"click-type\": \"DOUBLE\", \"device-id\": \"G030\"}"))
}

let eventBridgeSamples = [
    envelope(),
    envelope(id: "Ünï \\\"q\\\" \\u00e9", more: ",\"replay-name\":\"march\""),
    envelope(time: "2023-03-12T07:15:04.5Z", more: ",\"extra\":{\"a\": [1e2, 1.0, -0]}"),
    envelope(time: "2023-03-12T19:15:04+12:00"),
    envelope(time: "2023-03-12t07:15:04.000z"),
    envelope(time: "2023-03-12T07:15:04.1234567Z"),
    envelope(detail: "{\"click-type\":\"SINGLE\",\"click-type\":\"LONG\",\"n\":9007199254740993}"),
    envelope(detail: "{ \"a\" : \"\\u0041\\ud83d\\ude00 😀\", \"device-id\":\"D\" }"),
    "{\"detail\":{},\"id\":\"x\",\"source\":\"s\",\"time\":\"1969-12-31T23:59:59.999Z\",\"detail-type\":\"t\"}",
]

@Suite struct `Round trips` {
    @Test(arguments: eventBridgeSamples)
    func `an envelope comes back equal`(line: String) throws {
        let events = try imported(line).events
        #expect(try normalLines(exported(events, .original)) == normalLines(line))
        try expectLossless(events)
    }

    @Test(arguments: ["eventbridge-archive.jsonl", "buttons.jsonl"])
    func `a recorded file comes back equal`(name: String) throws {
        let input = text(of: recorded(name))
        let events = try imported(input).events
        #expect(events.count == input.split(separator: "\n").count)
        #expect(try normalLines(exported(events, .original)) == normalLines(input))
        try expectLossless(events)
    }

    @Test func `button forms without a time come back equal`() throws {
        let input = text(of: recorded("buttons-without-time.jsonl"))
        let events = try imported(
            input, ImportOptions(time: Timestamp(seconds: 1_680_000_000))
        ).events
        #expect(try normalLines(exported(events, .original)) == normalLines(input))
        try expectLossless(events)
    }

    @Test func `a jsonl line written by hand comes back with its parts`() throws {
        let line = """
            {"id":"a","time":"2023-03-12T20:15:04.25+13:00","source":"s","detailType":"t",\
            "detail":{"device-id":"D"},"region":"r","note":[1, 2]}
            """
        let events = try imported(line).events
        #expect(
            try exported(events, .original) == """
                {"id":"a","time":"2023-03-12T20:15:04.25+13:00","source":"s","detailType":"t",\
                "detail":{"device-id":"D"},"region":"r","note":[1,2]}

                """)
        #expect(
            try exported(events, .jsonl) == """
                {"sequence":1,"id":"a","time":"2023-03-12T07:15:04.250000Z","recorded":null,\
                "source":"s","detailType":"t","device":"D","detail":{"device-id":"D"},\
                "envelope":{"region":"r","note":[1,2],"jsonl":{\
                "omits":["sequence","recorded","device"],"time":"2023-03-12T20:15:04.25+13:00",\
                "members":["region","note"]}}}

                """)
        try expectLossless(events)
    }

    @Test func `simulated events keep milliseconds, and whole seconds on EventBridge`() throws {
        try expectLossless(simulated)
        let original = try exported(simulated, .original).split(separator: "\n")
        #expect(
            original[1] == """
                {"version":"0","id":"018bcfe5-6800-7001-8000-000000000007",\
                "detail-type":"AWS IoT 1-Click","source":"com.feedmyfurbabies",\
                "account":"123456789012","time":"2023-11-14T22:13:21.001Z",\
                "region":"ap-southeast-2","resources":[],\
                "detail":{"click-type": "DOUBLE", "device-id": "G030"}}
                """)
        #expect(
            try exported(simulated, .eventbridge).split(separator: "\n")[1]
                == original[1].replacing(".001Z", with: "Z"))
    }

    @Test(arguments: [
        ("2023-03-12T07:15:04Z", "2023-03-12T07:15:04Z"),
        ("2023-03-12T19:15:04.000+12:00", "2023-03-12T07:15:04Z"),
        ("2023-03-12T07:15:04.5Z", "2023-03-12T07:15:04.500Z"),
        ("2023-03-12T07:15:04.0005Z", "2023-03-12T07:15:04.000500Z"),
    ])
    func `eventbridge writes UTC, with a fraction only where there is one`(from: String, to: String)
        throws
    {
        let events = try imported(envelope(time: from)).events
        #expect(try exported(events, .eventbridge) == envelope(time: to) + "\n")
    }

    @Test func `eventbridge invents nothing for what was an envelope`() throws {
        let line =
            "{\"id\":\"x\",\"detail-type\":\"t\",\"source\":\"s\",\"time\":\"2023-01-01T00:00:00Z\",\"detail\":{}}\n"
        #expect(try exported(imported(line).events, .eventbridge) == line)
    }

    @Test(arguments: ["\n", "\r\n", "\r"])
    func `a detail with line breaks stays byte for byte`(lineBreak: String) throws {
        let detail =
            "{\(lineBreak)  \"click-type\": \"SINGLE\",\(lineBreak)  \"a\": \"\\n\"\(lineBreak)}"
        let events = try imported(envelope(detail: detail)).events
        #expect(events[0].detail == detail)
        let line = try exported(events, .jsonl)
        #expect(line.utf8.count { $0 == 0x0A } == 1)
        #expect(
            line.contains("\"detail\":{\"click-type\":\"SINGLE\",\"a\":\"\\n\"},\"detailText\":\""))
        try expectLossless(events)
        #expect(
            try normalLines(exported(events, .original)) == [
                normal(try JSONValue(parsing: envelope(detail: detail)))
            ])
    }

    @Test func `a device that the line states wins over the detail's`() throws {
        for device in ["null", "\"E\""] {
            let line = """
                {"id":"a","time":"2023-03-12T07:15:04Z","source":"s","detailType":"t",\
                "device":\(device),"detail":{"device-id":"D"}}
                """
            let events = try imported(line).events
            #expect(events[0].device == (device == "null" ? nil : "E"))
            try expectLossless(events)
        }
    }

    @Test func `what is nested as deeply as may be comes back, and one level more is refused`()
        throws
    {
        func deep(_ levels: Int) -> String {
            String(repeating: "[", count: levels) + String(repeating: "]", count: levels)
        }
        func button(_ levels: Int) -> String {
            "{\"clickType\":\"LONG\",\"devicePayload\":{\"reportedTime\":1,\"x\":\(deep(levels - 2))}}"
        }
        func wrapped(_ levels: Int) -> String { envelope(more: ",\"x\":\(deep(levels - 1))") }
        for line in [button(510), wrapped(511), envelope(detail: "{\"x\":\(deep(510))}")] {
            let events = try imported(line).events
            #expect(try normalLines(exported(events, .original)) == normalLines(line))
            try expectLossless(events)
        }
        for line in [button(511), wrapped(512), envelope(detail: "{\"x\":\(deep(511))}")] {
            #expect(failure { try imported(line) }.contains("nested deeper than 512 levels"))
        }
    }

    @Test func `a line longer than the exporter's buffer is written whole`() throws {
        let detail = "{\"a\":\"\(String(repeating: "x", count: 300_000))\"}"
        let events = try imported(envelope(id: "a") + envelope(detail: detail) + envelope(id: "b"))
            .events
        #expect(
            try exported(events, .eventbridge).split(separator: "\n").map(\.utf8.count)
                == [envelope(id: "a"), envelope(detail: detail), envelope(id: "b")].map(
                    \.utf8.count))
        try expectLossless(events)
    }

    /// Exports as jsonl, imports that, and compares every field; then exports again.
    private func expectLossless(_ events: [Event]) throws {
        let lines = try exported(events, .jsonl)
        let again = try imported(lines).events
        #expect(again.fields == events.fields)
        #expect(again.map(\.content.digest) == events.map(\.content.digest))
        #expect(try exported(again, .jsonl) == lines)
    }
}
