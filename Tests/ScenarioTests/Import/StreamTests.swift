import EventModel
import Foundation
import Testing

@testable import Scenario

private let values = (1...9).map { envelope(id: "e\($0)", detail: "{\"n\": \($0), \"ü\": \"😀\"}") }

@Suite struct `Streams of values` {
    static let manners: [String: String] = [
        "lines": values.joined(separator: "\n") + "\n",
        "lines without a last end": values.joined(separator: "\n"),
        "CRLF": values.joined(separator: "\r\n") + "\r\n",
        "concatenated": values.joined(),
        "byte order mark": "\u{FEFF}" + values.joined(separator: "\n"),
        "array": "[" + values.joined(separator: ",") + "]",
        "pretty array": "[\n  " + values.joined(separator: ",\n  ") + "\n]\n",
        "a mix": values[0] + "[" + values[1...4].joined(separator: " , ") + "]\n\n" + values[5]
            + values[6] + " [ ] [" + values[7] + "]" + values[8],
    ]

    @Test(arguments: manners.keys.sorted())
    func `are read in every manner, whatever the chunks`(manner: String) throws {
        let text = Self.manners[manner]!
        for chunkSize in [1, 2, 3, 7, 64 << 10] {
            var options = ImportOptions()
            options.chunkSize = chunkSize
            let found = try imported(text, options)
            #expect(found.events.map(\.id.text) == (1...9).map { "e\($0)" })
            #expect(found.events.map(\.detail) == (1...9).map { "{\"n\": \($0), \"ü\": \"😀\"}" })
            #expect(found.report.inputs[0].textByteCount == text.utf8.count)
        }
    }

    @Test func `pretty printed values are read`() throws {
        let text = try values.map { try JSONValue(parsing: $0).text(pretty: true) }
        let found = try imported(text.joined(separator: "\n"))
        #expect(found.events.map(\.id.text) == (1...9).map { "e\($0)" })
        #expect(found.events[0].detail == "{\n    \"n\": 1,\n    \"ü\": \"😀\"\n  }")
        #expect(
            found.events[0].content.envelope?.hasPrefix("{\"version\":\"0\",\"account\"") == true)
    }

    @Test(arguments: [1, 2, 3, 7, 64 << 10])
    func `a chunk's end changes no error`(chunkSize: Int) throws {
        var options = ImportOptions()
        for bad in badSyntax + badEnvelopes where bad.options.format == .auto {
            let whole = failure { try imported(bad.input) }
            options.chunkSize = chunkSize
            #expect(failure { try imported(bad.input, options) } == whole)
        }
    }

    @Test(arguments: [1, 5, 64 << 10])
    func `gzip is read as it comes, also several members`(chunkSize: Int) throws {
        let folder = Folder()
        folder.write(values[..<4].joined(separator: "\n").utf8, to: "a")
        folder.write(values[4...].joined(separator: "\n").utf8, to: "b")
        let members = [folder.gzip("a"), folder.gzip("b")].map {
            FileManager.default.contents(atPath: $0)!
        }
        let path = folder.write(members[0] + members[1] + [0, 0, 0], to: "both.gz")
        var options = ImportOptions()
        options.chunkSize = chunkSize
        let importer = try EventImporter(paths: [path], options: options)
        let report = try importer.check()
        #expect(report.inputs[0].isGzip)
        #expect(report.inputs[0].byteCount == members[0].count + members[1].count + 3)
        #expect(try allEvents(of: importer).count == 9)

        for end in [3, 15, members[0].count - 1, members[0].count + 5] {
            let path = folder.write((members[0] + members[1])[..<end], to: "short.gz")
            let short = try EventImporter(paths: [path], options: options)
            #expect(failure { try short.check() }.contains("the gzip data ends too early"))
        }
        let trailing = try EventImporter(
            paths: [folder.write(members[0] + [0x41], to: "t.gz")], options: options)
        #expect(failure { try trailing.check() }.contains("no gzip follows"))
        var broken = members[0]
        broken[broken.count - 6] ^= 1
        let damaged = try EventImporter(paths: [folder.write(broken, to: "d.gz")], options: options)
        #expect(failure { try damaged.check() }.contains("cannot be read: incorrect data check"))
    }

    @Test func `several inputs follow one another and are told apart`() throws {
        let folder = Folder()
        let paths = [folder.write(values[0].utf8, to: "a"), folder.write(values[1].utf8, to: "b")]
        let importer = try EventImporter(paths: paths)
        let report = try importer.check()
        #expect(report.inputs.map(\.name) == paths)
        #expect(report.inputs.map(\.values) == [1, 1])
        #expect(report.inputs[0].sha256 == SHA256.hash(values[0]))
        #expect(report.inputs[0].formats == [.eventbridge: 1])
        #expect(try allEvents(of: importer).map(\.id.text) == ["e1", "e2"])
    }

    @Test func `a pipe is read twice too`() throws {
        let folder = Folder()
        let path = folder.path + "/pipe"
        #expect(mkfifo(path, 0o600) == 0)
        let writer = Thread {
            try? values.joined().write(toFile: path, atomically: false, encoding: .utf8)
        }
        writer.start()
        let importer = try EventImporter(paths: [path])
        #expect(try importer.check().events == 9)
        #expect(try allEvents(of: importer).count == 9)
    }

    @Test func `a file that changes between the readings is refused`() throws {
        let folder = Folder()
        let path = folder.write(values.joined(separator: "\n").utf8)
        let importer = try EventImporter(paths: [path])
        _ = try importer.check()
        folder.write(values.joined(separator: "\n").replacing("e9", with: "eX").utf8)
        #expect(failure { try allEvents(of: importer) }.contains("changed while it was imported"))
    }

    @Test func `an interrupted import goes on behind the values it has dealt with`() throws {
        let folder = Folder()
        let button = "{\"clickType\":\"LONG\",\"serialNumber\":\"G\"}"
        let text = [button, values[0], "bad", button, values[1], button].joined(separator: "\n")
        var options = ImportOptions(time: Timestamp(seconds: 0))
        options.skipBad = folder.path + "/bad"
        let importer = try EventImporter(paths: [folder.write(text.utf8)], options: options)
        let report = try importer.check()
        #expect((report.values, report.events, report.bad) == (6, 5, 1))
        let all = try allEvents(of: importer).fields
        let batches = try importer.events(batchSize: 2)
        var taken = 0
        while let batch = try batches.next() {
            taken += batch.events.count
            let rest = try allEvents(of: importer, batchSize: 4, skip: batch.consumed).fields
            #expect(rest == Array(all[taken...]))
        }
        #expect(taken == 5)
    }
}
