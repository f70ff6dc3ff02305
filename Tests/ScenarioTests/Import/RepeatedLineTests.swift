import EventModel
import Scenario
import Testing

/// Lines that differ from an earlier one in id and time are not read in full. Nothing may show it.
@Suite struct `A line like one before` {
    private static func line(
        _ id: String, _ time: String = "2024-03-01T07:00:00Z", detail: String = #"{"a": 1}"#,
        more: String = ""
    ) -> String {
        #"{"version":"0","id":"\#(id)","detail-type":"T","source":"s","time":"\#(time)",\#(more)"#
            + #""detail":\#(detail)}"#
    }

    private static let first = line("11111111-2222-3333-4444-555555555555")
    private static let id = "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee"

    /// What an import of these lines says of the last one.
    private func said(_ lines: [String], end: String = "\n") -> String {
        do {
            let found = try imported(lines.joined(separator: "\n") + end)
            guard let event = found.events.last else { return "nothing" }
            return "\(event.id) \(event.time) \(event.timeResolution) \(event.detail)"
                + " \(event.source) \(event.content.envelope ?? "-") \(found.report.events)"
        } catch {
            return "\(error)"
        }
    }

    @Test(arguments: [
        line(id), line(id, "2024-02-29T23:59:59Z"), line(id, "2023-02-29T23:59:59Z"),
        line(id, "2024-03-01T24:00:00Z"), line(id, "2024-03-01T07:60:00Z"),
        line(id, "2024-03-01T23:59:60Z"), line(id, "2024-03-01t07:00:00Z"),
        line(id, "2024-03-01T07:00:00z"), line(id, "2024-03-01T07:00:0\\"),
        line(id, "2024-03-01T07:00:00\""), line(id, "2024-03-01T07:00:00.123Z"),
        line(id, "2024-03-01T08:00:00+01:00"), line(id, "0000-03-01T07:00:00Z"),
        line(id, "2024-03-01T07:00:00Z", detail: #"{"a": 2}"#), line(id, detail: #"{"a": 1"#),
        line(id, detail: #"{"a":  1}"#), line(id, more: #""id":"x","#),
        line(id, more: #""x":1,"#), line(id.uppercased()),
        line("aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeee\""), line("aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeeg"),
        line("aaaaaaaa-bbbb-cccc-dddd+eeeeeeeeeeee"), line("\\u0061aaaaaa-bbbb-cccc-dddd-eeeeeee"),
        line("aaaaaaaa\\bbbb-cccc-dddd-eeeeeeeeeeee"), line(id) + " ", line(id) + "\r",
        line(id) + "x", line(id) + line("y"), "\u{20}" + line(id),
        line(id).replacing("\"s\"", with: "\"t\""), line(id).replacing("T\"", with: "\u{1}\""),
        line("11111111-2222-3333-4444-555555555555"),
    ])
    func `is read as if none had been before`(line: String) {
        // Behind lines whose form it has not, so that its place is the same.
        let other = Self.line("x", detail: #"{"b": [1, 2, 3]}"#)
        for end in ["\n", ""] {
            let alone = said([other, other, line], end: end)
            #expect(said([Self.first, Self.first, line], end: end) == alone, "\(line)")
        }
    }

    @Test(arguments: [1, 7, 100, 300, 64 << 10])
    func `may be cut anywhere by a chunk's end`(chunkSize: Int) throws {
        var options = ImportOptions()
        options.chunkSize = chunkSize
        let lines = (0..<300).map { number in
            let digits = String(number, radix: 16)
            let id = "00000000-0000-0000-0000-" + String(repeating: "0", count: 12 - digits.count)
            return Self.line(
                id + digits, "2024-03-01T07:0\(number / 60):\(10 + number % 50)Z",
                detail: #"{"a": \#(number % 7)}"#)
        }
        let found = try imported(lines.joined(separator: "\n"), options)
        #expect(found.events.count == 300)
        for (number, event) in found.events.enumerated() {
            #expect(lines[number].contains(event.id.text))
            #expect(lines[number].contains(event.time.shortText))
            #expect(event.detail == #"{"a": \#(number % 7)}"#)
        }
        #expect(found.report.inputs[0].formats == [.eventbridge: 300])
    }

    @Test func `many lines of which none is like another are all read`() throws {
        let lines = (0..<9_000).map { number in
            Self.line("event \(number)", detail: #"{"a": \#(number)}"#)
        }
        let found = try imported(lines.joined(separator: "\n"))
        #expect(found.events.map(\.detail) == (0..<9_000).map { #"{"a": \#($0)}"# })
    }

    @Test func `of the same id is a copy, wherever it stands`() throws {
        let many = (0..<200).map { number in
            Self.line("00000000-0000-0000-0000-000000000\(100 + number)")
        }
        let found = try imported((many + [many[150], many[3]]).joined(separator: "\n"))
        #expect(found.report.duplicates == 2)
        #expect(found.events.count == 202)
    }

    @Test(arguments: ["no UUID", id]) func `batches and skips are the same with any id`(id: String)
        throws
    {
        let folder = Folder()
        let lines = (0..<20).map { number in
            Self.line("00000000-0000-0000-0000-0000000000\(10 + number)")
        }
        let text = (lines + [Self.line(id)] + ["bad"]).joined(separator: "\n")
        var options = ImportOptions()
        options.skipBad = folder.path + "/bad"
        let importer = try EventImporter(paths: [folder.write(text.utf8)], options: options)
        try #expect(importer.check().values == 22)
        let batches = try importer.events(batchSize: 8, skip: 3)
        var consumed: [Int] = []
        var counts: [Int] = []
        while let batch = try batches.next() {
            consumed.append(batch.consumed)
            counts.append(batch.events.count)
        }
        #expect(consumed == [11, 19, 22])
        #expect(counts == [8, 8, 2])
    }
}
