import EventModel
import Foundation
import GRDB
import Ledger
import Testing

/// A folder of its own for each test, gone with it.
final class Folder {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.path + "/ledger-tests-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func callAsFunction(_ name: String) -> String { path + "/" + name }

    var names: [String] {
        get throws { try FileManager.default.contentsOfDirectory(atPath: path).sorted() }
    }
}

/// Events to fill ledgers with: the same for the same number.
enum Sample {
    static let start = try! Timestamp(text: "2024-03-01T07:00:00Z")
    private static let clicks = ClickKind.allCases.flatMap { click in
        ["G030A", "G030B"].map { device in press(click, device) }
    }

    static func press(_ click: ClickKind, _ device: String = "G030A") -> EventContent {
        EventContent(
            source: FeederSystem.source, detailType: FeederSystem.detailType, device: device,
            detail: #"{"click-type": "\#(click.word)", "device-id": "\#(device)"}"#)
    }

    static func other(
        _ detail: String = "{}", source: String = "test", envelope: String? = nil,
        form: EventForm = .eventBridge
    ) -> EventContent {
        EventContent(
            source: source, detailType: "Test", device: nil, detail: detail, form: form,
            envelope: envelope)
    }

    static func id(_ number: Int) -> EventID {
        EventID(derivedFrom: SHA256.hash("event \(number)"))
    }

    /// Press number `number`: a second and a bit after the one before.
    static func event(_ number: Int) -> Event {
        Event(
            id: id(number),
            time: Timestamp(microseconds: start.microseconds + Int64(number) * 1_234_567),
            content: clicks[number % clicks.count])
    }

    static func events(_ numbers: Range<Int>) -> [Event] { numbers.map(event) }

    /// Some of everything that a ledger can hold: about twenty events in three batches.
    static func mixed() -> [[Event]] {
        let kitchen = Registration(
            device: "G030A", feeder: "kitchen", timeZone: "Pacific/Auckland", leftGrams: 25,
            rightGrams: 30)
        var more: [Event] = [
            Event(id: EventID("first"), time: start, content: kitchen.content(envelope: nil)),
            Event(
                id: EventID("ünïcode \u{0} 😀"), time: Timestamp(microseconds: -1),
                content: other(
                    #"{"a": "\u0000é😀"}"#,
                    envelope: #"{"account":"1","region":"ap-southeast-2","replay-name":"r"}"#)),
            Event(
                id: EventID(""), time: start, recorded: Timestamp(seconds: 1_800_000_000),
                content: other("{}", form: .jsonLines)),
            Event(
                id: EventID("42"), time: .earliest,
                content: other(#"{"button-event": {}}"#, source: "\u{E9}", form: .button)),
            Event(
                id: EventID("0189F7E0-1234-7ABC-8DEF-0123456789AB"), time: .latest,
                recorded: Timestamp(seconds: 1_800_000_001),
                content: other("[1,2]", source: "e\u{301}")),
        ]
        more += events(6..<9)
        return [events(0..<6), more, events(9..<16)]
    }
}

/// A ledger at `path` of these batches, cleanly closed.
@discardableResult
func makeLedger(_ path: String, _ batches: [[Event]], isComplete: Bool = false) throws -> LedgerHead
{
    let writer = try LedgerWriter(path: path) { _ in #"{"made-by":"test"}"# }
    for (place, batch) in batches.enumerated() {
        try writer.append(batch, isComplete: isComplete && place == batches.count - 1)
    }
    try writer.close()
    return writer.head
}

/// Everything that a ledger says through its own interface.
func readOut(_ ledger: EventLedger) throws -> [String] {
    var lines: [String] = []
    let head = try ledger.head()
    lines.append("\(head)")
    guard head.sequence > 0 else { return lines }
    try ledger.forEachEvent(1...head.sequence) { sequence, event in
        lines.append(
            "\(sequence) \(event.id.text.utf8.map { $0 }) \(event.time) \(event.recorded as Any)"
                + " \(event.content.form) \(event.content.digest) \(event.content.meaning)"
                + " \(event.source) \(event.detailType) \(event.device as Any) \(event.detail)"
                + " \(event.content.envelope as Any)")
    }
    try ledger.scan(1...head.sequence) { first, records, lookup in
        for place in records.indices {
            let content = try lookup.content(records[place].content)
            lines.append("\(first + place) \(records[place]) \(content.digest)")
        }
    }
    lines += try ledger.devices()
    lines += try ledger.registrations(upTo: head.sequence).map { "\($0)" }
    lines += try ledger.runs().map { "\($0)" }
    return lines
}

/// A connection as any other program opens one.
func withSQLite<R>(
    _ path: String, foreignKeys: Bool = true, _ body: (Database) throws -> R
) throws -> R {
    var configuration = Configuration()
    configuration.foreignKeysEnabled = foreignKeys
    configuration.busyMode = .timeout(10)
    let queue = try DatabaseQueue(path: path, configuration: configuration)
    defer { try? queue.close() }
    return try queue.inDatabase(body)
}

/// Changes rows as somebody does who knows SQLite: triggers off, changed, triggers on again with
/// their very text.
func tamper(_ path: String, _ change: (Database) throws -> Void) throws {
    try withSQLite(path, foreignKeys: false) { db in
        let triggers = try Row.fetchAll(
            db, sql: "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        for trigger in triggers { try db.execute(sql: "DROP TRIGGER \(trigger[0] as String)") }
        try change(db)
        for trigger in triggers { try db.execute(sql: trigger[1]) }
    }
}
