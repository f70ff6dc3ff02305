import EventModel
import Testing

private func event(
    time: String = "2024-03-01T07:00:00Z", source: String = "com.feedmyfurbabies",
    type: String = "AWS IoT 1-Click", device: String? = "G030", detail: String = #"{"a": 1}"#,
    form: EventForm = .eventBridge, envelope: String? = nil
) throws -> Event {
    Event(
        id: EventID("x"), time: try Timestamp(text: time),
        content: EventContent(
            source: source, detailType: type, device: device, detail: detail, form: form,
            envelope: envelope))
}

@Suite struct `The same event` {
    struct Pair: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var one: @Sendable () throws -> Event
        var other: @Sendable () throws -> Event
        /// Which part differs; nil where the two are the same.
        var part: String?

        init(
            _ name: String, _ part: String?, _ one: @escaping @Sendable () throws -> Event,
            _ other: @escaping @Sendable () throws -> Event
        ) {
            (testDescription, self.part, self.one, self.other) = (name, part, one, other)
        }

        init(
            _ name: String, _ one: @escaping @Sendable () throws -> Event,
            _ other: @escaping @Sendable () throws -> Event
        ) {
            self.init(name, nil, one, other)
        }
    }

    static let pairs = [
        Pair("itself", { try event() }, { try event() }),
        Pair(
            "white space", { try event(detail: "{\"a\":1}") },
            { try event(detail: " {\n\t\"a\" : 1 }\r") }),
        Pair(
            "white space in a string", "detail", { try event(detail: #"{"a":"b c"}"#) },
            { try event(detail: #"{"a":"bc"}"#) }),
        Pair("another number", "detail", { try event() }, { try event(detail: #"{"a": 2}"#) }),
        Pair(
            "the order of members", "detail", { try event(detail: #"{"a":1,"b":2}"#) },
            { try event(detail: #"{"b":2,"a":1}"#) }),
        Pair(
            "é in one scalar or two", "detail", { try event(detail: "{\"a\":\"\u{E9}\"}") },
            { try event(detail: "{\"a\":\"e\u{301}\"}") }),
        Pair(
            "a source in other bytes", "source", { try event(source: "\u{E9}") },
            { try event(source: "e\u{301}") }),
        Pair(
            "a replayed copy", { try event(envelope: #"{"account":"1"}"#) },
            { try event(envelope: #"{"account":"1","replay-name":"r"}"#) }),
        Pair(
            "the order of envelope members",
            { try event(envelope: #"{"account":"1","region":"r"}"#) },
            { try event(envelope: #"{"region":"r","account":"1"}"#) }),
        Pair(
            "another account", "envelope", { try event(envelope: #"{"account":"1"}"#) },
            { try event(envelope: #"{"account":"2"}"#) }),
        Pair(
            "an envelope or none", "envelope", { try event(envelope: #"{"account":"1"}"#) },
            { try event() }),
        Pair(
            "only a replay name or nothing", { try event(envelope: #"{"replay-name":"r"}"#) },
            { try event() }),
        Pair("another form", { try event(form: .put) }, { try event(form: .jsonLines) }),
        Pair("another source", "source", { try event() }, { try event(source: "x") }),
        Pair("another detail type", "detail-type", { try event() }, { try event(type: "x") }),
        Pair("another device", "device", { try event() }, { try event(device: "x") }),
        Pair("a device or none", { try event() }, { try event(device: nil) }),
        Pair(
            "another second", "time", { try event() }, { try event(time: "2024-03-01T07:00:01Z") }),
        Pair(
            "whole seconds beside milliseconds", { try event() },
            { try event(time: "2024-03-01T07:00:00.999Z") }),
        Pair(
            "milliseconds beside microseconds", { try event(time: "2024-03-01T07:00:00.123Z") },
            { try event(time: "2024-03-01T07:00:00.123456Z") }),
        Pair(
            "two milliseconds", "time", { try event(time: "2024-03-01T07:00:00.123Z") },
            { try event(time: "2024-03-01T07:00:00.124Z") }),
        Pair(
            "a put event's whole second is exact to the millisecond", "time",
            { try event(form: .put) }, { try event(time: "2024-03-01T07:00:00.999Z") }),
        Pair(
            "a time spelled to the millisecond is exact to it", "time",
            { try event(envelope: #"{"time":"2024-03-01T07:00:00.000Z"}"#) },
            { try event(time: "2024-03-01T07:00:00.999Z") }),
        Pair(
            "before 1970", { try event(time: "1969-12-31T23:59:59Z") },
            { try event(time: "1969-12-31T23:59:59.001Z") }),
    ]

    @Test(arguments: pairs)
    func `is told both ways round`(pair: Pair) throws {
        let (one, other) = (try pair.one(), try pair.other())
        for difference in [one.difference(from: other), other.difference(from: one)] {
            if let part = pair.part {
                #expect(difference?.hasPrefix("\(part) is ") == true)
            } else {
                #expect(difference == nil)
            }
        }
    }

    @Test func `a difference quotes long texts in part`() throws {
        let long = "{\"a\":\"" + String(repeating: "é", count: 1000) + "\"}"
        let difference = try #require(try event().difference(from: event(detail: long)))
        #expect(difference.contains("(2008 bytes)"))
        #expect(difference.count < 300)
    }
}
