import EventModel
import Foundation
import GRDB
import Ledger
import Testing

@Suite struct Appending {
    private let folder: Folder
    private let path: String
    private let writer: LedgerWriter

    init() throws {
        folder = try Folder()
        path = folder("a.ledger")
        writer = try LedgerWriter(path: path) { _ in #"{"n":1}"# }
    }

    private func rowCounts() throws -> [Int] {
        try withSQLite(path) { db in
            try ["text", "device", "content", "event", "registration", "block", "batch"].map {
                try Int.fetchOne(db, sql: "SELECT count(*) FROM \($0)") ?? -1
            }
        }
    }

    private func isSound() throws -> Bool {
        let report = try EventLedger.verify(path: path)
        #expect(report.findings.map(\.description) == [])
        return report.isSound
    }

    @Test(arguments: [1, 7, 255, 256, 257, 3000])
    func `batches of any size make the same ledger`(size: Int) throws {
        let events = Sample.events(0..<3000)
        for first in stride(from: 0, to: events.count, by: size) {
            let batch = Array(events[first..<min(first + size, events.count)])
            #expect(try writer.append(batch, expecting: first).appended == batch.count)
        }
        var tree = MerkleTree()
        try writer.reader().forEachEvent(1...3000) { sequence, event in
            #expect(event.id == events[sequence - 1].id)
            #expect(event.content.digest == events[sequence - 1].content.digest)
            #expect(event.time == events[sequence - 1].time)
        }
        let other = folder("other.ledger")
        #expect(try makeLedger(other, [events]).root == writer.head.root)
        tree = MerkleTree()
        for event in events.prefix(2) {
            tree.append(leafHash: SHA256.hash(event.id.text))  // not a leaf: another root
        }
        #expect(tree.root != (try writer.reader().root(of: 2)))
        try writer.close()
        #expect(try isSound())
    }

    @Test func `a wrong expected head is refused with both numbers`() throws {
        try writer.append(Sample.events(0..<3), expecting: 0)
        #expect(throws: LedgerError.unexpectedHead(path: path, expected: 2, actual: 3)) {
            try writer.append(Sample.events(3..<4), expecting: 2)
        }
        #expect(writer.head.sequence == 3)
        try writer.append(Sample.events(3..<4), expecting: 3)
    }

    @Test(arguments: [5, 400])
    func `the same events again are counted and skipped`(count: Int) throws {
        let events = Sample.events(0..<count)
        try writer.append(events)
        let head = writer.head
        let outcome = try writer.append(events + Sample.events(count..<count + 2) + events)
        #expect((outcome.appended, outcome.skipped) == (2, 2 * count))
        #expect(writer.head.sequence == head.sequence + 2)
        try writer.close()
        #expect(try isSound())
    }

