import EventModel
import Foundation
import Testing

@testable import Scenario

/// A bad input, where the error must point, and a part of what it must say.
struct BadCase: CustomTestStringConvertible, Sendable {
    var input: String
    var place: String
    var reason: String
    var options = ImportOptions()

    init(
        _ input: String, _ place: String, _ reason: String,
        _ options: ImportOptions = ImportOptions()
    ) {
        self.input = input
        self.place = place
        self.reason = reason
        self.options = options
    }

    var testDescription: String { "\(input.prefix(80)) \(place)" }
}

private func nested(_ depth: Int) -> String {
    // The envelope is one level, the detail another.
    envelope(
        detail: "{\"a\":" + String(repeating: "[", count: depth - 2)
            + String(repeating: "]", count: depth - 2) + "}")
}

private func jsonl(_ more: String, id: String = "a", time: String = "2023-03-12T07:15:04Z")
    -> String
{
    "{\"id\":\"\(id)\",\"time\":\"\(time)\",\"source\":\"s\",\"detailType\":\"t\",\"detail\":{}\(more)}"
}

let badSyntax: [BadCase] = [
    BadCase("nonsense", "1:1", "a JSON object was expected, or an array of them, not n"),
    BadCase("2023-03-12T07:15:04Z {\"a\":1}", "1:1", "not 2"),
    BadCase("\n\n  [1]", "3:4", "a JSON object was expected, not a number"),
    BadCase("[[{}]]", "1:2", "not an array"),
    BadCase(envelope() + "\n{\"id\":", "2:7", "the text ended"),
    BadCase("{\"id\": \"abc", "1:12", "ended inside a string"),
    BadCase("{\"id\": \"a\nb\"}", "1:10", "control character byte 0xA"),
    BadCase("{\"id\": \"a\0b\"}", "1:10", "control character byte 0x0"),
    BadCase("{\"id\": nul}", "1:8", "null was expected"),
    BadCase("{\"id\": 01}", "1:9", "must not begin with 0"),
    BadCase("{\"id\": \"\\ud800\"}", "1:9", "lone surrogate"),
    BadCase("{\"id\": \"\\x\"}", "1:9", "no JSON escape"),
    BadCase("{id: 1}", "1:2", "a key in quotes was expected"),
    BadCase("{\"id\" 1}", "1:7", "a : was expected"),
    BadCase("{\"id\": 1,}", "1:10", "a key in quotes was expected"),
    BadCase(
        "[\(envelope()),]", "1:\(envelope().utf8.count + 3)", "a JSON value was expected, not ]"),
    BadCase("[\(envelope()) 1", "1:\(envelope().utf8.count + 3)", "a , or ] was expected"),
    BadCase("\n [\(envelope())\n", "3:1", "ended inside the array that begins at 2:2"),
    BadCase(
        nested(513), "1:\(envelope(detail: "{\"a\":").utf8.count + 510)", "deeper than 512 levels"),
    BadCase(envelope() + "}", "1:\(envelope().utf8.count + 1)", "not }"),
]

let badEnvelopes: [BadCase] = [
    BadCase("{}", "1:1", "of no known form; expected \"detail-type\""),
    BadCase("{\"detail-type\": \"t\"}", "1:1", "the EventBridge envelope has no \"id\""),
    BadCase(
        "\n{\"detail-type\": \"t\",\n \"id\": 7}", "3:8", "\"id\" is a number; expected a string"),
    BadCase(envelope(id: ""), "1:21", "\"id\" is empty"),
    BadCase(
        envelope(detail: "[]"), "1:\(envelope(detail: "").utf8.count)", "\"detail\" is an array"),
    BadCase(
        envelope(detail: "\"{}\""), "1:\(envelope(detail: "").utf8.count)",
        "is a string; expected an object"),
    BadCase(
        envelope(more: ",\"id\":\"x\""), "1:\(envelope(detail: "").utf8.count - 9)",
        "\"id\" stands twice"),
    BadCase(envelope(more: ",\"x\":1,\"\\u0078\":1"), "1:", "stands twice"),
    BadCase(envelope(more: ",\"replay-name\":1"), "1:", "\"replay-name\" is a number"),
    BadCase(
        envelope().replacing("\"resources\":[]", with: "\"resources\":{}"), "1:",
        "expected an array"),
    BadCase(
        envelope().replacing("\"account\":\"123456789012\"", with: "\"account\":1"), "1:",
        "expected a string"),
    BadCase(envelope(time: "2023-02-30T00:00:00Z"), "1:", "month 2 of 2023 has no day 30"),
    BadCase(envelope(time: "2023-02-28T24:00:00Z"), "1:", "hour 24 is not in 0 to 23"),
    BadCase(envelope(time: "2023-02-28T23:59:60Z"), "1:", "leap second"),
    BadCase(envelope(time: "2023-02-28T23:59:00"), "1:", "the time needs a zone"),
    BadCase(envelope(time: "yesterday"), "1:", "expected a time such as"),
    BadCase(
        envelope(), "1:1", "import it with --format eventbridge", ImportOptions(format: .jsonl)),
    BadCase(jsonl(""), "1:1", "import it with --format jsonl", ImportOptions(format: .button)),
    BadCase(
        "{\"clickType\":\"LONG\"}", "1:1", "--format button", ImportOptions(format: .eventbridge)),
]

