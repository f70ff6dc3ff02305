import EventModel
import Foundation
import GRDB
import Ledger
import Testing

@Suite struct Views {
    private let folder: Folder
    private let path: String

    init() throws {
        folder = try Folder()
        path = folder("a.ledger")
    }

    private func rows(_ sql: String) throws -> [[String?]] {
        try withSQLite(path) { db in
            try Row.fetchAll(db, sql: sql).map { row in
                (0..<row.count).map {
                    String.fromDatabaseValue(row[$0]) ?? (row[$0] as Int?).map(String.init)
                }
            }
        }
    }

    @Test func `a press reads well`() throws {
        var event = Sample.event(0)
        event.id = EventID("0189f7e0-1234-7abc-8def-0123456789ab")
        event.recorded = Timestamp(microseconds: event.time.microseconds + 1)
        try makeLedger(path, [[event]])
        #expect(
            try rows("SELECT * FROM press") == [
                [
                    "1", "2024-03-01T07:00:00.000000Z", "G030A", "SINGLE",
                    "2024-03-01T07:00:00.000001Z", "0189f7e0-1234-7abc-8def-0123456789ab",
                ]
            ])
        let names = try withSQLite(path) { db in
            try Row.fetchOne(db, sql: "SELECT * FROM press").map { Array($0.columnNames) }
        }
        #expect(names == ["sequence", "time", "device", "click", "recorded", "id"])
    }

    @Test func `times read as the library writes them, from year 1 to 9999`() throws {
        let times: [Int64] = [
            0, 1, -1, -999_999, -1_000_000, -1_000_001, 999_999, 951_782_399_999_999,
            Timestamp.earliest.microseconds, Timestamp.earliest.microseconds + 1,
            Timestamp.latest.microseconds, -2_203_977_600_000_001,
        ]
        let events = times.enumerated().map { place, time in
            Event(
                id: EventID("\(place)"), time: Timestamp(microseconds: time), recorded: .latest,
                content: Sample.other())
        }
        try makeLedger(path, [events])
        #expect(
            try rows("SELECT time, recorded FROM history ORDER BY sequence")
                == times.map { [Timestamp(microseconds: $0).text, Timestamp.latest.text] })
    }

    @Test func `the view's presses are the library's presses`() throws {
        let details = [
            #"{"click-type":"LONG"}"#, #"{"click-type":"SINGLE","click-type":"LONG"}"#,
            #"{"click-type":"LONG","click-type":7}"#, #"{"click\u002dtype":"LONG"}"#,
            #"{"click-type":"\u0053INGLE"}"#, #"{"a":{"click-type":"SINGLE"}}"#, "{}", "[]", "7",
            "null",
            #"{"click-type":null}"#, #"{"click-type":"SINGLE "}"#, #"{"click-type":["SINGLE"]}"#,
            #"{"click-type":{"click-type":"SINGLE"}}"#, #"["click-type","SINGLE"]"#,
        ]
        let sources = [FeederSystem.source, "com.example"]
        let events = sources.flatMap { source in
            details.map { detail in
                Event(
                    id: EventID("\(source) \(detail)"), time: Sample.start,
                    content: Sample.other(detail, source: source))
            }
        }
        try makeLedger(path, [events])
        let expected = events.enumerated().compactMap { place, event in
            event.content.click.map { ["\(place + 1)", $0.word] as [String?] }
        }
        #expect(expected.count == 4)
        #expect(try rows("SELECT sequence, click FROM press ORDER BY sequence") == expected)
        #expect(
            try rows("SELECT detail FROM history ORDER BY sequence").prefix(details.count).map {
                $0[0]
            } == details)
    }

    @Test func `history shows every part of an event`() throws {
        let mixed = Sample.mixed()
        try makeLedger(path, mixed)
        let found = try rows(
            "SELECT hex(id), source, detail_type, device, detail, envelope FROM history ORDER BY sequence"
        )
        let expected = mixed.joined().map { event -> [String?] in
            [
                event.id.text.utf8.map { String(format: "%02X", $0) }.joined(), event.source,
                event.detailType, event.device, event.detail,
                event.content.envelope,
            ]
        }
        #expect(found == expected)
    }

    @Test func `the file says what it is`() throws {
        try makeLedger(path, [])
        #expect(try rows("PRAGMA application_id") == [["\(0x524C_6162)"]])
        #expect(try rows("PRAGMA user_version") == [["1"]])
        #expect(
            try rows(
                "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE '%STRICT' AND name <> 'grdb_migrations'"
            ) == [["0"]])
    }
}
