import EventModel
import Foundation
import Testing

@testable import Scenario

/// SplitMix64: the same numbers in every run.
struct SeededNumbers: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
        return z ^ z >> 31
    }
}

@Suite struct `Mutated lines` {
    private static let seeds = [
        envelope(), envelope(time: "2023-03-12T07:15:04.5+12:00", more: ",\"x\":[1e2,{}]"),
        "{\"sequence\":1,\"id\":\"a\",\"time\":\"2023-03-12T07:15:04.000000Z\",\"recorded\":null,"
            + "\"source\":\"s\",\"detailType\":\"t\",\"device\":null,\"detail\":{},"
            + "\"form\":\"put\",\"envelope\":{\"a\":\"b\"}}",
        "{\"deviceEvent\":{\"buttonClicked\":{\"clickType\":\"LONG\",\"reportedTime\":1678605304000}}}",
    ].map { Array($0.utf8) }

    private func mutated(_ numbers: inout SeededNumbers) -> [UInt8] {
        var line = Self.seeds.randomElement(using: &numbers)!
        for _ in 0..<Int.random(in: 1...4, using: &numbers) {
            let place = Int.random(in: 0..<line.count, using: &numbers)
            switch Int.random(in: 0..<5, using: &numbers) {
            case 0: line[place] = UInt8.random(in: 0...255, using: &numbers)
            case 1: line.remove(at: place)
            case 2:
                line.insert(
                    Array("{}[]\",:\\u0 \n".utf8).randomElement(using: &numbers)!, at: place)
            case 3: line.removeSubrange(place...)
            default: line.insert(contentsOf: line[place..<min(line.count, place + 9)], at: place)
            }
            if line.isEmpty { line = [0x7B] }
        }
        return line
    }

    /// Runs again with `swift test --filter "Mutated lines"`; a failure names the seed.
    @Test(arguments: 0..<4)
    func `are imported or named, and nothing is lost`(part: Int) throws {
        let folder = Folder()
        for seed in part * 1_000..<(part + 1) * 1_000 {
            var numbers = SeededNumbers(state: UInt64(seed))
            let line = mutated(&numbers)
            let good = envelope(id: "last")
            let found = try imported(
                bytes: line + Array("\n\(good)\n".utf8), skippingBad: true, in: folder)
            #expect(found.report.values == found.report.events + found.report.bad, "seed \(seed)")
            #expect(found.events.count == found.report.events, "seed \(seed)")
            // The mutation may swallow the next line only by opening a string or an object that
            // the line closes; recovery begins at the next line, so the good line is always read.
            #expect(found.events.last?.id.text == "last", "seed \(seed)")
            if found.report.events == 1 {
                #expect(found.report.bad > 0 || isBlank(line), "seed \(seed)")
            }
            if found.events.count == 1, !line.contains(0x0A) {
                let trimmed = line.drop { [0x20, 0x0D, 0x09].contains($0) }
                #expect(
                    found.report.bad > 1 || Array(found.skipped.utf8).count >= trimmed.count - 1,
                    "seed \(seed)")
            }
            let lines = try exported(found.events, .jsonl)
            #expect(
                try imported(lines, in: folder).events.fields == found.events.fields, "seed \(seed)"
            )
        }
    }

    private func isBlank(_ line: [UInt8]) -> Bool {
        line.allSatisfy { [0x20, 0x0A, 0x0D, 0x09, 0x5B, 0x5D].contains($0) }
    }
}
