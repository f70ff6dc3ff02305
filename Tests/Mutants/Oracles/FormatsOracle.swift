import EventModel
import Foundation
import PropertyTesting
import Scenario

/// What is read of a file's bytes, and what is written into one.
struct FormatPart: Sendable {
    var read: @Sendable ([UInt8]) throws -> [Event] = FormatPart.imported
    var write: @Sendable ([Event]) throws -> [UInt8] = FormatPart.exported

    static func imported(_ bytes: [UInt8]) throws -> [Event] {
        try Scratch.with { folder in
            let file = folder + "/events"
            try Data(bytes).write(to: URL(fileURLWithPath: file))
            let importer = try EventImporter(paths: [file])
            _ = try importer.check()
            let batches = try importer.events()
            var events: [Event] = []
            while let batch = try batches.next() { events += batch.events }
            return events
        }
    }

    static func exported(_ events: [Event]) throws -> [UInt8] {
        var bytes: [UInt8] = []
        var exporter = EventExporter(format: .csv) { bytes += $0 }
        for (place, event) in events.enumerated() {
            try exporter.write(event, sequence: Int64(place + 1))
        }
        try exporter.finish()
        return bytes
    }
}

/// A file of EventBridge's envelopes, a line each.
struct EnvelopeFile: Sendable {
    struct Line: Sendable {
        var note: String
        /// Hours that the clock of its time is ahead of UTC.
        var offset: Int
    }

    var lines: [Line]
    var endsWithNewline: Bool

    static let any = zip(
        zip(Gen<String>.ascii(of: 0...5), Gen.element(of: [0, 12])).map {
            Line(note: $0, offset: $1)
        }.list(of: 0...8), Gen.bool.map { !$0 }
    ).map { EnvelopeFile(lines: $0, endsWithNewline: $1) }

    /// All times are this one, by other clocks.
    private static let time = Timestamp(seconds: 1_678_605_304)

    var events: [Event] {
        lines.enumerated().map { place, line in
            Event(
                id: EventID("event-\(place + 1)"), time: EnvelopeFile.time,
                content: EventContent(
                    source: FeederSystem.source, detailType: FeederSystem.detailType, device: nil,
                    detail: "{\"click-type\":\"SINGLE\",\"note\":\(JSONText.quoted(line.note))}"))
        }
    }

    var text: String {
        let texts = zip(lines, events).map { line, event in
            let clock = Timestamp(seconds: event.time.seconds + Int64(line.offset) * 3600)
            let time =
                line.offset == 0
                ? clock.text(.second) : clock.text(.second).dropLast() + "+\(line.offset):00"
            return #"{"version":"0","id":"\#(event.id.text)","detail-type":"\#(event.detailType)","#
                + #""source":"\#(event.content.source)","account":"123456789012","#
                + #""time":"\#(time)","region":"ap-southeast-2","resources":[],"#
                + #""detail":\#(event.detail)}"#
        }
        return texts.joined(separator: "\n") + (endsWithNewline && !texts.isEmpty ? "\n" : "")
    }

    /// A line of the history a line.
    var history: [String] {
        lines.map { line in
            "a line" + (line.offset == 0 ? "" : " by a clock of +\(line.offset):00")
                + (line.note.isEmpty ? "" : ", note \(JSONText.quoted(line.note))")
        } + (endsWithNewline ? [] : ["no newline at the end"])
    }
}

extension Oracles {
    /// What is imported is what the lines say; exported as csv and imported again it is the same.
    static let formats = Oracle<FormatPart>(
        "formats", of: FormatPart(), for: EnvelopeFile.any, lines: \.history
    ) { file, part in
        let events = file.events
        // No event is no format.
        guard !events.isEmpty else { return }
        let found = try part.read(Array(file.text.utf8))
        try require(found.count == events.count, "events of an import")
        try require(found.map(\.id.text) == events.map(\.id.text), "ids of an import")
        try require(found.map(\.time) == events.map(\.time), "times of an import")
        try require(found.map(\.detail) == events.map(\.detail), "details of an import")
        let again: [Event]
        do { again = try part.read(part.write(found)) } catch { throw Breach("csv cannot be read") }
        try require(again.encodings == found.encodings, "csv read again")
    }
}
