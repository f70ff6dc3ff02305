import EventModel
import Foundation
import GRDB
import Ledger
import Testing

@Suite struct Verification {
    private let folder: Folder
    private let path: String

    init() throws {
        folder = try Folder()
        path = folder("a.ledger")
    }

    @Test(arguments: [0, 1, 1023, 1024, 1025, 5000])
    func `a ledger as it was written is sound`(count: Int) throws {
        let head = try makeLedger(path, [Sample.events(0..<count)])
        let report = try EventLedger.verify(path: path, noted: (head.sequence, head.root))
        #expect(report.findings.map(\.description) == [])
        #expect(report.head == head)
        #expect(try EventLedger(path: path).head() == head)
    }

    @Test func `a ledger of everything is sound`() throws {
        let head = try makeLedger(path, Sample.mixed())
        let report = try EventLedger.verify(path: path)
        #expect(report.findings.map(\.description) == [])
        #expect(report.head == head)
    }

    struct Tampering: Sendable, CustomTestStringConvertible {
        var sql: String
        /// The sequence that must be named; nil where the change is not about one event.
        var sequence: Int?
        var testDescription: String { sql }

        init(_ sql: String, _ sequence: Int? = nil) { (self.sql, self.sequence) = (sql, sequence) }
    }

    /// The ledger has 21 events in 3 batches, the registration at 7, then 1100 in a fourth.
    static let tamperings = [
        Tampering("UPDATE event SET time = time + 1, lag = lag - 1 WHERE sequence = 5", 5),
        Tampering("UPDATE event SET time = 9223372036854775807 WHERE sequence = 5", 5),
        Tampering("UPDATE event SET time = -9223372036854775808 WHERE sequence = 5", 5),
        Tampering("UPDATE event SET lag = lag + 1 WHERE sequence = 5", 5),
        Tampering("UPDATE event SET lag = 9223372036854775807 WHERE sequence = 5", 5),
        Tampering("UPDATE event SET leaf = leaf + 1 WHERE sequence = 5", 5),
        Tampering(
            "UPDATE event SET id = x'00112233445566778899aabbccddeeff' WHERE sequence = 5", 5),
        Tampering("UPDATE event SET id = x'00' WHERE sequence = 5", 5),
        Tampering("UPDATE event SET id = 42 WHERE sequence = 10", 10),
        Tampering("UPDATE event SET id = CAST(id AS BLOB) WHERE sequence = 7", 7),
        Tampering(
            "UPDATE event SET id = (SELECT id FROM history WHERE sequence = 5) WHERE sequence = 5",
            5),
        Tampering("UPDATE event SET id = CAST(x'ff' AS TEXT) WHERE sequence = 5", 5),
        Tampering("UPDATE event SET device = 3 - device WHERE sequence = 5", 5),
        Tampering("UPDATE event SET device = NULL WHERE sequence = 5", 5),
        Tampering("UPDATE event SET device = -1 WHERE sequence = 5", 5),
        Tampering("UPDATE event SET content = content % 6 + 1 WHERE sequence = 5", 5),
        Tampering("UPDATE event SET content = 9223372036854775807 WHERE sequence = 5", 5),
        Tampering("UPDATE event SET sequence = 9223372036854775807 WHERE sequence = 1121", 1121),
        Tampering("UPDATE event SET sequence = -9223372036854775808 WHERE sequence = 5", 5),
        Tampering("UPDATE event SET sequence = 0 WHERE sequence = 1", 1),
        Tampering("DELETE FROM event WHERE sequence = 5", 5),
        Tampering("DELETE FROM event WHERE sequence BETWEEN 5 AND 700", 5),
        Tampering("DELETE FROM event WHERE sequence = 1121", 1121),
        Tampering("DELETE FROM event"),
        Tampering(
            """
            UPDATE event SET sequence = -1 WHERE sequence = 5;
            UPDATE event SET sequence = 5 WHERE sequence = 6;
            UPDATE event SET sequence = 6 WHERE sequence = -1
            """, 5),
        Tampering(
            "INSERT INTO event SELECT 1122, time, content, device, lag, leaf, 'new' FROM event WHERE sequence = 1121",
            1122),
        Tampering(
            "UPDATE content SET detail = replace(detail, 'SINGLE', 'DOUBLE') WHERE code = 1", 1),
        Tampering("UPDATE content SET detail = detail || ' ' WHERE code = 1"),
        Tampering("UPDATE content SET detail = CAST(x'ff' AS TEXT) WHERE code = 1"),
        Tampering("UPDATE content SET digest = digest + 1 WHERE code = 1"),
        Tampering("UPDATE content SET form = 3 - form WHERE code = 1"),
        Tampering("UPDATE content SET form = 256 WHERE code = 1"),
        Tampering("UPDATE content SET form = -1 WHERE code = 1"),
        Tampering("UPDATE content SET envelope = 1 WHERE code = 1"),
        Tampering("UPDATE content SET envelope = 99 WHERE code = 1"),
        Tampering("UPDATE content SET envelope = NULL"),
        Tampering("UPDATE content SET device = NULL WHERE code = 1"),
        Tampering("UPDATE content SET source = 2 WHERE code = 1"),
        Tampering("UPDATE content SET code = 9223372036854775807 WHERE code = 1"),
        Tampering("UPDATE content SET code = -1 WHERE code = 1"),
        Tampering("DELETE FROM content WHERE code = 1"),
        Tampering("INSERT INTO content SELECT 99, 0, 0, 1, 1, NULL, NULL, '{}'"),
        Tampering("UPDATE text SET body = body || 'x' WHERE code = 1"),
        Tampering("UPDATE text SET code = 9223372036854775807 WHERE code = 2"),
        Tampering("INSERT INTO text VALUES (99, 'belongs to nothing')"),
        Tampering("INSERT INTO text SELECT max(code) + 1, 'belongs to nothing' FROM text"),
        Tampering("DELETE FROM text WHERE code = 1"),
        Tampering("UPDATE device SET name = 'x' WHERE code = 1"),
        Tampering("UPDATE device SET code = 9223372036854775807 WHERE code = 1"),
        Tampering("INSERT INTO device SELECT max(code) + 1, 'x' FROM device"),
        Tampering("DELETE FROM registration", 7),
        Tampering("UPDATE registration SET sequence = 8", 7),
        Tampering("INSERT INTO registration VALUES (5)", 5),
        Tampering("INSERT INTO registration VALUES (9223372036854775807)"),
        Tampering("UPDATE block SET root = zeroblob(32)", 1),
        Tampering("UPDATE block SET root = x''", 1),
        Tampering("UPDATE block SET earliest = earliest + 1", 1),
        Tampering("UPDATE block SET latest = latest - 1", 1),
        Tampering("UPDATE block SET number = -9223372036854775808", 1),
        Tampering("UPDATE block SET number = 9223372036854775807", 1),
        Tampering("INSERT INTO block SELECT 1, earliest, latest, root FROM block", 1025),
        Tampering("DELETE FROM block", 1),
        Tampering("UPDATE run SET provenance = '{}'"),
        Tampering("UPDATE run SET begin = -1"),
        Tampering("UPDATE run SET begin = 9223372036854775807"),
        Tampering("UPDATE run SET number = 2"),
        Tampering("UPDATE run SET number = -9223372036854775808"),
        Tampering("UPDATE run SET digest = zeroblob(32)"),
        Tampering("DELETE FROM run"),
        Tampering("UPDATE batch SET consumed = consumed + 1 WHERE number = 2", 14),
        Tampering("UPDATE batch SET consumed = -1 WHERE number = 2", 14),
        Tampering("UPDATE batch SET complete = 1 WHERE number = 2", 14),
        Tampering("UPDATE batch SET complete = -9223372036854775808 WHERE number = 2", 14),
        Tampering("UPDATE batch SET run = -1 WHERE number = 2", 14),
        Tampering("UPDATE batch SET last = 13 WHERE number = 2", 13),
        Tampering("UPDATE batch SET last = -9223372036854775808 WHERE number = 4"),
        Tampering("UPDATE batch SET last = 9223372036854775807 WHERE number = 4"),
        Tampering("UPDATE batch SET root = zeroblob(32) WHERE number = 2", 14),
        Tampering("UPDATE batch SET root = x'00' WHERE number = 2", 14),
        Tampering("UPDATE batch SET number = 9223372036854775807 WHERE number = 4"),
        Tampering("DELETE FROM batch WHERE number = 2"),
        Tampering("DELETE FROM batch WHERE number = 4", 22),
        Tampering("DELETE FROM batch", 1),
        Tampering("DELETE FROM grdb_migrations"),
        Tampering("INSERT INTO grdb_migrations VALUES ('2')"),
        Tampering("DROP VIEW press"),
        Tampering("DROP VIEW press; CREATE VIEW press AS SELECT 1"),
        Tampering("CREATE TABLE more (a)"),
        Tampering("CREATE INDEX more ON event (time)"),
        Tampering("DROP INDEX content_digest"),
    ]

