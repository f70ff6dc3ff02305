import EventModel
import Foundation
import Testing

@testable import Scenario

/// An input, the ids that are read from it, and what lands in the file of bad values.
struct SkipCase: CustomTestStringConvertible, Sendable {
    var testDescription: String
    var input: String
    var ids: [String]
    var skipped: String

    init(_ name: String, _ input: String, _ ids: [String], _ skipped: String) {
        testDescription = name
        self.input = input
        self.ids = ids
        self.skipped = skipped
    }
}

private let a = envelope(id: "a")
private let b = envelope(id: "b")
private let c = envelope(id: "c")
private let cut = String(b.dropLast(9))

private let cases: [SkipCase] = [
    SkipCase("a bad line", "\(a)\nbad one\n\(b)\n", ["a", "b"], "bad one\n"),
    SkipCase("white space stays", "\(a)\n x\t y \r\n\(b)\r\n", ["a", "b"], "x\t y \r\n"),
    SkipCase("a truncated line costs no good one", "\(a)\n\(cut)\n\(c)\n", ["a", "c"], "\(cut)\n"),
    SkipCase("a truncated last line", "\(a)\n\(cut)", ["a"], "\(cut)\n"),
    SkipCase("a bad envelope", "{\"x\":1}\n\(a)", ["a"], "{\"x\":1}\n"),
    SkipCase("a bad envelope on several lines", "{\"x\":\n1}\n\(a)", ["a"], "{\"x\":\n1}\n"),
    SkipCase("text behind a value", "\(a) and more\n\(b)", ["a", "b"], "and more\n"),
    SkipCase(
        "a broken value on several lines", "{\n \"x\": 1,\n \"y\" 2\n}\n\(a)", ["a"],
        "{\n\"x\": 1,\n\"y\" 2\n}\n"),
    SkipCase(
        "concatenated: the rest of the line", "\(a){\"x\" 1}\(b)\n\(c)", ["a", "c"],
        "{\"x\" 1}\(b)\n"),
    SkipCase("an element alone", "[\(a),{\"x\":1},7,\(b)]\(c)", ["a", "b", "c"], "{\"x\":1}\n7\n"),
    SkipCase(
        "an array's rest of the line", "[\(a),{\"x\" 1},\(b)]\n\(c)", ["a", "c"],
        "{\"x\" 1},\(b)]\n"),
    SkipCase(
        "an array goes on at the next line", "[\n\(a),\n{\"x\" 1},\n\(b),\n\(c)\n]\n",
        ["a", "b", "c"], "{\"x\" 1},\n"),
    SkipCase("a comma that is missing", "[\(a)\n\(b)]\n\(c)", ["a", "b", "c"], ""),
    SkipCase("an array that is never closed", "[\(a),\n\(b)", ["a", "b"], ""),
    SkipCase("nothing good", "\u{0}\n\u{1}", [], "\u{0}\n\u{1}\n"),
]

@Suite struct `Skipping bad values` {
    @Test(arguments: cases)
    func `keeps the good ones and collects the others verbatim`(testCase: SkipCase) throws {
        for chunkSize in [1, 7, 64 << 10] {
            var options = ImportOptions()
            options.chunkSize = chunkSize
            let found = try imported(
                bytes: Array(testCase.input.utf8), options, skippingBad: true)
            #expect(found.events.map(\.id.text) == testCase.ids)
            #expect(found.skipped == testCase.skipped)
            #expect(found.report.bad > 0)
            #expect(found.report.bad == found.report.problems.count)
            #expect(found.report.values == found.report.bad + found.report.events)
        }
    }

    @Test func `a line far beyond the limit passes through`() throws {
        var options = ImportOptions()
        options.valueLimit = 1000
        options.chunkSize = 64
        let long = "{\"a\":\"" + String(repeating: "x", count: 100_000)
        let found = try imported(
            bytes: Array("\(a)\n\(long)\n\(b)".utf8), options, skippingBad: true)
        #expect(found.events.map(\.id.text) == ["a", "b"])
        #expect(found.skipped == long + "\n")
    }

    @Test func `invalid UTF-8 is collected byte for byte`() throws {
        let folder = Folder()
        var options = ImportOptions()
        options.skipBad = folder.path + "/bad"
        let line: [UInt8] = Array("{\"a\":\"".utf8) + [0xFF, 0xFE] + Array("\"}".utf8)
        let importer = try EventImporter(paths: [folder.write(line)], options: options)
        _ = try importer.check()
        #expect(Array(FileManager.default.contents(atPath: options.skipBad!)!) == line + [0x0A])
    }

    @Test func `an input is never overwritten`() throws {
        let folder = Folder()
        var options = ImportOptions()
        options.skipBad = folder.write(a.utf8)
        let importer = try EventImporter(paths: [options.skipBad!], options: options)
        #expect(failure { try importer.check() }.contains("is an input"))
        #expect(folder.read("in.jsonl") == a)
    }
}
