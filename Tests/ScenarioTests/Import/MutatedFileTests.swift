import EventModel
import Foundation
import Testing

@testable import Scenario

/// A hundred thousand mutated lines of every form, a thousand a file, with a good line after each.
@Suite struct `Mutated files` {
    private static let lines = [
        envelope(), envelope(time: "2023-03-12T07:15:04.5+12:00", more: ",\"x\":[1e2,{}]"),
        "{\"sequence\":1,\"id\":\"a\",\"time\":\"2023-03-12T07:15:04.000000Z\",\"recorded\":null,"
            + "\"source\":\"s\",\"detailType\":\"t\",\"device\":null,\"detail\":{},"
            + "\"form\":\"put\",\"envelope\":{\"a\":\"b\"}}",
        "{\"deviceEvent\":{\"buttonClicked\":{\"clickType\":\"LONG\",\"reportedTime\":1678605304000}}}",
        "{\"specversion\":\"1.0\",\"id\":\"c\",\"source\":\"s\",\"type\":\"t\",\"subject\":\"d\","
            + "\"time\":\"2023-03-12T07:15:04+12:00\",\"ext\":true,\"data\":{\"device-id\":\"D\"}}",
        "{\"specversion\":\"1.0\",\"id\":\"d\",\"source\":\"s\",\"type\":\"t\",\"sequence\":\"02\","
            + "\"time\":\"2023-03-12T07:15:04.000000Z\",\"recordedtime\":null,"
            + "\"replaylabform\":\"jsonl\",\"replaylabenvelope\":\"{\\\"a\\\":1}\","
            + "\"replaylabdetail\":\"{\\n}\",\"data\":{}}",
        "{\"tst\":\"2023-03-12T07:15:04.123456Z+0000\",\"topic\":\"cat-feeder/action\",\"qos\":0,"
            + "\"retain\":0,\"payload\":{\"event\":\"LONG\"}}",
    ].map { Array($0.utf8) }

    private static let header =
        "sequence,id,time,recorded,source,detailType,device,detail,form,envelope"
    private static let rows = [
        "1,a,2023-03-12T07:15:04.000000Z,,s,t,,{},put,",
        "2,5d9dc9f8-1818-4811-892f-902bd23f0824,2023-03-12T07:15:04.5+12:00,2023-03-12T07:15:05Z,"
            + "\"s,s\",\"t\"\"t\",d,\"{\"\"click-type\"\": \"\"LONG\"\"}\",eventbridge,"
            + "\"{\"\"version\"\":\"\"0\"\"}\"",
        "3,c,2023-03-12T07:15:04Z,,s,t,\"a\r\nb\",\"{\n}\",jsonl,\"{\"\"note\"\":1}\"",
    ].map { Array($0.utf8) }

    /// The good line with this number. A lone # stands before it, so that no value which a mutated
    /// line opens can take it in; of a row, the quotes around its detail would close any others.
    private func good(_ number: Int, isCSV: Bool) -> String {
        isCSV
            ? ",good-\(number),2023-03-12T07:15:04Z,,s,t,,\"{}\",,"
            : envelope(id: "good-\(number)")
    }

    private struct MutatedFile {
        var bytes: [UInt8] = []
        /// For each mutated line, the line in which it begins, and that of the # behind it.
        var lines: [ClosedRange<Int>] = []
        var texts: [[UInt8]] = []
    }

    private func file(_ numbers: inout SeededNumbers, isCSV: Bool) -> MutatedFile {
        var file = MutatedFile()
        file.bytes = isCSV ? Array(Self.header.utf8) + [0x0A] : []
        var line = isCSV ? 2 : 1
        for number in 0..<1_000 {
            let text = mutated(&numbers, isCSV ? Self.rows : Self.lines)
            let end = line + text.count { $0 == 0x0A } + 1
            file.lines.append(line...end)
            file.texts.append(text)
            file.bytes += text + Array("\n#\n\(good(number, isCSV: isCSV))\n".utf8)
            line = end + 2
        }
        return file
    }