    @Test func `a copy that is spelled otherwise leaves nothing behind`() throws {
        let first = Event(
            id: EventID("x"), time: Sample.start, content: Sample.other(#"{"a": 1}"#))
        try writer.append([first])
        let before = try rowCounts()
        let copies = [
            Sample.other(#"{"a":1}"#), Sample.other(#"{"a": 1}"#, form: .jsonLines),
            Sample.other(#"{"a": 1}"#, envelope: #"{"replay-name":"a new text"}"#),
            EventContent(
                source: "test", detailType: "Test", device: "a new device", detail: #"{"a": 1}"#),
        ]
        for content in copies {
            let copy = Event(id: first.id, time: first.time, content: content)
            #expect(try writer.append([copy]).skipped == 1)
        }
        #expect(try rowCounts().dropLast() == before.dropLast())
        try writer.close()
        #expect(try isSound())
    }

    @Test(arguments: [1, 300])
    func `an id with other content is refused, and its batch leaves nothing`(count: Int) throws {
        try writer.append(Sample.events(0..<2))
        let head = writer.head
        let before = try rowCounts()
        let other = Event(
            id: Sample.id(1), time: Sample.event(1).time, content: Sample.other(#"{"new": true}"#))
        let error = #expect(throws: LedgerError.self) {
            try writer.append(Sample.events(10..<10 + count) + [other])
        }
        guard case .conflict(let id, let sequence, _, let difference)? = error else {
            Issue.record("\(error as Any)")
            return
        }
        #expect(id == Sample.id(1).text)
        #expect(sequence == 2)
        #expect(difference.contains(FeederSystem.source) && difference.contains("test"))
        #expect(try rowCounts() == before)
        #expect(writer.head == head)
        // The writer goes on, with codes that the failed append gave taken back.
        try writer.append([Event(id: EventID("n"), time: Sample.start, content: other.content)])
        try writer.append(Sample.events(10..<10 + count))
        try writer.close()
        #expect(try isSound())
        #expect(try EventLedger(path: path).head() == writer.head)
    }

    @Test func `copies and conflicts inside one batch are found too`() throws {
        let event = Sample.event(0)
        #expect(try writer.append([event, event, event]).skipped == 2)
        var moved = Sample.event(1)
        moved.time = Timestamp(microseconds: moved.time.microseconds + 2_000_000)
        #expect(throws: LedgerError.self) { try writer.append([Sample.event(1), moved]) }
        #expect(writer.head.sequence == 1)
    }

    @Test func `recorded time never falls`() throws {
        func event(_ number: Int, _ recorded: Int64?) -> Event {
            var event = Sample.event(number)
            event.recorded = recorded.map { Timestamp(seconds: $0) }
            return event
        }
        let late = Timestamp(seconds: 2_000_000_000)
        var outcome = try writer.append([event(0, 2_000_000_000), event(1, 5), event(2, nil)])
        #expect((outcome.appended, outcome.raised) == (3, 2))
        outcome = try writer.append([event(3, nil)], recorded: Timestamp(seconds: 2_000_000_001))
        #expect(outcome.raised == 0)
        let ledger = try writer.reader()
        #expect(try ledger.event(at: 2).recorded == late)
        #expect(try ledger.event(at: 3).recorded == late)
        #expect(writer.head.recorded == Timestamp(seconds: 2_000_000_001))
        #expect(try ledger.sequence(recordedBy: Timestamp(seconds: 1_999_999_999)) == 0)
        #expect(try ledger.sequence(recordedBy: late) == 3)
        #expect(try ledger.sequence(recordedBy: .latest) == 4)
    }

    @Test(
        arguments: [
            (Int64.max, nil), (.min, nil), (Timestamp.latest.microseconds + 1, nil), (0, Int64.max),
            (0, .min), (-62_135_596_800_000_001, nil),
        ] as [(Int64, Int64?)])
    func `a time that no text can write is refused`(time: Int64, recorded: Int64?) throws {
        let event = Event(
            id: EventID("x"), time: Timestamp(microseconds: time),
            recorded: recorded.map { Timestamp(microseconds: $0) }, content: Sample.other())
        #expect(throws: LedgerError.self) { try writer.append([event]) }
        #expect(writer.head.sequence == 0)
    }

    @Test func `ids and texts come back byte for byte`() throws {
        let long = "{\"a\":\"" + String(repeating: "😀é", count: 1 << 17) + "\"}"
        let ids = [
            "", "a\u{0}b", "\u{E9}", "e\u{301}", "0189F7E0-1234-7ABC-8DEF-0123456789AB", "42",
            "x'00'",
            String(repeating: "i", count: 70_000),
        ]
        let details = [
            "{}", #"{"a":"\u0000"}"#, "[1, 2 ]", "\"é\"", "\"e\u{301}\"", long, "null", "0",
        ]
        let events = zip(ids, details).map { id, detail in
            Event(
                id: EventID(id), time: Sample.start,
                content: Sample.other(
                    detail, source: id, envelope: "{\"k\":\(JSONText.quoted(id))}"))
        }
        #expect(try writer.append(events).appended == events.count)
        #expect(try writer.append(events).skipped == events.count)
        try writer.close()
        let ledger = try EventLedger(path: path)
        for (place, event) in events.enumerated() {
            let kept = try ledger.event(at: place + 1)
            #expect(kept.id == event.id)
            #expect(kept.content.digest == event.content.digest)
            #expect(kept.detail.hasSameBytes(as: event.detail))
            #expect(kept.source.hasSameBytes(as: event.source))
            #expect(try ledger.sequence(of: event.id) == place + 1)
        }
        #expect(try ledger.sequence(of: EventID("none")) == nil)
        #expect(try isSound())
    }

    @Test func `a UUID is one id, in whatever case of the enumeration it comes`() throws {
        let event = Sample.event(0)
        try writer.append([event])
        var same = event
        same.id = .other(event.id.text)
        #expect(try writer.append([same]).skipped == 1)
        var upper = event
        upper.id = EventID(event.id.text.uppercased())
        #expect(try writer.append([upper]).appended == 1)
    }

    @Test func `asking beyond the head is an error and not a trap`() throws {
        try writer.append(Sample.events(0..<3))
        let ledger = try writer.reader()
        for sequence in [0, -1, 4, Int.max, .min] {
            #expect(throws: LedgerError.self) { try ledger.event(at: sequence) }
            if sequence != 0 {
                #expect(throws: LedgerError.self) { try ledger.root(of: sequence) }
            }
        }
        for range in [0...3, 1...4, 4...4, 1...Int.max, Int.min...1] {
            #expect(throws: LedgerError.self) { try ledger.forEachEvent(range) { _, _ in } }
            #expect(throws: LedgerError.self) { try ledger.scan(range) { _, _, _ in } }
        }
    }

    @Test func `after the close nothing is appended`() throws {
        try writer.close()
        try writer.close()
        #expect(throws: (any Error).self) { try writer.append(Sample.events(0..<1)) }
    }
}
