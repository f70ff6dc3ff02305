import EventModel
import Foundation
import Testing

@testable import Scenario

@Suite struct `Ids of an import` {
    @Test(arguments: [10, 2_000_000])
    func `copies are counted and a contradiction names both places`(recordLimit: Int) throws {
        var options = ImportOptions()
        options.recordLimit = recordLimit
        var lines = (0..<500).map { envelope(id: "e\($0 % 400)", detail: "{\"n\":\($0 % 400)}") }
        #expect(try imported(lines.joined(separator: "\n"), options).report.duplicates == 100)
        lines[450] = envelope(id: "e50", detail: "{\"n\":51}")
        lines[470] = envelope(id: "e70", time: "2023-03-12T07:15:05Z", detail: "{\"n\":70}")
        let text = lines.joined(separator: "\n")
        #expect(
            failure { try imported(text, options) }
                == "in.jsonl:451:1: event e50 is also in in.jsonl:51:1 with other content: "
                + "detail is {\"n\":51} in one and {\"n\":50} in the other")
        let found = try imported(bytes: Array(text.utf8), options, skippingBad: true)
        #expect(found.report.bad == 2)
        #expect(found.report.duplicates == 98)
        #expect(found.events.count == 498)
        #expect(found.skipped == lines[450] + "\n" + lines[470] + "\n")
        #expect(found.report.problems[1].reason.contains("time is 2023-03-12T07:15:05Z in one"))
    }

    @Test func `the same event may differ in white space, replay-name and a finer time`() throws {
        let lines = [
            envelope(), envelope(detail: "{\"click-type\":\"SINGLE\"}"),
            envelope(more: ",\"replay-name\":\"again\""), envelope(time: "2023-03-12T07:15:04.5Z"),
            envelope(time: "2023-03-12T19:15:04+12:00"),
        ]
        #expect(try imported(lines.joined()).report.duplicates == 4)
        let finer = [
            envelope(time: "2023-03-12T07:15:04.5Z"), envelope(time: "2023-03-12T07:15:04.6Z"),
        ]
        #expect(failure { try imported(finer.joined()) }.contains("with other content: time is"))
    }

    @Test func `the ledger is asked, and its event stays`() throws {
        let ledger = try imported(envelope(id: "a") + envelope(id: "b")).events
        let text =
            envelope(id: "a") + "\n" + envelope(id: "b", detail: "{}") + "\n" + envelope(id: "c")
        let expected =
            "in.jsonl:2:1: event b is in the ledger with other content: detail is {} in one"
        #expect(failure { try imported(text, existing: ledger) }.hasPrefix(expected))
        let found = try imported(bytes: Array(text.utf8), existing: ledger, skippingBad: true)
        #expect(found.events.map(\.id.text) == ["a", "c"])
        #expect((found.report.known, found.report.bad, found.report.presses) == (1, 1, 2))
        #expect(found.skipped == envelope(id: "b", detail: "{}") + "\n")
    }

    @Test(arguments: [10, 2_000_000])
    func `equal button events are occurrences, with the same ids at every import`(limit: Int) throws
    {
        var options = ImportOptions(time: Timestamp(seconds: 60))
        options.recordLimit = limit
        let single = "{\"clickType\":\"SINGLE\"}"
        let double = "{\"clickType\":\"DOUBLE\"}"
        let text = [single, double, single, single].joined(separator: "\n")
        let found = try imported(text, options)
        #expect(found.report.duplicates == 0)
        #expect(Set(found.events.map(\.id)).count == 4)
        #expect(try imported(text, options).events.fields == found.events.fields)
        // Only occurrences count, not what stands between them.
        let other = try imported([double, single, single].joined(), options).events
        #expect(other.map(\.id) == [1, 0, 2].map { found.events[$0].id })
        // All of it again, into the ledger that holds it.
        let again = try imported(text, options, existing: found.events)
        #expect((again.report.known, again.report.bad) == (4, 0))
        options.time = Timestamp(seconds: 61)
        #expect(
            failure { try imported(text, options, existing: found.events) }
                .contains("is in the ledger with other content: time is"))
    }

    @Test func `button events pass through the handler`() throws {
        let events = try imported(text(of: recorded("buttons.jsonl"))).events
        #expect(events.map(\.content.click) == [.single, .double, .long, nil])
        #expect(events.map(\.device) == [nil] + Array(repeating: "G030PM0123456789", count: 3))
        #expect(
            events.map(\.time.shortText) == [
                "2023-03-12T07:15:04Z", "2023-03-12T18:02:33.747Z", "2023-03-13T07:15:04.120Z",
                "2023-03-14T00:00:00Z",
            ])
        #expect(Set(events[..<3].map(\.detailType)) == [FeederSystem.detailType])
        #expect(events[3].detailType == ButtonHandler.healthDetailType)
        #expect(
            events[0].detail
                == "{\"click-type\": \"SINGLE\", \"button-event\": {\"devicePayload\": "
                + "{\"clickType\": \"SINGLE\"}, \"deviceEvent\": {\"buttonClicked\": "
                + "{\"reportedTime\": 1678605304000}}}}")
        #expect(
            events[1].detail.hasPrefix(
                "{\"click-type\": \"DOUBLE\", \"device-id\": \"G030PM0123456789\", \"button-event\": {"
            ))
        #expect(JSONText.quotedASCII("a\"é😀") == "\"a\\\"\\u00e9\\ud83d\\ude00\"")
    }

    @Test func `the deployed test form's number is milliseconds since 1970`() throws {
        let form =
            "{\"devicePayload\": {\"clickType\": \"SINGLE\"}, \"deviceEvent\": {\"buttonClicked\": "
            + "{\"reportedTime\": 1111111}}}"
        #expect(try imported(form).events[0].time.text == "1970-01-01T00:18:31.111000Z")
    }
}
