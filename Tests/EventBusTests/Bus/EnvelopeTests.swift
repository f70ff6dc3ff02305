import EventBus
import EventModel
import Testing

@Suite struct `What a target sees` {
    private func seen(
        _ event: Event, replay: String? = nil, input: TargetInput? = nil, rule: String = "r"
    ) throws -> String {
        let target = Recorder()
        let bus = Sample.bus(target, input: input)
        try bus.put(BusEvent(event, sequence: 1, replayName: replay), at: Sample.time)
        return try #require(target.receipts.first).input
    }

    private static let start =
        #"{"version":"0","id":"event-1","detail-type":"AWS IoT 1-Click","#
        + #""source":"com.feedmyfurbabies","account":"123456789012","#
        + #""time":"2023-03-12T07:15:04Z","region":"ap-southeast-2","resources":[],"#
        + #""detail":{"click-type": "SINGLE"}"#

    @Test func `is EventBridge's JSON, its time in whole seconds, its detail verbatim`() throws {
        #expect(try seen(Sample.press()) == Self.start + "}")
    }

    @Test func `of a replay names the replay`() throws {
        #expect(
            try seen(Sample.press(), replay: "march-2024")
                == Self.start + #","replay-name":"march-2024"}"#)
    }

    @Test(arguments: [
        (-1, "1969-12-31T23:59:59Z"), (0, "1970-01-01T00:00:00Z"),
        (999_999, "1970-01-01T00:00:00Z"), (1_000_000, "1970-01-01T00:00:01Z"),
        (-1_000_000, "1969-12-31T23:59:59Z"), (-1_000_001, "1969-12-31T23:59:58Z"),
    ])
    func `has a time rounded down`(microseconds: Int64, text: String) throws {
        let json = try seen(Sample.press(at: Timestamp(microseconds: microseconds)))
        #expect(json.contains("\"time\":\"\(text)\""), "\(json)")
    }

    @Test func `names a UUID in its canonical form, and escapes any other id`() throws {
        let uuid = "6a7e8feb-b491-4cf7-a9f1-bf3703467718"
        #expect(try seen(Sample.press(id: uuid)).contains("\"id\":\"\(uuid)\""))
        #expect(try seen(Sample.press(id: "a\"b\\\n")).contains(#""id":"a\"b\\\n""#))
        #expect(try seen(Sample.press(id: "")).contains(#""id":"""#))
    }

    /// An event of a form with the rest of its envelope, and what a target sees of it.
    struct Imported: Sendable {
        var form: EventForm
        var envelope: String?
        var json: String
    }

    static let imported: [Imported] = [
        // What an imported event had stays as it was spelled; what it had not is not made up.
        Imported(
            form: .eventBridge,
            envelope: #"{"version":"0","account":"9","region":"eu","resources":["a"],"x": 1.50}"#,
            json: """
                {"version":"0","id":"event-1","detail-type":"T","source":"S","account":"9",\
                "time":"2023-03-12T07:15:04Z","region":"eu","resources":["a"],"x":1.50,"detail":{}}
                """),
        Imported(
            form: .eventBridge, envelope: nil,
            json: """
                {"id":"event-1","detail-type":"T","source":"S","time":"2023-03-12T07:15:04Z",\
                "detail":{}}
                """),
        // The ledger's spelling of its time is not the bus's.
        Imported(
            form: .eventBridge, envelope: #"{"version":"0","time":"2023-03-12T07:15:04.987654Z"}"#,
            json: """
                {"version":"0","id":"event-1","detail-type":"T","source":"S",\
                "time":"2023-03-12T07:15:04Z","detail":{}}
                """),
        // How a line was spelled is no member.
        Imported(
            form: .jsonLines, envelope: #"{"jsonl":{"a":1},"x":"é"}"#,
            json: """
                {"id":"event-1","detail-type":"T","source":"S","time":"2023-03-12T07:15:04Z",\
                "x":"é","detail":{}}
                """),
    ]

