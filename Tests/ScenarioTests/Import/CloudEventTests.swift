import EventModel
import Foundation
import Testing

@testable import Scenario

private func cloudEvent(_ more: String = "", id: String = "e1", data: String = "{}") -> String {
    "{\"specversion\":\"1.0\",\"id\":\"\(id)\",\"source\":\"s\",\"type\":\"t\","
        + "\"time\":\"2023-03-12T07:15:04Z\"\(more),\"data\":\(data)}"
}

@Suite struct CloudEvents {
    @Test func `a recorded batch is recognised, and nothing of it is lost`() throws {
        let found = try imported(text(of: recorded("cloudevents-batch.json")))
        #expect(found.report.inputs[0].formats == [.cloudevents: 2])
        #expect(found.report.presses == 1)
        #expect(found.events.map(\.device) == ["G030PM0123456789", nil])
        #expect(found.events.map(\.detailType) == ["AWS IoT 1-Click", "com.feedmyfurbabies.fed"])
        #expect(
            found.events.map(\.time.shortText) == [
                "2023-03-12T07:15:04Z", "2023-03-12T07:15:16Z",
            ])
        #expect(
            found.events.map(\.content.envelope) == [
                "{\"specversion\":\"1.0\",\"datacontenttype\":\"application/json\","
                    + "\"comexampleextension\":\"kept\",\"time\":\"2023-03-12T20:15:04+13:00\"}",
                "{\"specversion\":\"1.0\",\"sequence\":\"00042\"}",
            ])
    }

    @Test func `attributes that are null are not set`() throws {
        let found = try imported(cloudEvent(",\"subject\":null,\"recordedtime\":null"))
        #expect(found.events.first?.device == nil)
        #expect(found.events.first?.recorded == nil)
    }

    @Test func `the recorded time is taken, and the subject wins over the detail`() throws {
        let found = try imported(
            cloudEvent(
                ",\"subject\":\"S\",\"recordedtime\":\"2023-03-12T07:15:05Z\"",
                data: "{\"device-id\":\"D\"}"))
        #expect(found.events.first?.device == "S")
        #expect(found.events.first?.recorded?.shortText == "2023-03-12T07:15:05Z")
        #expect(try imported(cloudEvent(data: "{\"device-id\":\"D\"}")).events.first?.device == "D")
    }

    @Test func `an event without a time takes the one that is given`() throws {
        let text = cloudEvent().replacing("\"time\":\"2023-03-12T07:15:04Z\",", with: "")
        #expect(failure { try imported(text) }.contains("say when it happened with --time"))
        let time = Timestamp(seconds: 1_680_000_000)
        #expect(try imported(text, ImportOptions(time: time)).events.first?.time == time)
    }

    @Test(arguments: [
        (
            cloudEvent().replacing("1.0", with: "0.3"),
            "in.jsonl:1:16: \"specversion\" is \"0.3\"; "
                + "expected \"1.0\""
        ),
        (cloudEvent(data: "\"x\""), "\"data\" is a string; expected an object"),
        (
            cloudEvent().replacing("\"data\":{}", with: "\"data_base64\":\"e30=\""),
            "\"data_base64\" is no detail"
        ),
        (cloudEvent(",\"data_base64\":\"e30=\""), "an event has one of it and \"data\""),
        (cloudEvent().replacing("\"data\":{}", with: "\"x\":1"), "has no \"data\""),
        (
            cloudEvent(",\"replaylabform\":\"put\",\"traceparent\":\"00\""),
            "an export has not written the attribute \"traceparent\""
        ),
        (cloudEvent(",\"detail\":\"x\""), "the attribute \"detail\" cannot be kept"),
        (cloudEvent(",\"jsonl\":\"x\""), "the attribute \"jsonl\" cannot be kept"),
        (cloudEvent(",\"subject\":5"), "\"subject\" is a number; expected a string with something"),
        (
            cloudEvent(",\"subject\":\"\""),
            "\"subject\" is a string; expected a string with something"
        ),
        (cloudEvent(",\"replaylabform\":\"x\""), "\"replaylabform\" is \"x\"; expected one of put"),
        (cloudEvent(",\"replaylabform\":\"put\",\"sequence\":\"x\""), "\"sequence\" is \"x\""),
        (
            cloudEvent(",\"replaylabform\":\"put\",\"replaylabenvelope\":\"[]\""),
            "\"replaylabenvelope\" is no envelope: a JSON object was expected"
        ),
        (
            cloudEvent(",\"replaylabform\":\"put\",\"replaylabdetail\":\"{\\\"a\\\":1}\""),
            "\"replaylabdetail\" does not write the same object as \"data\""
        ),
    ])
    func `a bad event is named`(line: String, said: String) {
        #expect(failure { try imported(line) }.contains(said), "\(failure { try imported(line) })")
    }

    @Test func `sequences of our own must rise, those of others need not`() throws {
        let ours = ",\"replaylabform\":\"put\",\"sequence\":\"7\""
        let text = cloudEvent(ours) + "\n" + cloudEvent(ours, id: "e2")
        #expect(failure { try imported(text) }.contains("in.jsonl:2:"))
        let others = ",\"sequence\":\"7\""
        let both = cloudEvent(others) + "\n" + cloudEvent(others, id: "e2")
        #expect(try imported(both).events.count == 2)
    }

    @Test func `a batch is one array, also of no event`() throws {
        #expect(try exported([], .cloudeventsBatch) == "[]\n")
        let text = try exported(simulated, .cloudeventsBatch)
        let values = try #require(try JSONValue(parsing: text).array)
        #expect(values.count == simulated.count)
        #expect(values.allSatisfy { $0["specversion"] == "1.0" })
    }
}
