import ArgumentParser
import EventModel
import Foundation
import Lab
import Ledger
import Projections
import Scenario

/// How a history is edited.
struct EditOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "An event that does not come: seq:N or id:ID. Again for more.", valueName: "event"))
    var without: [String] = []

    @Option(
        help: ArgumentHelp(
            "An event that comes besides: its JSON in any form that import reads, or a press as"
                + " 'TIME CLICK DEVICE'. Again for more.", valueName: "event"))
    var insert: [String] = []

    @Option(
        help: ArgumentHelp(
            "An event whose report is recorded later, such as seq:12=2h or id:ID=1d6h30m10s. When it"
                + " happened stays. Again for more.", valueName: "event=time"))
    var delay: [String] = []

    func validate() throws {
        guard !(without + insert + delay).isEmpty else {
            throw ValidationError("nothing is edited: name --without, --insert or --delay")
        }
    }

    func edits(of ledger: EventLedger) throws -> [HistoryEdit] {
        var edits = try without.map {
            HistoryEdit.without(try EditOptions.sequence($0, "--without", in: ledger))
        }
        for text in delay {
            guard let cut = text.lastIndex(of: "=") else {
                throw UsageError(
                    description: "--delay \(text): write the event and how much later its report is"
                        + " recorded, such as seq:12=2h")
            }
            let span = String(text[text.index(after: cut)...])
            guard let microseconds = EditOptions.microseconds(span) else {
                throw UsageError(
                    description: "--delay \(text): \(span.isEmpty ? "nothing" : span) is no length"
                        + " of time; write numbers with d, h, m and s, such as 2h or 1h30m")
            }
            let sequence = try EditOptions.sequence(String(text[..<cut]), "--delay", in: ledger)
            edits.append(.delay(sequence, microseconds: microseconds))
        }
        for (place, text) in insert.enumerated() {
            edits.append(.insert(try EditOptions.event(text, number: place + 1)))
        }
        return edits
    }

    /// The sequence of the event that an option names.
    private static func sequence(
        _ text: String, _ option: String, in ledger: EventLedger
    ) throws -> Int {
        switch try? PointInTime(text: text) {
        case .sequence(let number): return number
        case .id(let id):
            guard let number = try ledger.sequence(of: id) else {
                throw LedgerError.notFound(path: ledger.path, what: "event \(id)")
            }
            return number
        default:
            throw UsageError(
                description: "\(option) takes one event, seq:N or id:ID, not \(text)")
        }
    }

    /// `1d6h30m10s` in microseconds; nil where a text is none of that, or too long.
    static func microseconds(_ text: String) -> Int64? {
        let units: [Character: Int64] = ["d": 86_400, "h": 3600, "m": 60, "s": 1]
        var total: Int64 = 0
        var digits = ""
        for letter in text {
            guard let unit = units[letter] else {
                digits.append(letter)
                continue
            }
            guard !digits.isEmpty, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
                let number = Int64(digits)
            else { return nil }
            let (part, isOver) = number.multipliedReportingOverflow(by: unit * 1_000_000)
            let (sum, isBeyond) = total.addingReportingOverflow(part)
            guard !isOver, !isBeyond else { return nil }
            total = sum
            digits = ""
        }
        return digits.isEmpty && !text.isEmpty ? total : nil
    }

    private static func event(_ text: String, number: Int) throws -> Event {
        if text.drop(while: \.isWhitespace).first == "{" { return try parsed(text) }
        let words = text.split(separator: " ", maxSplits: 2).map(String.init)
        guard words.count >= 2, let click = ClickKind(word: words[1]) else {
            throw UsageError(
                description: "--insert \(text): write an event's JSON, or TIME CLICK DEVICE such as"
                    + " '2024-03-01T07:00:00Z SINGLE G030PM0123456789'; clicks are SINGLE, DOUBLE and"
                    + " LONG")
        }
        let device = words.count > 2 ? words[2] : nil
        let name = device.map { ", \"device-id\": \(JSONText.quoted($0))" } ?? ""
        return Event(
            id: EventID("inserted-\(number)"),
            time: try time(words[0], "--insert") ?? .earliest,
            content: EventContent(
                source: FeederSystem.source, detailType: FeederSystem.detailType, device: device,
                detail: "{\"click-type\": \"\(click.word)\"\(name)}"))
    }

    /// Reads one event as `import` reads it.
    private static func parsed(_ text: String) throws -> Event {
        let path = NSTemporaryDirectory() + "replaylab-insert-\(UUID().uuidString)"
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        do {
            let importer = try EventImporter(paths: [path])
            _ = try importer.check()
            let batch = try importer.events().next()
            guard let events = batch?.events, events.count == 1 else {
                throw ImportError(input: path, reason: "expected one event")
            }
            return events[0]
        } catch var error as ImportError {
            error.input = "--insert"
            throw error
        }
    }
}
