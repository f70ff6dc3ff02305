import EventModel
import Foundation
import Invariants
import Lab
import Ledger
import Projections
import Testing

// What a reduction writes, as it writes it but for its first word, @Test.
// swift-format-ignore
private struct Written {
func `no-double-feed holds for k left`() throws {
    let found = try given(
        .registration(of: "a", feeder: "k", zone: "UTC", left: 25, right: 30, at: "2023-11-14T22:13:00Z"),
        .event("AWS IoT 1-Click", #"{"click-type": "SINGLE", "device-id": "a"}"#, at: "2023-11-14T22:14:00Z", source: "com.feedmyfurbabies", device: "a"),
        .event("AWS IoT 1-Click", #"{"click-type": "SINGLE", "device-id": "a"}"#, at: "2023-11-14T22:14:00Z", source: "com.feedmyfurbabies", device: "a")
    ).violation(
        of: NoDoubleFeed.self, 10,
        settings: HydrationSettings(defaultZone: "UTC", portionGrams: 25))
    #expect(found == nil)
}
}

@Suite struct `The test that a reduction writes` {
    @Test func `compiles and fails`() throws {
        let ledger = try TemporaryLedger([
            Presses.registration("a", feeder: "k", zone: "UTC"),
            Presses.press(1, at: Timestamp(seconds: Presses.begin.seconds + 41), device: "a"),
            Presses.press(2, at: Timestamp(seconds: Presses.begin.seconds + 59), device: "a"),
        ])
        let reduced = try #require(
            try LedgerReduction(
                ledger.open(), ChosenInvariant(NoDoubleFeed.self), database: TimeZoneDatabase()
            ).run())
        let text = try #require(reduced.testText())
        let parts = text.components(separatedBy: "@Test ")
        #expect(parts.count == 2)
        let source = try String(contentsOfFile: #filePath, encoding: .utf8)
        #expect(source.contains(parts[1]), "\(text)")
        withKnownIssue { try Written().`no-double-feed holds for k left`() }
    }
    private struct Hidden: Invariant {
        static let name = "hidden"
        static let version = 1
        static let sentence = "no press"
        init(_ value: Int) {}
        mutating func apply(_ press: Press, _ history: borrowing History) -> Violation? {
            Violation("press", of: "all", at: press.sequence, "a press")
        }
    }

    private func reduced(
        _ type: any Invariant.Type, device: String = "a"
    ) throws -> ReducedHistory {
        let ledger = try TemporaryLedger([Presses.press(1, at: Presses.begin, device: device)])
        let found = try LedgerReduction(
            ledger.open(), ChosenInvariant(type), database: TimeZoneDatabase()
        ).run()
        return try #require(found)
    }

    @Test func `is none where nobody else can name the invariant`() throws {
        let found = try reduced(Hidden.self)
        #expect(found.testText() == nil)
        #expect(found.testAbsence == "Hidden is private to its file, so that no test can name it")
    }

    @Test func `sees what is not public of a module of the user's`() throws {
        let text = try #require(try reduced(AnyPress.self).testText())
        #expect(text.contains("@testable import InvariantsTests\n"))
        #expect(text.contains("of: AnyPress.self"))
    }

    @Test(arguments: ["quote\"\u{301}x", "back\\\u{301}slash", "a\"#b\"##c", "line\nbreak"])
    func `spells a device as a literal`(device: String) throws {
        let text = try #require(try reduced(AnyPress.self, device: device).testText())
        // The last literal of the event's line, cut at scalars.
        let line = try #require(
            text.components(separatedBy: "\n").first { $0.contains(", device: ") })
        let literal = try #require(line.components(separatedBy: ", device: ").last?.dropLast())
        let signs = literal.prefix { $0 == "#" }
        let inside = Array(literal.unicodeScalars.dropFirst(signs.count + 1))
        let end = Array("\"\(signs)".unicodeScalars)
        #expect(Array(inside.suffix(end.count)) == end)
        let ends = inside.indices.filter { inside[$0...].starts(with: end) }
        #expect(ends == [inside.count - end.count], "\(literal)")
    }
}

struct AnyPress: Invariant {
    static let name = "any-press"
    static let version = 1
    static let sentence = "no press"
    init(_ value: Int) {}
    mutating func apply(_ press: Press, _ history: borrowing History) -> Violation? {
        Violation("press", of: "all", at: press.sequence, "a press")
    }
}