    @Test(arguments: imported.indices)
    func `of an imported event has the members of its envelope`(place: Int) throws {
        let given = Self.imported[place]
        let content = EventContent(
            source: "S", detailType: "T", device: nil, detail: "{}", form: given.form,
            envelope: given.envelope)
        let event = Event(id: EventID("event-1"), time: Sample.time, content: content)
        let target = Recorder()
        let bus = Bus(
            name: Sample.name,
            rules: [Sample.rule("r", Sample.pattern(#"{"source":["S"]}"#), to: .init(id: "one"))],
            targets: ["one": target], seed: 1)
        try bus.put(BusEvent(event), at: Sample.time)
        #expect(target.receipts.map(\.input) == [given.json])
    }

    @Test func `has one replay name: this replay's, or none`() throws {
        let content = EventContent(
            source: "com.feedmyfurbabies", detailType: "T", device: nil, detail: "{}",
            form: .eventBridge, envelope: #"{"version":"0","replay-name":"an older one"}"#)
        let event = Event(id: EventID("event-1"), time: Sample.time, content: content)
        #expect(try !seen(event).contains("replay-name"))
        let again = try seen(event, replay: "new")
        #expect(again.hasSuffix(#","detail":{},"replay-name":"new"}"#))
        #expect(!again.contains("older"))
    }

    @Test func `is what an input path selects, or a template makes of it`() throws {
        let path = try TargetInput(path: "$.detail")
        #expect(try seen(Sample.press(), input: path) == #"{"click-type": "SINGLE"}"#)
        let made = try TargetInput(
            transformer: InputTransformer(
                variables: [.init("click", "$.detail.click-type")],
                template: #"{"fed": <click>, "by": "<aws.events.rule-name>"}"#))
        #expect(try seen(Sample.press(), input: made) == #"{"fed":"SINGLE","by":"feeds-rule"}"#)
    }

    @Test func `in a retry is what it was in the first attempt, but for the attempt's number`()
        throws
    {
        // The ingestion time is when the bus got the event, not when it tries.
        let template = try TargetInput(
            transformer: InputTransformer(
                variables: [],
                template:
                    #"{"at": <aws.events.event.ingestion-time>, "e": <aws.events.event.json>}"#
            ))
        for input in [nil, template] {
            let target = Recorder()
            target.failure = { $0.attempt < 4 && $0.sequence == 1 ? .busy : nil }
            let bus = Sample.bus(target, input: input)
            try bus.put(
                BusEvent(Sample.press(), sequence: 1, replayName: "again"), at: Sample.time)
            // Another event in between must not change what is sent again.
            try bus.put(BusEvent(Sample.press("LONG", id: "2"), sequence: 2), at: Sample.time)
            try Sample.drain(bus)
            let own = target.receipts.filter { $0.sequence == 1 }
            #expect(own.map(\.attempt) == [1, 2, 3, 4])
            #expect(Set(own.map(\.input)).count == 1, "\(own.map(\.input))")
            #expect(own[0].input != target.receipts.first { $0.sequence == 2 }?.input)
        }
    }

    @Test func `cannot be made: the event is given up at once, and the letter says why`() throws {
        let target = Recorder()
        let input = try TargetInput(
            transformer: InputTransformer(
                variables: [.init("detail", "$.detail")], template: #"{"a": "<detail>"}"#))
        let bus = Sample.bus(target, input: input)
        try bus.put(BusEvent(Sample.press(), sequence: 1), at: Sample.time)
        #expect(target.receipts.isEmpty && bus.pending == 0)
        let letter = try #require(bus.deadLetters["letters"]?.first)
        #expect(letter.condition == .notRetryable && letter.errorCode == "INVALID_INPUT")
        #expect(!letter.errorMessage.isEmpty && letter.attempts == 1)
    }
}
