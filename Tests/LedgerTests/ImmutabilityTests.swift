import EventModel
import GRDB
import Ledger
import Testing

@Suite struct `A ledger is immutable in SQLite too` {
    private let folder: Folder
    private let path: String

    init() throws {
        folder = try Folder()
        path = folder("a.ledger")
    }

    /// Statements that would change, remove or replace a row of the first of each table.
    static let statements = [
        "UPDATE event SET time = time", "UPDATE event SET time = 1 WHERE sequence = 2",
        "UPDATE event SET sequence = 99 WHERE sequence = 1",
        "UPDATE OR REPLACE event SET sequence = 1 WHERE sequence = 2",
        "UPDATE OR IGNORE event SET time = 1", "DELETE FROM event",
        "DELETE FROM event WHERE sequence = 1",
        "INSERT OR REPLACE INTO event SELECT sequence, 0, content, device, lag, leaf, id FROM event LIMIT 1",
        "REPLACE INTO event SELECT sequence, 0, content, device, lag, leaf, id FROM event LIMIT 1",
        "REPLACE INTO event SELECT max(sequence) + 1, 0, content, device, lag, leaf, id FROM event",
        "INSERT INTO event SELECT max(sequence) + 2, 0, content, device, lag, leaf, 'new' FROM event",
        "INSERT INTO event SELECT NULL, 0, content, device, lag, leaf, 'new' FROM event LIMIT 1",
        "INSERT INTO event SELECT 0, 0, content, device, lag, leaf, 'new' FROM event LIMIT 1",
        "INSERT INTO event SELECT * FROM event WHERE true ON CONFLICT DO UPDATE SET time = 0",
        "INSERT INTO event SELECT * FROM event WHERE true ON CONFLICT (id) DO UPDATE SET time = 0",
        "UPDATE text SET body = 'x' WHERE code = 1", "DELETE FROM text",
        "REPLACE INTO text VALUES (1, 'x')", "REPLACE INTO text SELECT 99, body FROM text LIMIT 1",
        "REPLACE INTO text SELECT NULL, body FROM text LIMIT 1",
        "INSERT INTO text VALUES (1, 'x') ON CONFLICT DO UPDATE SET body = 'x'",
        "INSERT INTO text SELECT 99, body FROM text WHERE code = 1 ON CONFLICT (body) DO UPDATE SET code = 99",
        "UPDATE device SET name = 'x'", "DELETE FROM device", "REPLACE INTO device VALUES (1, 'x')",
        "REPLACE INTO device SELECT NULL, name FROM device LIMIT 1",
        "INSERT INTO device VALUES (1, 'x') ON CONFLICT DO UPDATE SET name = 'x'",
        "UPDATE content SET detail = '{}'", "DELETE FROM content",
        "REPLACE INTO content SELECT code, 0, form, source, detail_type, device, envelope, '{}' FROM content",
        "INSERT INTO content SELECT * FROM content WHERE true ON CONFLICT DO UPDATE SET digest = 0",
        "UPDATE registration SET sequence = 2", "DELETE FROM registration",
        "REPLACE INTO registration SELECT * FROM registration",
        "INSERT INTO registration SELECT * FROM registration WHERE true ON CONFLICT DO UPDATE SET sequence = 2",
        "UPDATE block SET earliest = 0", "DELETE FROM block",
        "REPLACE INTO block SELECT * FROM block",
        "INSERT INTO block SELECT * FROM block WHERE true ON CONFLICT DO UPDATE SET earliest = 0",
        "UPDATE run SET provenance = '{}'", "DELETE FROM run", "REPLACE INTO run SELECT * FROM run",
        "INSERT INTO run SELECT * FROM run WHERE true ON CONFLICT DO UPDATE SET begin = 0",
        "UPDATE batch SET consumed = 0", "DELETE FROM batch",
        "REPLACE INTO batch SELECT * FROM batch",
        "UPDATE OR REPLACE batch SET number = 1 WHERE number = 2",
        "INSERT INTO batch SELECT * FROM batch WHERE true ON CONFLICT DO UPDATE SET last = 0",
    ]

    private func expectRefusals(_ db: Database) throws {
        for statement in Self.statements {
            let error = #expect(throws: DatabaseError.self, "\(statement)") {
                try db.execute(sql: statement)
            }
            #expect(error?.message?.hasPrefix("the ledger is immutable") == true, "\(statement)")
        }
    }

    @Test(arguments: [false, true])
    func `every statement that would change a row is refused`(recursive: Bool) throws {
        try makeLedger(path, Sample.mixed() + [Sample.events(100..<1200)])
        let before = try readOut(EventLedger(path: path))
        try withSQLite(path) { db in
            try db.execute(sql: "PRAGMA recursive_triggers = \(recursive)")
            try db.execute(sql: "PRAGMA foreign_keys = OFF")
            try expectRefusals(db)
        }
        #expect(try readOut(EventLedger(path: path)) == before)
        #expect(try EventLedger.verify(path: path).isSound)
    }

    @Test func `also while it is written, after a large append and after one that failed`() throws {
        let writer = try LedgerWriter(path: path) { _ in "{}" }
        for batch in Sample.mixed() { try writer.append(batch) }
        try writer.append(Sample.events(100..<1200))
        try withSQLite(path, expectRefusals)
        let conflict = Event(id: Sample.id(100), time: Sample.start, content: Sample.other("[9]"))
        #expect(throws: LedgerError.self) {
            try writer.append(Sample.events(2000..<2400) + [conflict])
        }
        try withSQLite(path, expectRefusals)
        try writer.append(Sample.events(2000..<2001))
        try writer.append(Sample.events(2001..<2600))
        try withSQLite(path, expectRefusals)
        try writer.close()
        #expect(try EventLedger.verify(path: path).isSound)
    }

    @Test func `an event out of its place is told so by the writer`() throws {
        // Two writers can only meet where the lease was removed by hand.
        let writer = try LedgerWriter(path: path) { _ in "{}" }
        try writer.append(Sample.events(0..<2))
        try withSQLite(path) { db in
            try db.execute(
                sql:
                    "INSERT INTO event SELECT 3, time, content, device, lag, leaf, 'x' FROM event LIMIT 1"
            )
        }
        for count in [1, 300] {
            let error = #expect(throws: LedgerError.self) {
                try writer.append(Sample.events(5..<5 + count))
            }
            guard case .storage? = error else {
                Issue.record("\(error as Any)")
                return
            }
        }
    }
}
