import EventModel
import Foundation
import Testing

@testable import Scenario

private let header = "id,time,source,detailType,detail"
private let row = "e1,2023-03-12T07:15:04Z,s,t,\"{\"\"a\"\": \"\"x,y\"\"}\""

/// The places and reasons of all that is wrong with a csv.
private func problems(_ text: String) throws -> [String] {
    let found = try imported(text, ImportOptions(format: .csv, isCollecting: true), checkOnly: true)
    return found.report.problems.map { "\($0.place?.description ?? "-"): \($0.reason)" }
}

@Suite struct `Rows of csv` {
    @Test func `a recorded file is recognised, whatever the order of its columns`() throws {
        let found = try imported(text(of: recorded("presses.csv")))
        #expect(found.report.inputs[0].formats == [.csv: 2])
        #expect(found.report.presses == 2)
        #expect(found.events.map(\.id.text) == ["e1", "e2"])
        #expect(found.events.map(\.device) == ["G030PM0123456789", nil])
        #expect(found.events.map(\.time.shortText).last == "2023-03-12T18:02:33.747Z")
        #expect(found.events[0].content.form == .jsonLines)
    }

    @Test(arguments: ["\n", "\r\n"], ["", "\u{FEFF}"])
    func `line ends, blank lines and a byte order mark change nothing`(
        end: String, mark: String
    ) throws {
        let text = mark + [header, "", row, ""].joined(separator: end) + end
        #expect(try imported(text).events.fields == imported("\(header)\n\(row)").events.fields)
    }

    @Test func `a field in quotes keeps its line breaks, commas and quotes`() throws {
        let text = "\(header)\n\"a,\"\"b\",2023-03-12T07:15:04Z,s,t,\"{\n \"\"a\"\":\r\n1}\"\n"
        let event = try #require(try imported(text).events.first)
        #expect(event.id.text == "a,\"b")
        #expect(event.detail == "{\n \"a\":\r\n1}")
    }

    @Test func `an empty device is none, a missing column leaves it to the detail`() throws {
        let detail = "\"{\"\"device-id\"\":\"\"D\"\"}\""
        let time = "2023-03-12T07:15:04Z"
        let without = "\(header)\ne1,\(time),s,t,\(detail)"
        #expect(try imported(without).events.first?.device == "D")
        let empty = "\(header),device\ne1,\(time),s,t,\(detail),\ne2,\(time),s,t,\(detail),E"
        #expect(try imported(empty).events.map(\.device) == [nil, "E"])
    }

    @Test func `a file of a header alone is an import of no event`() throws {
        #expect(try imported(header).report.values == 0)
        #expect(try imported("", ImportOptions(format: .csv)).report.values == 0)
    }

    @Test(arguments: [
        (
            "id,time,source,detailType,detial\n",
            "in.jsonl:1:27: the header has an unknown column "
                + "\"detial\"; did you mean \"detail\"?"
        ),
        ("id,time,source,detail\n", "in.jsonl:1:1: the header lacks \"detailType\"; expected"),
        ("id,time,id\n", "in.jsonl:1:9: the header has the column \"id\" twice; expected it once"),
        ("id,time,\"x\n", "in.jsonl:1:9: the text ended inside the quotes that begin here"),
    ])
    func `a header that is none ends the import`(text: String, said: String) {
        #expect(failure { try imported(text) }.hasPrefix(said), "\(failure { try imported(text) })")
    }

