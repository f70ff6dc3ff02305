import EventModel
import Foundation
import Testing

@testable import Scenario

@Suite struct `Lossless forms` {
    /// Events of every form and with every kind of trouble that a text can make.
    private static func troubles() throws -> [Event] {
        var events = simulated
        for sample in eventBridgeSamples { events += try imported(sample).events }
        for name in ["eventbridge-archive.jsonl", "buttons.jsonl", "cat-feeder-action.jsonl"] {
            events += try imported(text(of: recorded(name))).events
        }
        events += try imported(text(of: recorded("cloudevents-batch.json"))).events
        events += try imported(text(of: recorded("presses.csv"))).events
        events += try imported(
            """
            {"id":"hand","time":"2023-03-12T20:15:04.25+13:00","source":"s","detailType":"t",\
            "detail":{"device-id":"D"},"region":"r","note":[1, 2],"device":null}
            """
        ).events
        let texts = [
            "a,b", "\"", "a\"\"b", "\r\n", "\n", "\r", " ", "é\u{301}", "\u{2028}", "'", "=",
        ]
        for (place, text) in texts.enumerated() {
            let detail = JSONText.quoted(text)
            events.append(
                Event(
                    id: EventID("id \(place)" + text), time: Timestamp(microseconds: -1),
                    content: EventContent(
                        source: text, detailType: text, device: text,
                        detail: "{\"a\" :\r\n\(detail), \"device-id\": \"other\"}",
                        form: EventForm.allCases[place % 4],
                        envelope: "{\"note\":\(detail)}")))
        }
        // A device that the detail names and the event does not.
        events.append(
            Event(
                id: EventID("none"), time: .latest,
                content: EventContent(
                    source: "s", detailType: "t", device: nil,
                    detail: "{\"device-id\":\"other\"}", form: .jsonLines)))
        var seen: Set<EventID> = []
        // A ledger's events have a recorded time, all of them.
        return events.filter { seen.insert($0.id).inserted }.map { event in
            var event = event
            event.recorded = event.recorded ?? Timestamp(microseconds: 1_700_000_000_123_456)
            return event
        }
    }

    @Test(arguments: [
        ExportFormat.jsonl, .csv, .cloudevents, .cloudeventsBatch,
    ])
    func `out and in again is the same in every field`(format: ExportFormat) throws {
        let events = try Self.troubles()
        let found = try imported(exported(events, format))
        #expect(found.report.events == events.count)
        for (one, other) in zip(found.events, events) where Fields(one) != Fields(other) {
            Issue.record("\(Fields(other)) came back as \(Fields(one))")
        }
        #expect(found.events.count == events.count)
    }

    @Test func `a csv of no event is its header`() throws {
        #expect(
            try exported([], .csv)
                == "sequence,id,time,recorded,source,detailType,device,detail,form,envelope\r\n")
    }

    @Test func `a row looks like this`() throws {
        #expect(
            try exported(Array(simulated.prefix(1)), .csv).split(separator: "\r\n").last == """
                1,018bcfe5-6800-7000-8000-000000000007,2023-11-14T22:13:20.000000Z,\
                2023-11-14T22:13:20.000001Z,com.feedmyfurbabies,AWS IoT 1-Click,G030,\
                "{""click-type"": ""DOUBLE"", ""device-id"": ""G030""}",put,
                """)
    }

    @Test func `a CloudEvent looks like this`() throws {
        #expect(
            try exported(Array(simulated.prefix(1)), .cloudevents) == """
                {"specversion":"1.0","id":"018bcfe5-6800-7000-8000-000000000007",\
                "source":"com.feedmyfurbabies","type":"AWS IoT 1-Click",\
                "time":"2023-11-14T22:13:20.000000Z","subject":"G030",\
                "datacontenttype":"application/json","sequence":"0000000000000000001",\
                "recordedtime":"2023-11-14T22:13:20.000001Z","replaylabform":"put",\
                "data":{"click-type": "DOUBLE", "device-id": "G030"}}

                """)
    }
}