    @Test(arguments: tamperings)
    func `tampering is found, whoever knows SQLite`(tampering: Tampering) throws {
        try makeLedger(path, Sample.mixed() + [Sample.events(100..<1200)])
        try tamper(path) { try $0.execute(sql: tampering.sql) }
        let report = try EventLedger.verify(path: path)
        #expect(!report.isSound)
        if let sequence = tampering.sequence {
            #expect(report.findings.contains { $0.sequence == sequence }, "\(report.findings)")
        }
        // Whatever stands there, reading it is an answer or an error and never a trap.
        _ = try? readOut(EventLedger(path: path))
        _ = try? EventLedger(path: path).scan(1...16, until: Sample.start) { _, _, _ in }
        _ = try? EventLedger(path: path).sequence(recordedBy: Sample.start)
        if let writer = try? LedgerWriter(path: path, provenance: { _ in "{}" }) {
            _ = try? writer.append(Sample.events(5000..<5002))
            try? writer.close()
        }
    }

    @Test(arguments: [
        "event_insert", "event_update", "event_delete", "text_insert", "batch_delete",
    ])
    func `a trigger that is gone or other is named`(trigger: String) throws {
        try makeLedger(path, Sample.mixed())
        let sql = try withSQLite(path) { db in
            let sql = try String.fetchOne(
                db, sql: "SELECT sql FROM sqlite_master WHERE name = ?", arguments: [trigger])
            try db.execute(sql: "DROP TRIGGER \(trigger)")
            return try #require(sql)
        }
        let report = try EventLedger.verify(path: path)
        #expect(report.findings.count == 1)
        #expect(report.findings.first?.reason.contains(trigger) == true)
        try withSQLite(path) { try $0.execute(sql: sql + " ") }
        #expect(try EventLedger.verify(path: path).isSound)
        try withSQLite(path) { db in
            try db.execute(sql: "DROP TRIGGER \(trigger)")
            try db.execute(sql: sql.replacingOccurrences(of: "BEGIN", with: "BEGIN "))
        }
        #expect(try EventLedger.verify(path: path).isSound == false)
    }

