import EventModel
import Testing

@testable import Scenario

/// A `jsonl` line with the members that every one has, and some more.
private func line(
    id: String = "q1", time: String = "2024-03-01T20:00:00+13:00",
    detail: String = "{\"click-type\":\"SINGLE\"}", _ more: String = ""
) -> String {
    "{\"id\":\"\(id)\",\"time\":\"\(time)\",\"source\":\"com.feedmyfurbabies\","
        + "\"detailType\":\"AWS IoT 1-Click\",\"detail\":\(detail)\(more)}"
}

/// What a line has that is as an export writes it, `time` and `detail` aside.
private let rest = ",\"sequence\":1,\"recorded\":\"2024-03-01T08:00:00.000000Z\",\"device\":null"
private let canonicalTime = "2024-03-01T07:00:00.000000Z"
/// Where the ledger took it in; the times of `rest` are later.
private let taken = Timestamp(seconds: 1_709_200_000)

private let handWritten = [
    line(",\"note\":5"),
    line(",\"note\":5" + rest),
    line(time: "2024-03-01T07:00:00Z"),
    line(time: "2024-03-01T07:00:00.5Z", rest),
    line(time: "2024-03-01T07:00:00.500Z", rest),
    line(time: "2024-03-01 07:00:00.1234567z", rest),
    line(time: "2024-03-01T07:00:00\\u005A", rest),
    line(time: canonicalTime, ",\"sequence\":1,\"device\":\"D\""),
    line(time: canonicalTime, ",\"sequence\":1,\"device\":null,\"recorded\":null"),
    line(time: canonicalTime, ",\"recorded\":\"2024-03-01T08:00:00Z\""),
    line(time: canonicalTime, ",\"recorded\":\"2024-03-01T08:00:00.250Z\""),
    line(time: canonicalTime, ",\"recorded\":\"2024-03-01T21:00:00.1+13:00\""),
    line(detail: "{\"device-id\":\"D\",\"n\":1.0e2}"),
    line(detail: "{\"device-id\":\"D\"}", ",\"device\":\"E\""),
    line(detail: "{\"device-id\":\"D\"}", ",\"device\":null"),
    line(time: canonicalTime, rest + ",\"form\":\"jsonl\""),
    line(time: canonicalTime, rest + ",\"envelope\":{}"),
    line(time: canonicalTime, rest + ",\"envelope\":{},\"note\":null"),
    line(",\"envelope\":{\"account\":\"1\",\"region\":\"r\"},\"a\":[1, 2.50],\"version\":\"0\""),
    line(",\"envelope\":{\"time\":\"2024-03-01T07:00:00Z\"},\"n\\u006fte\":{\"x\":{}}"),
    line(",\"\u{E9}\":1,\"envelope\":{\"e\u{301}\":2}"),
    line(detail: "{\"a\":1}", ",\"detailText\":\"{ \\\"a\\\" : 1 }\""),
    line(detail: "{\"a\":1}", ",\"detailText\":\"{\\n\\\"a\\\": 1}\""),
    line(time: canonicalTime, rest + ",\"replay-name\":\"r\",\"resources\":[]"),
]

/// The lines as trees, all with the number that an export of one event writes.
private func trees(_ text: String) throws -> [JSONValue] {
    try normalLines(text).map { tree in
        guard case .object(let members) = tree else { return tree }
        return .object(members.map { $0.key == "sequence" ? .init("sequence", 1) : $0 })
    }
}

/// The events as a ledger gives them: each with a time at which it was taken in.
private func kept(_ events: [Event]) -> [Event] {
    events.map { event in
        var event = event
        event.recorded = event.recorded ?? taken
        return event
    }
}

@Suite struct `Lines written by hand` {
    @Test(arguments: handWritten)
    func `come back equal, but for their number`(line: String) throws {
        for events in [try imported(line).events, kept(try imported(line).events)] {
            #expect(try trees(exported(events, .original)) == trees(line))
        }
    }

    @Test(arguments: handWritten)
    func `are the same in every field after a jsonl export, and come back equal then`(line: String)
        throws
    {
        for events in [try imported(line).events, kept(try imported(line).events)] {
            let lines = try exported(events, .jsonl)
            let again = try imported(lines).events
            #expect(again.fields == events.fields)
            #expect(again.map(\.content.digest) == events.map(\.content.digest))
            #expect(try exported(again, .jsonl) == lines)
            #expect(try trees(exported(again, .original)) == trees(line))
        }
    }

    @Test func `all in one file do not mix their spellings`() throws {
        let lines = handWritten.enumerated().map { place, line in
            line.replacing("\"q1\"", with: "\"q\(place)\"")
                .replacing(",\"sequence\":1,", with: ",\"sequence\":\(place + 1),")
        }
        let text = lines.joined(separator: "\n")
        let events = try imported(text).events
        #expect(try trees(exported(events, .original)) == trees(text))
        #expect(try imported(exported(kept(events), .jsonl)).events.fields == kept(events).fields)
    }

    @Test func `with numbers of their own get the ledger's`() throws {
        let text = line(",\"sequence\":7") + line(id: "q2", ",\"sequence\":9")
        let original = try exported(imported(text).events, .original).split(separator: "\n")
        #expect(original.map { $0.prefix(14) } == ["{\"sequence\":1,", "{\"sequence\":2,"])
    }