let badLines: [BadCase] = [
    BadCase(jsonl(",\"sequence\":0"), "1:", "expected a whole number"),
    BadCase(jsonl(",\"sequence\":1e2"), "1:", "expected a whole number"),
    BadCase(jsonl(",\"sequence\":99999999999999999999"), "1:", "expected a whole number"),
    BadCase(
        jsonl(",\"sequence\":2") + "\n" + jsonl(",\"sequence\":2", id: "b"), "2:",
        "sequence 2 follows 2; expected rising sequences"),
    BadCase(jsonl(",\"recorded\":1"), "1:", "expected a time or null"),
    BadCase(jsonl(",\"device\":7"), "1:", "\"device\" is a number"),
    BadCase(jsonl(",\"form\":\"telegram\""), "1:", "put, eventbridge, button, jsonl"),
    BadCase(jsonl(",\"envelope\":[]"), "1:", "\"envelope\" is an array"),
    BadCase(jsonl(",\"envelope\":{\"id\":\"x\"}"), "1:", "\"id\" cannot stand here"),
    BadCase(jsonl(",\"envelope\":{\"a\":1,\"a\":2}"), "1:", "\"a\" cannot stand here"),
    BadCase(jsonl(",\"envelope\":{\"a\":1},\"a\":2"), "1:", "\"a\" cannot stand here"),
    BadCase(
        jsonl(",\"envelope\":{\"time\":\"2023-03-12T07:15:05Z\"}"), "1:", "expected one moment"),
    BadCase(jsonl(",\"envelope\":{\"time\":5}"), "1:", "the envelope's \"time\" is 5"),
    BadCase(jsonl(",\"detailText\":\"{\\\"a\\\":1}\""), "1:", "does not write the same object"),
    BadCase(jsonl(",\"detailText\":\"{} x\""), "1:", "does not write the same object"),
    BadCase(
        "{\"serialNumber\":\"G\",\"clickType\":\"LONG\"}", "1:1", "say when it happened with --time"
    ),
    BadCase("{\"clickType\":\"TRIPLE\"}", "1:1", "expected SINGLE, DOUBLE or LONG"),
    BadCase("{\"clickType\":\"single\"}", "1:1", "expected SINGLE, DOUBLE or LONG"),
    BadCase("{\"deviceEvent\":{\"buttonClicked\":{\"reportedTime\":1}}}", "1:1", "has no click"),
    BadCase(
        "{\"devicePayload\":{\"clickType\":\"LONG\"},\"deviceEvent\":{\"buttonClicked\":{\"clickType\":\"SINGLE\"}}}",
        "1:1", "expected one click"),
    BadCase(
        "{\"clickType\":\"LONG\",\"devicePayload\":{\"reportedTime\":1.5}}", "1:1",
        "whole milliseconds"),
    BadCase(
        "{\"clickType\":\"LONG\",\"devicePayload\":{\"reportedTime\":1e400}}", "1:1",
        "whole milliseconds"),
]

@Suite struct `Bad input` {
    @Test(arguments: badSyntax + badEnvelopes + badLines)
    func `is named with its place and reason`(bad: BadCase) throws {
        let message = failure { try imported(bad.input, bad.options) }
        #expect(message.hasPrefix("in.jsonl:\(bad.place)"))
        #expect(message.contains(bad.reason))
    }

    @Test(arguments: [
        [0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xE2, 0x82],
    ])
    func `invalid UTF-8 is named`(bytes: [UInt8]) throws {
        let before = "{\"id\":\"é"
        let input = Array(before.utf8) + bytes + Array("\"}".utf8)
        let message = failure { try imported(bytes: input) }
        #expect(message.hasPrefix("in.jsonl:1:\(before.utf8.count + 1): byte 0x"))
        #expect(message.contains("not valid UTF-8"))
    }

    @Test func `nesting to 512 levels is read`() throws {
        #expect(try imported(nested(511)).events.count == 1)
        #expect(try imported(nested(512)).events.count == 1)
    }

    @Test func `a value of 1 MiB is read and one above the limit is refused`() throws {
        let detail = "{\"a\":\"\(String(repeating: "x", count: 1 << 20))\"}"
        #expect(try imported(envelope(detail: detail)).events[0].detail == detail)
        var options = ImportOptions()
        options.valueLimit = 1 << 20
        for chunkSize in [64, 1 << 18, 1 << 22] {
            options.chunkSize = chunkSize
            let text = envelope() + "\n" + envelope(detail: detail)
            #expect(
                failure { try imported(text, options) }
                    == "in.jsonl:2:1: the value is larger than 1048576 bytes, the most that one "
                    + "value may have")
        }
    }

    @Test func `all problems are collected where that is asked for`() throws {
        let folder = Folder()
        let path = folder.write("{\n{}\n\(envelope())\nx\n".utf8)
        let importer = try EventImporter(paths: [path], options: ImportOptions(isCollecting: true))
        var found: [String] = []
        let report = try importer.check(onProblem: { found.append($0.place!.description) })
        #expect(found == ["2:1", "2:1", "4:1"])
        #expect(report.bad == 3)
        #expect(report.events == 1)
        #expect(failure { try importer.events() }.contains(":2:1: "))
    }

    @Test(arguments: ["", "\n\n", "[]", "[\n]\n", "\u{FEFF}"])
    func `an input without values has no events and no problem`(text: String) throws {
        let found = try imported(text)
        #expect(found.events.isEmpty)
        #expect(found.report.values == 0)
    }

    @Test func `files that cannot be read are named`() throws {
        let folder = Folder()
        #expect(
            failure { try EventImporter(paths: ["/nowhere/x"]) }
                == "/nowhere/x: cannot be opened: No such file or directory")
        #expect(failure { try EventImporter(paths: [folder.path]) }.contains("is a directory"))
        #expect(failure { try EventImporter(paths: ["-", "-"]) }.contains("named twice"))
    }
}
