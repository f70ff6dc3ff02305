import EventModel
import Foundation
import GRDB
import Ledger
import Testing

/// Batches that another thread made ready: whatever it supposed, the ledger is the one that single
/// appends make.
@Suite struct `A prepared batch` {
    private let folder: Folder
    private let path: String
    private let writer: LedgerWriter

    init() throws {
        folder = try Folder()
        path = folder("a.ledger")
        writer = try LedgerWriter(path: path) { _ in #"{"n":1}"# }
    }

    /// 1,500 events with everything in them: registrations, ids that are no UUIDs, contents that
    /// come once, recorded times that are stated, missing, and too early.
    private static let events: [Event] = (0..<1_500).map { number in
        var event = Sample.event(number)
        switch number % 97 {
        case 3:
            let button = Registration(
                device: "G030\(number)", feeder: "kitchen", timeZone: "Pacific/Auckland",
                leftGrams: 25, rightGrams: 30)
            event.content = button.content(envelope: nil)
        case 5: event.id = EventID("é\u{0} \(number)")
        case 7: event.id = .other(Sample.id(number).text)
        case 11: event.content = Sample.other(#"{"number": \#(number)}"#)
        case 13: event.recorded = Timestamp(microseconds: event.time.microseconds + 9_000_000)
        case 17: event.recorded = Timestamp(microseconds: event.time.microseconds - 9_000_000)
        default: break
        }
        return event
    }

    /// All rows but those of batches.
    private func rows(_ path: String) throws -> [String] {
        try withSQLite(path) { db in
            try ["text", "device", "content", "event", "registration", "block"].flatMap { table in
                try Row.fetchAll(db, sql: "SELECT * FROM \(table) ORDER BY 1")
                    .map { "\(table) \($0)" }
            }
        }
    }

    /// What appending the events one by one makes.
    private func oneByOne(_ events: [Event], recorded: Timestamp? = nil) throws -> [String] {
        let other = try LedgerWriter(path: folder("b.ledger")) { _ in #"{"n":1}"# }
        for start in stride(from: 0, to: events.count, by: 100) {
            try other.append(Array(events[start...].prefix(100)), recorded: recorded)
        }
        try other.close()
        return try rows(folder("b.ledger"))
    }

    private func expectSound() throws {
        try writer.close()
        #expect(try EventLedger.verify(path: path).findings.map(\.description) == [])
    }

    @Test(arguments: [300, 1_024, 1_500], [nil, Sample.start])
    func `makes the rows that single appends make`(size: Int, recorded: Timestamp?) throws {
        let events = Self.events
        var chain = writer.chain
        var batches: [PreparedBatch] = []
        for start in stride(from: 0, to: events.count, by: size) {
            let batch = PreparedBatch(
                Array(events[start...].prefix(size)), recorded: recorded, after: chain)
            chain = batch.end
            batches.append(batch)
        }
        for batch in batches {
            #expect(try writer.append(batch).appended == batch.count)
        }
        try expectSound()
        #expect(try rows(path) == oneByOne(events, recorded: recorded))
    }

    @Test func `counts raised recorded times as single appends do`() throws {
        let single = try LedgerWriter(path: folder("c.ledger")) { _ in "{}" }
        var outcome = AppendOutcome()
        for event in Self.events { outcome += try single.append([event]) }
        #expect(outcome.raised > 100)
        #expect(try writer.append(Self.events) == outcome)
    }

    @Test func `with copies in its middle keeps the others, and those after it are hashed again`()
        throws
    {
        let events = Self.events
        try writer.append(Array(events[600..<610]))
        var chain = writer.chain
        let offered = [
            Array(events[..<550]) + events[100..<104],
            Array(events[550..<900]),
            Array(events[900...]),
        ]
        let batches = offered.map { events in
            let batch = PreparedBatch(events, recorded: nil, after: chain)
            chain = batch.end
            return batch
        }
        let skipped = try batches.map { try writer.append($0).skipped }
        #expect(skipped == [4, 10, 0])
        #expect(writer.head.sequence == 1_500)
        try expectSound()
        let order = Array(events[600..<610] + events[..<600] + events[610...])
        #expect(try rows(path) == oneByOne(order))
    }

    @Test func `for another place in the ledger is hashed again`() throws {
        let chain = writer.chain
        let events = Self.events
        let first = PreparedBatch(Array(events[..<700]), recorded: nil, after: chain)
        let second = PreparedBatch(Array(events[700...]), recorded: nil, after: chain)
        try writer.append(first)
        try writer.append(second)
        try expectSound()
        #expect(try rows(path) == oneByOne(events))
    }

    @Test func `with another event of a known id leaves the ledger as it was`() throws {
        try writer.append(Sample.events(0..<5))
        let before = try rows(path)
        var other = Sample.event(3)
        other.content = Sample.other(#"{"new": 1}"#)
        let error = #expect(throws: LedgerError.self) {
            try writer.append(Sample.events(5..<400) + [other] + Sample.events(400..<500))
        }
        #expect("\(try #require(error))".contains(other.id.text))
        #expect(try rows(path) == before)
        #expect(try writer.append(Sample.events(5..<500)).appended == 495)
        try expectSound()
    }

    @Test func `with a time that cannot be kept leaves the ledger as it was`() throws {
        var late = Sample.event(300)
        late.time = Timestamp(microseconds: .max)
        let error = #expect(throws: LedgerError.self) {
            try writer.append(Sample.events(0..<300) + [late])
        }
        #expect("\(try #require(error))".contains("outside the years 0001 to 9999"))
        #expect(writer.head.sequence == 0)
        try writer.append(Sample.events(0..<300))
        try expectSound()
    }

    @Test func `is refused where another head is expected`() throws {
        let batch = PreparedBatch(Sample.events(0..<300), recorded: nil, after: writer.chain)
        #expect(throws: LedgerError.unexpectedHead(path: path, expected: 4, actual: 0)) {
            try writer.append(batch, expecting: 4)
        }
    }
}