    @Test func `a noted root finds what was cut off with all that belonged to it`() throws {
        let head = try makeLedger(path, [Sample.events(0..<3), Sample.events(3..<6)])
        try tamper(path) { db in
            try db.execute(
                sql: "DELETE FROM event WHERE sequence > 3; DELETE FROM batch WHERE number > 1")
            try db.execute(
                sql: """
                    DELETE FROM content WHERE code NOT IN (SELECT content FROM event)
                    """)
        }
        #expect(try EventLedger.verify(path: path).findings.map(\.description) == [])
        let report = try EventLedger.verify(path: path, noted: (head.sequence, head.root))
        #expect(report.findings.map(\.sequence) == [4])
        #expect(report.findings.first?.reason.hasPrefix("the ledger was cut") == true)
    }

    @Test func `a noted root finds another history, and lets later events pass`() throws {
        let noted = try makeLedger(path, [Sample.events(0..<5)])
        let other = folder("other.ledger")
        try makeLedger(other, [Sample.events(0..<2) + Sample.events(3..<7)])
        #expect(try EventLedger.verify(path: other).isSound)
        let report = try EventLedger.verify(path: other, noted: (noted.sequence, noted.root))
        #expect(report.findings.first?.reason.hasPrefix("the history was rewritten") == true)
        try makeLedger(path, [Sample.events(5..<1030)])
        #expect(try EventLedger.verify(path: path, noted: (noted.sequence, noted.root)).isSound)
        #expect(try EventLedger(path: path).root(of: 5) == noted.root)
    }

    @Test func `a noted size must be one`() throws {
        try makeLedger(path, [Sample.events(0..<5)])
        #expect(try EventLedger.verify(path: path, noted: (0, MerkleTree().root)).isSound)
        for size in [0, -1, Int.min, 6, Int.max] {
            #expect(
                try EventLedger.verify(path: path, noted: (size, SHA256.hash("x"))).isSound == false
            )
        }
    }

    @Test func `findings beyond the limit are counted`() throws {
        try makeLedger(path, [Sample.events(0..<500)])
        try tamper(path) { try $0.execute(sql: "UPDATE event SET leaf = 0") }
        let report = try EventLedger.verify(path: path)
        #expect(report.findings.count == LedgerVerification.listLimit)
        #expect(report.furtherFindings == 400)
    }
}
