import CatFeeder
import EventBus
import EventModel
import MQTTBroker
import Testing

@Suite struct `The deployed function` {
    @Test(arguments: ["SINGLE", "DOUBLE", "LONG", "TRIPLE"])
    func `publishes the click and the bus event's time, and nothing else`(click: String) throws {
        let sent = try Sent(detail: "{\"click-type\": \"\(click)\"}")
        #expect(
            sent.payloads == [
                #"{"event": "\#(click)", "reportedTime": "2023-03-12T07:15:04Z"}"#
            ])
        #expect(sent.topics == ["cat-feeder/action"])
        #expect(sent.messages.allSatisfy { $0.qos == .zero && !$0.retain })
        #expect(sent.counts.published == 1 && sent.letters.isEmpty)
    }

    @Test(arguments: [
        (#"{"click-type":"LONG","click-type":"SINGLE"}"#, #""SINGLE""#),
        (#"{"click-type":"SINGLE","x":{"click-type":"LONG"}}"#, #""SINGLE""#),
        (#"{"\u0063lick-type":"DOUBLE"}"#, #""DOUBLE""#),
        (#"{"click-type":"SINGLE","reported-time":"2020-01-01T00:00:00Z"}"#, #""SINGLE""#),
    ])
    func `takes the last member of a name, as json.loads does`(
        detail: String, click: String
    ) throws {
        let sent = try Sent(detail: detail)
        #expect(
            sent.payloads == ["{\"event\": \(click), \"reportedTime\": \"2023-03-12T07:15:04Z\"}"])
    }

    @Test func `feeds on a replay as on any event`() throws {
        let sent = try Sent(detail: #"{"click-type": "LONG"}"#, replay: "again")
        #expect(sent.payloads == [#"{"event": "LONG", "reportedTime": "2023-03-12T07:15:04Z"}"#])
        #expect(sent.counts.replaysIgnored == 0)
    }

    @Test(arguments: [
        ("{}", "$", "KeyError", "click-type"),
        (#"{"Click-Type":"LONG"}"#, "$", "KeyError", "click"),
        (#"{"click-type":"LONG"}"#, "$.detail", "KeyError", "detail"),
        (#"{"click-type":"LONG"}"#, "$.id", "JSONDecodeError", "object"),
        (#"{"click-type":"LONG"}"#, "$.nothing", "JSONDecodeError", "object"),
        (#"{"detail":{"click-type":"LONG"}}"#, "$.detail", "KeyError", "time"),
        (#"{"detail":"LONG","time":"t"}"#, "$.detail", "KeyError", "click-type"),
    ])
    func `fails where what it reads is missing, and the bus tries again`(
        detail: String, path: String, code: String, named: String
    ) throws {
        let sent = try Sent(detail: detail, input: TargetInput(path: path))
        #expect(sent.messages.isEmpty && sent.attempts == 2)
        #expect(sent.letters.map(\.errorCode) == [code])
        #expect(sent.letters.allSatisfy { $0.errorMessage.contains(named) })
    }

    @Test func `reads what its input is, whatever the event was`() throws {
        let input = try TargetInput(
            transformer: InputTransformer(
                variables: [.init("click", "$.detail.button")],
                template: #"{"time": 5, "detail": {"click-type": <click>}}"#))
        let sent = try Sent(detail: #"{"button": "LONG"}"#, input: input)
        #expect(sent.payloads == [#"{"event": "LONG", "reportedTime": 5}"#])
    }

    @Test func `lets the broker's failure end the run: nothing is taken for published`() throws {
        let outbox = Outbox()
        outbox.failure = LinkError(.closed, "gone")
        let function = FeederFunction(
            .deployed, route: TopicRoute("t", directory: FeederDirectory([])), publisher: outbox)
        let bus = Bus(
            name: BusName(name: "b", account: "1", region: "r"),
            rules: [
                Rule(
                    name: "r", pattern: try .init(parsing: #"{"source":["s"]}"#),
                    targets: [TargetBinding(id: "f")])
            ], targets: ["f": function], seed: 1)
        let content = EventContent(
            source: "s", detailType: "t", device: nil, detail: #"{"click-type":"LONG"}"#)
        #expect(throws: LinkError.self) {
            try bus.put(
                BusEvent(Event(id: EventID("1"), time: Sent.time, content: content)), at: Sent.time)
        }
        #expect(function.counts.published == 0)
    }
}

@Suite struct `The mended function` {
    private let detail = #"{"click-type": "SINGLE", "reported-time": "2023-03-12T07:15:01.250Z"}"#

    @Test func `adds the event's id, sends the press's own time, and asks for an answer`() throws {
        let sent = try Sent(.mended, detail: detail)
        #expect(
            sent.payloads == [
                #"{"event": "SINGLE", "reportedTime": "2023-03-12T07:15:01.250Z", "id": "event-1"}"#
            ])
        #expect(sent.messages.map(\.qos) == [.one])
    }

    @Test func `sends the bus's time where the press had none`() throws {
        let sent = try Sent(.mended, detail: #"{"click-type": "SINGLE"}"#)
        #expect(
            sent.payloads == [
                #"{"event": "SINGLE", "reportedTime": "2023-03-12T07:15:04Z", "id": "event-1"}"#
            ])
    }

    @Test func `leaves replays alone, unless it is told to act on them`() throws {
        let ignored = try Sent(.mended, detail: detail, replay: "again")
        #expect(ignored.messages.isEmpty && ignored.letters.isEmpty)
        #expect(ignored.counts.published == 0 && ignored.counts.replaysIgnored == 1)
        let told = try Sent(.mended, detail: detail, replay: "again", publishesReplays: true)
        #expect(told.counts.published == 1 && told.counts.replaysIgnored == 0)
    }

    @Test func `is not told of a replay that an imported event was in once`() throws {
        let sent = try Sent(
            .mended, detail: detail, envelope: #"{"replay-name":"long ago","version":"0"}"#)
        #expect(sent.counts.published == 1)
    }

    @Test func `fails without an id`() throws {
        let input = try TargetInput(
            transformer: InputTransformer(
                variables: [.init("d", "$.detail")], template: #"{"detail": <d>}"#))
        let sent = try Sent(.mended, detail: detail, input: input)
        #expect(sent.letters.map(\.errorCode) == ["KeyError"])
        #expect(sent.letters.first?.errorMessage.contains("\"id\"") == true)
    }
}