    @Test(arguments: [
        ("e1,x,s,t,{}", "2:4: \"time\" is \"x\": the year needs 4 digits; expected a time such as"),
        (",2023-03-12T07:15:04Z,s,t,{}", "2:1: \"id\" is empty; expected something in it"),
        ("e1,2023-03-12T07:15:04Z,s,t", "2:1: the row has 4 fields; expected 5, as the header has"),
        ("e1", "2:1: the row has 1 field; expected 5"),
        (
            "e1,2023-03-12T07:15:04Z,s,t,[1]",
            "2:29: \"detail\" is no JSON object: a JSON object was"
        ),
        (
            "e1,2023-03-12T07:15:04Z,s,t,\"{\"\"a\"\":\"\"b\"\" 1}\"",
            "2:43: \"detail\" is no JSON object: a , or } was expected after the member"
        ),
        ("e1,2023-03-12T07:15:04Z,s,t,{} {}", "2:32: \"detail\" is no JSON object: nothing was"),
        ("e\"1,2023-03-12T07:15:04Z,s,t,{}", "2:2: a quote was not expected inside a field"),
        ("\"e\"1,2023-03-12T07:15:04Z,s,t,{}", "2:4: a comma or the row's end was expected after"),
    ])
    func `a bad row is named with line and column`(line: String, said: String) throws {
        let found = try problems("\(header)\n\(line)\n\(row)\n")
        #expect(found.count == 1 && found[0].hasPrefix(said), "\(found)")
    }

    @Test(arguments: [
        ("sequence", "0", "\"sequence\" is \"0\"; expected a whole number from 1"),
        ("form", "buton", "\"form\" is \"buton\"; expected one of put, eventbridge, button, jsonl"),
        ("recorded", "now", "\"recorded\" is \"now\": the year needs 4 digits"),
        ("envelope", "{\"\"id\"\":1}", "\"envelope\" is no envelope: \"id\" cannot stand here"),
        (
            "envelope", "{\"\"time\"\":1}",
            "\"envelope\" is no envelope: the envelope's \"time\" is 1"
        ),
        (
            "envelope", "{\"\"jsonl\"\":1}",
            "\"envelope\" is no envelope: the envelope has a member"
        ),
    ])
    func `an optional column is checked as well`(
        column: String, value: String, said: String
    ) throws {
        let found = try problems("\(header),\(column)\n\(row),\"\(value)\"\n")
        #expect(found.count == 1 && found[0].contains(said), "\(found)")
    }

    @Test func `sequences must rise`() throws {
        let rest = "2023-03-12T07:15:04Z,s,t,{}"
        let found = try problems("sequence,\(header)\n2,a,\(rest)\n2,b,\(rest)\n3,c,\(rest)")
        #expect(
            found == [
                "3:1: sequence 2 follows 2; expected rising sequences: the rows were reordered or repeated"
            ])
    }

    @Test func `bad rows land in the skip file byte for byte, and cost no good one`() throws {
        let bad = ["\"open,2023-03-12T07:15:04Z,s,t,{}", "e2,x,s,t,{}", "\"e\"3,,,,"]
        let text = ([header, row] + bad + [row.replacing("e1", with: "e4")])
            .joined(separator: "\r\n")
        let found = try imported(bytes: Array(text.utf8), skippingBad: true)
        #expect(found.events.map(\.id.text) == ["e1", "e4"])
        #expect(found.report.bad == 3)
        #expect(found.skipped == "\(bad[0])\r\n\(bad[1])\n\(bad[2])\r\n")
    }

    @Test(arguments: [64, 100, 1_000])
    func `where chunks end changes nothing`(chunkSize: Int) throws {
        let events = try imported(text(of: recorded("eventbridge-archive.jsonl"))).events
        let text = try exported(events, .csv)
        var options = ImportOptions()
        options.chunkSize = chunkSize
        #expect(try imported(text, options).events.fields == events.fields)
    }

    @Test func `a row above the limit is named and costs its first line`() throws {
        var options = ImportOptions(format: .csv)
        options.valueLimit = 200
        options.chunkSize = 64
        let long = "e0,2023-03-12T07:15:04Z,s,t,\"{" + String(repeating: " ", count: 300) + "}\""
        let found = try imported(
            bytes: Array("\(header)\n\(long)\n\(row)\n".utf8), options, skippingBad: true)
        #expect(found.events.map(\.id.text) == ["e1"])
        #expect(found.skipped == long + "\n")
    }
}
