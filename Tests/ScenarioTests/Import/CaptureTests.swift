import EventModel
import Foundation
import Testing

@testable import Scenario

private func message(_ time: String, _ payload: String = "{}") -> String {
    "{\"tst\":\(time),\"topic\":\"cat-feeder/action\",\"qos\":0,\"retain\":0,\"payload\":\(payload)}"
}

@Suite struct `Captured messages` {
    @Test func `a recorded capture is recognised, and comes back byte for byte`() throws {
        let text = text(of: recorded("cat-feeder-action.jsonl"))
        let found = try imported(text)
        #expect(found.report.inputs[0].formats == [.mosquitto: 3])
        #expect(found.report.presses == 0)
        #expect(
            found.events.map(\.time.shortText) == [
                "2023-03-12T07:15:04.412087Z", "2023-03-12T18:02:33.120554Z",
                "2023-03-12T18:02:36.904112Z",
            ])
        #expect(try exported(found.events, .original) == text)
        let messages = found.events.compactMap(CapturedMessage.init)
        #expect(
            messages.map(\.topic) == [
                "cat-feeder/action", "cat-feeder/action", "cat-feeder/states",
            ])
        #expect(
            messages[0].payload
                == "{\"event\":\"SINGLE\",\"reportedTime\":\"2023-03-12T07:15:04Z\"}")
    }

    @Test(arguments: [
        ("2023-03-12T07:15:04.000001Z+0000", "2023-03-12T07:15:04.000001Z"),
        ("2023-03-12T07:15:04.5Z+1345", "2023-03-11T17:30:04.500Z"),
        ("2023-03-12T07:15:04.000000Z-0330", "2023-03-12T10:45:04Z"),
        ("2023-03-12T07:15:04Z", "2023-03-12T07:15:04Z"),
        ("2023-03-12T07:15:04.25+13:00", "2023-03-11T18:15:04.250Z"),
    ])
    func `the offset behind the Z counts`(spelled: String, time: String) throws {
        let found = try imported(message("\"\(spelled)\""))
        #expect(found.events.first?.time.shortText == time)
    }

    @Test(arguments: [
        "\"2023-03-12T07:15:04Z+00\"", "\"2023-03-12T07:15:04ZZ\"", "\"\"", "5", "null",
    ])
    func `a time that is none is named`(time: String) {
        let said = failure { try imported(message(time)) }
        #expect(said.contains("\"tst\" is") && said.contains("expected a time such as"), "\(said)")
    }

    @Test func `equal messages are two, and an import again finds both`() throws {
        let line = message("\"2023-03-12T07:15:04.000000Z+0000\"")
        let found = try imported("\(line)\n\(line)\n")
        #expect(Set(found.events.map(\.id)).count == 2)
        let again = try imported("\(line)\n\(line)\n", existing: found.events)
        #expect(again.report.known == 2)
        #expect(again.events.fields == found.events.fields)
    }

    @Test func `a payload may be any JSON, or text as %j writes it`() throws {
        let time = "\"2023-03-12T07:15:04.000000Z+0000\""
        let text = ["[1, 2]", "null", "\"{\\\"event\\\": \\\"LONG\\\"}\""]
            .map { message(time, $0) }.joined(separator: "\n")
        let found = try imported(text).events.compactMap(CapturedMessage.init)
        #expect(found.map(\.payload) == ["[1,2]", "null", "{\"event\": \"LONG\"}"])
    }
}
