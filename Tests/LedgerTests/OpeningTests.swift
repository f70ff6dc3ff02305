import EventModel
import Foundation
import GRDB
import Ledger
import Testing

@Suite struct Opening {
    private let folder: Folder
    private let path: String

    init() throws {
        folder = try Folder()
        path = folder("a.ledger")
    }

    /// The error that reading, and writing, this file gives; the file must stay as it is.
    private func errors() throws -> [LedgerError] {
        let before = FileManager.default.contents(atPath: path)
        let read = #expect(throws: LedgerError.self) { try EventLedger(path: path) }
        let write = #expect(throws: LedgerError.self) { try LedgerWriter(path: path) { _ in "{}" } }
        #expect(FileManager.default.contents(atPath: path) == before)
        #expect(try folder.names.filter { $0 != "a.ledger" } == [])
        return [read, write].compactMap { $0 }
    }

    private func expectNoLedger(_ reason: String) throws {
        for error in try errors() {
            guard case .notALedger(path, let found) = error, found.contains(reason) else {
                Issue.record("\(error)")
                return
            }
        }
    }

    @Test func `no file is no ledger to read`() throws {
        #expect(throws: LedgerError.missing(path: path)) { try EventLedger(path: path) }
        #expect(try folder.names == [])
    }

    @Test func `an empty file is no ledger, and can become one`() throws {
        try Data().write(to: URL(filePath: path))
        #expect(throws: LedgerError.blank(path: path)) {
            try EventLedger(path: path)
        }
        try makeLedger(path, [Sample.events(0..<2)])
        #expect(try EventLedger.verify(path: path).isSound)
    }

    @Test func `a text is no ledger`() throws {
        try Data(String(repeating: "no ledger\n", count: 1000).utf8).write(to: URL(filePath: path))
        try expectNoLedger("not a database")
    }

    @Test func `a folder is no ledger`() throws {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        try expectNoLedger("a folder")
    }

    @Test(arguments: [0, 7])
    func `another program's file is no ledger`(applicationID: Int) throws {
        try withSQLite(path) {
            try $0.execute(
                sql:
                    "CREATE TABLE a (b); PRAGMA application_id = \(applicationID); INSERT INTO a VALUES (1)"
            )
        }
        try expectNoLedger("another program")
    }

    @Test func `a newer version is told so`() throws {
        try makeLedger(path, [])
        try withSQLite(path) { try $0.execute(sql: "PRAGMA user_version = 2") }
        #expect(
            try errors()
                == Array(repeating: .newerVersion(path: path, version: 2, known: 1), count: 2))
    }

    @Test(arguments: [0, -1]) func `a version that never was is damage`(version: Int) throws {
        try makeLedger(path, [])
        try withSQLite(path) { try $0.execute(sql: "PRAGMA user_version = \(version)") }
        for error in try errors() {
            guard case .damaged = error else {
                Issue.record("\(error)")
                return
            }
        }
    }

    @Test func `a writer that died between its first two transactions is no obstacle`() throws {
        try withSQLite(path) {
            try $0.execute(
                sql: "CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY)")
        }
        #expect(throws: LedgerError.self) { try EventLedger(path: path) }
        try makeLedger(path, [Sample.events(0..<2)])
        #expect(try EventLedger.verify(path: path).isSound)
    }

    @Test func `a file cut at any page is found`() throws {
        try makeLedger(path, Sample.mixed() + [Sample.events(100..<400)])
        let whole = try Data(contentsOf: URL(filePath: path))
        for count in stride(from: 1, to: whole.count, by: 1777) {
            let cut = folder("cut.ledger")
            try whole.prefix(count).write(to: URL(filePath: cut))
            do {
                #expect(
                    try EventLedger.verify(path: cut).isSound == false, "\(count) of \(whole.count)"
                )
            } catch {
                #expect(error is LedgerError)
            }
        }
    }

    @Test func `a clean close leaves one plain file`() throws {
        let head = try makeLedger(path, [Sample.events(0..<600)])
        #expect(try folder.names == ["a.ledger"])
        let bytes = try Data(contentsOf: URL(filePath: path))
        #expect(bytes[18] == 1 && bytes[19] == 1)  // rollback journal, not WAL
        #expect(try EventLedger(path: path).head() == head)
        #expect(try EventLedger.verify(path: path).isSound)
        #expect(try folder.names == ["a.ledger"])
        #expect(try Data(contentsOf: URL(filePath: path)) == bytes)
    }

    @Test func `nothing is needed beside the file to read it`() throws {
        let head = try makeLedger(path, Sample.mixed())
        // A read-only folder does not hold root back; an immutable file lets nothing be made.
        let count = try withSQLite("file:\(path)?mode=ro&immutable=0") {
            try Int.fetchOne($0, sql: "SELECT count(*) FROM press")
        }
        #expect(count ?? 0 > 0)
        try FileManager.default.setAttributes([.posixPermissions: 0o555], ofItemAtPath: folder.path)
        try FileManager.default.setAttributes([.posixPermissions: 0o444], ofItemAtPath: path)
        #expect(try EventLedger(path: path).head() == head)
        #expect(try EventLedger.verify(path: path).isSound)
        #expect(try folder.names == ["a.ledger"])
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder.path)
    }

    @Test func `the lease is given back at the close, not later`() throws {
        let writer = try LedgerWriter(path: path) { _ in "{}" }
        #expect(try folder.names.contains("a.ledger-lease"))
        try writer.close()
        #expect(try folder.names == ["a.ledger"])
        let next = try LedgerWriter(path: path) { _ in "{}" }
        try writer.close()
        #expect(try folder.names.contains("a.ledger-lease"))
        try next.close()
        #expect(try folder.names == ["a.ledger"])
    }

    @Test func `a writer that is dropped closes`() throws {
        do { try LedgerWriter(path: path) { _ in "{}" }.append(Sample.events(0..<3)) }
        #expect(try folder.names == ["a.ledger"])
        #expect(try EventLedger(path: path).head().sequence == 3)
    }
}