    private func mutated(_ numbers: inout SeededNumbers, _ seeds: [[UInt8]]) -> [UInt8] {
        var line = seeds.randomElement(using: &numbers) ?? []
        for _ in 0..<Int.random(in: 1...4, using: &numbers) {
            guard !line.isEmpty else { break }
            let place = Int.random(in: 0..<line.count, using: &numbers)
            switch Int.random(in: 0..<5, using: &numbers) {
            case 0: line[place] = UInt8.random(in: 0...255, using: &numbers)
            case 1: line.remove(at: place)
            case 2:
                let bytes = Array("{}[]\",:\\u0 \r\n".utf8)
                line.insert(bytes[Int.random(in: 0..<bytes.count, using: &numbers)], at: place)
            case 3: line.removeSubrange(place...)
            default: line.insert(contentsOf: line[place..<min(line.count, place + 9)], at: place)
            }
        }
        return line
    }

    /// Runs again with `swift test --filter "Mutated files"`; a failure names seed and line.
    @Test(arguments: 0..<10)
    func `give every good line, and name every other one`(part: Int) throws {
        let folder = Folder()
        for seed in part * 10..<part * 10 + 10 {
            let isCSV = seed % 3 == 2
            var numbers = SeededNumbers(state: UInt64(seed))
            let file = file(&numbers, isCSV: isCSV)
            var options = ImportOptions(time: Timestamp(seconds: 1_680_000_000))
            options.problemLimit = .max
            let found = try imported(bytes: file.bytes, options, skippingBad: true, in: folder)
            #expect(found.report.values == found.report.events + found.report.bad, "seed \(seed)")
            #expect(found.report.problems.count == found.report.bad, "seed \(seed)")
            #expect(found.events.count == found.report.events, "seed \(seed)")
            try expectAllNamed(file, found, seed)
            try expectWhole(found, seed, in: folder)
        }
    }

    /// Each mutated line gave an event or is named; each good one gave its event.
    private func expectAllNamed(_ file: MutatedFile, _ found: Imported, _ seed: Int) throws {
        var named: [Int: Int] = [:]
        for problem in found.report.problems { named[problem.line ?? 0, default: 0] += 1 }
        #expect(found.report.problems.allSatisfy { $0.place != nil }, "seed \(seed)")
        var events = found.events[...]
        for (number, lines) in file.lines.enumerated() {
            let own = events.prefix { $0.id.text != "good-\(number)" }
            events = events.dropFirst(own.count)
            guard events.popFirst() != nil else {
                Issue.record("seed \(seed): the good line behind \(lines.upperBound) was lost")
                return
            }
            // What a line leaves open breaks at the #, which is bad itself, or at the good line.
            let isNamed =
                lines.dropLast().contains { named[$0] != nil }
                || named[lines.upperBound, default: 0] > 1
                || named[lines.upperBound + 1] != nil
            if own.isEmpty, !isNamed, !isBlank(file.texts[number]) {
                let text = String(decoding: file.texts[number], as: UTF8.self)
                Issue.record("seed \(seed): nobody knows of line \(lines.lowerBound): \(text)")
            }
        }
        #expect(events.isEmpty, "seed \(seed)")
    }

    private func isBlank(_ text: [UInt8]) -> Bool {
        text.allSatisfy { [0x20, 0x0A, 0x0D, 0x09, 0x5B, 0x5D, 0x2C].contains($0) }
    }

    /// What was kept is whole: it goes out and in again in every lossless form.
    private func expectWhole(_ found: Imported, _ seed: Int, in folder: Folder) throws {
        var events = found.events
        for place in events.indices {
            events[place].recorded = events[place].recorded ?? Timestamp(seconds: 1_700_000_000)
        }
        let format = [ExportFormat.jsonl, .csv, .cloudevents, .cloudeventsBatch][seed % 4]
        let again = try imported(exported(events, format), in: folder)
        #expect(again.events.fields == events.fields, "seed \(seed), \(format)")
    }

    @Test(arguments: 0..<20)
    func `without a place for the bad ones nothing is kept`(seed: Int) throws {
        var numbers = SeededNumbers(state: UInt64(1_000 + seed))
        let file = file(&numbers, isCSV: seed % 3 == 2)
        #expect(throws: ImportError.self) { try imported(bytes: file.bytes) }
    }
}