    @Test func `once exported, keep their first spelling whatever the export loses`() throws {
        let text = line(",\"note\":5")
        let lines = try exported(imported(text).events, .jsonl)
        let again = try imported(
            lines.replacing("\"sequence\":1,", with: "").replacing(".000000Z", with: "Z")
        ).events
        #expect(try again.fields == imported(text).events.fields)
        #expect(try trees(exported(again, .original)) == trees(text))
    }

    @Test func `spread over several lines, come back on one`() throws {
        let events = try imported(line(detail: "{\n\"a\": 1}")).events
        #expect(events[0].detail == "{\n\"a\": 1}")
        #expect(try trees(exported(events, .original)) == trees(line(detail: "{\"a\":1}")))
        #expect(try imported(exported(events, .jsonl)).events.fields == events.fields)
    }

    @Test(arguments: [
        (",\"device\":null", "\"omits\":[\"sequence\",\"recorded\"]"),
        (rest + ",\"note\":5", "\"members\":[\"note\"]"),
        (rest + ",\"form\":\"jsonl\",\"envelope\":{}", "\"adds\":[\"form\",\"envelope\"]"),
        (",\"sequence\":1,\"recorded\":null,\"device\":\"D\"", "\"recorded\":null"),
        (
            ",\"sequence\":1,\"recorded\":\"2024-03-01T08:00:00Z\",\"device\":\"D\"",
            "\"recorded\":0"
        ),
    ])
    func `keep in the envelope only what differs`(more: String, spelling: String) throws {
        let event = try imported(line(time: canonicalTime, more)).events[0]
        let members = more.contains("note") ? "\"note\":5," : ""
        #expect(event.content.envelope == "{\(members)\"jsonl\":{\(spelling)}}")
    }

    @Test(arguments: ["", ",\"envelope\":{\"region\":\"r\",\"note\":[1,2]}"])
    func `exactly as an export writes them keep no spelling`(more: String) throws {
        let text = """
            {"sequence":1,"id":"a","time":"\(canonicalTime)","recorded":"\(canonicalTime)",\
            "source":"s","detailType":"t","device":null,"detail":{"a": 1}\(more)}

            """
        let events = try imported(text).events
        #expect(
            events[0].content.envelope == (more.isEmpty ? nil : "{\"region\":\"r\",\"note\":[1,2]}")
        )
        #expect(try exported(events, .jsonl) == text)
        #expect(try exported(events, .original) == text)
    }

    @Test func `with times in UTC share one content`() throws {
        let text = (0..<9).map { line(id: "q\($0)", time: "2024-03-01T07:00:0\($0)Z") }.joined()
        #expect(Set(try imported(text).events.map(\.content.digest)).count == 1)
        #expect(try trees(exported(imported(text).events, .original)).count == 9)
    }

    @Test func `show the ledger's recorded time where it had to be raised`() throws {
        for spelled in ["2024-03-01T08:00:00Z", "2024-03-01T21:00:00+13:00", canonicalTime] {
            var events = try imported(line(",\"recorded\":\"\(spelled)\"")).events
            events[0].recorded = Timestamp(microseconds: 1_709_300_000_000_001)
            #expect(
                try exported(events, .original)
                    .contains(",\"recorded\":\"2024-03-01T13:33:20.000001Z\","))
        }
    }

    @Test func `and their copies in another spelling are one event`() throws {
        let copies = [
            line(), line(rest), line(time: canonicalTime, rest),
            line(time: canonicalTime, ",\"envelope\":{},\"form\":\"jsonl\""),
        ].map { $0.replacing("\"sequence\":1,", with: "") }
        #expect(try imported(copies.joined()).report.duplicates == 3)
        let first = try imported(line()).events
        #expect(try imported(copies.joined(), existing: first).report.known == 4)
        #expect(
            failure { try imported(line() + line(",\"note\":5")) }
                .contains("with other content: envelope is {\"note\":5} in one and {} in the other")
        )
        #expect(
            try imported(
                line(",\"note\":5") + line(",\"envelope\":{\"note\":5}")
            ).report.duplicates == 1)
    }

    @Test func `lose their spelling in an EventBridge envelope, and nothing else`() throws {
        let events = try imported(line(",\"note\":5,\"region\":\"r\"")).events
        #expect(
            try exported(events, .eventbridge) == """
                {"id":"q1","detail-type":"AWS IoT 1-Click","source":"com.feedmyfurbabies",\
                "time":"2024-03-01T07:00:00Z","region":"r","note":5,\
                "detail":{"click-type":"SINGLE"}}

                """)
    }

    @Test(arguments: [
        ",\"jsonl\":5", ",\"envelope\":{\"jsonl\":5}", ",\"envelope\":{\"jsonl\":{}}",
        ",\"envelope\":{\"jsonl\":{\"omits\":[\"id\"]}}",
        ",\"envelope\":{\"jsonl\":{\"members\":[\"id\"]}}",
        ",\"envelope\":{\"jsonl\":{\"time\":null}}", ",\"envelope\":{\"jsonl\":{\"time\":6}}",
        ",\"envelope\":{\"jsonl\":{\"more\":[]}}",
    ])
    func `must not have a member of the spelling's name`(more: String) throws {
        let place =
            line(more).utf8.count - line(more).firstRange(of: "\"jsonl\"").map {
                line(more)[$0.lowerBound...].utf8.count
            }! + 1
        #expect(
            failure { try imported(line(more)) }
                .hasPrefix("in.jsonl:1:\(place): the line has a member \"jsonl\" of its own"))
        let bridged = envelope(more: more)
        #expect(
            try normalLines(exported(imported(bridged).events, .original)) == normalLines(bridged))
    }
}
