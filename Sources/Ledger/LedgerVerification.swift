import EventModel
import GRDB
import GRDBSQLite

/// What `verify` found.
public struct LedgerVerification: Sendable, Equatable {
    /// The head as it was recomputed from the rows; nil where they could not be read to the end.
    public var head: LedgerHead?
    /// Everything that is not as it was written, in order of discovery.
    public var findings: [Finding] = []
    /// How many more there were than are listed.
    public var furtherFindings = 0

    public var isSound: Bool { findings.isEmpty }

    /// One thing that is not as it was written.
    public struct Finding: Sendable, Equatable, CustomStringConvertible {
        /// The first event that it touches; nil where it is not about one event.
        public var sequence: Int?
        public var reason: String

        public var description: String {
            sequence.map { "sequence \($0): \(reason)" } ?? reason
        }
    }

    /// Findings beyond this many are counted and not listed: a rewritten ledger differs everywhere.
    public static let listLimit = 100

    mutating func find(_ reason: String, at sequence: Int? = nil) {
        if findings.count < LedgerVerification.listLimit {
            findings.append(Finding(sequence: sequence, reason: reason))
        } else {
            furtherFindings += 1
        }
    }
}

extension EventLedger {
    /// Recomputes everything that a ledger says of itself, from its rows.
    ///
    /// SQLite's own structure first (`integrity_check`, `foreign_key_check`), then the schema against
    /// the one this program makes, then every text, content, event, block, batch and run, and each
    /// segment of the replay index. A row that was changed, removed, added or moved is named by its
    /// sequence.
    ///
    /// What a rewriting of the whole file would hide shows against a root that was noted before:
    ///
    /// - Parameter noted: a head's size and root from an earlier time. The first `size` events must
    ///   still have that root.
    /// - Parameter progress: called now and then with the sequence that was reached; throws to stop.
    public static func verify(
        path: String, noted: (size: Int, root: SHA256Digest)? = nil,
        progress: (_ sequence: Int) throws -> Void = { _ in }
    ) throws -> LedgerVerification {
        let ledger = try EventLedger(path: path)
        var report = LedgerVerification()
        do {
            // One read transaction: what a writer appends meanwhile must not look like a loss.
            try ledger.file.mapErrors {
                try ledger.file.queue.read { db in
                    try checkStructure(db, &report)
                    guard let connection = db.sqliteConnection else { return }
                    var audit = LedgerAudit(ledger, connection, noted: noted, report: report)
                    defer { report = audit.report }
                    try audit.run(progress: progress)
                }
            }
        } catch let error as LedgerError {
            guard case .damaged(_, let sequence, let reason) = error else { throw error }
            report.find(reason, at: sequence)
        }
        return report
    }

    private static func checkStructure(
        _ db: Database, _ report: inout LedgerVerification
    ) throws {
        let lines = try Optional<String>.fetchAll(db, sql: "PRAGMA integrity_check")
        for line in lines where line != "ok" { report.find("SQLite: \(line ?? "?")") }
        for row in try Row.fetchAll(db, sql: "PRAGMA foreign_key_check") {
            let table: String = row[0] ?? "?"
            let sequence: Int? = row[1]
            report.find(
                "a row of \(table) points to nothing", at: table == "event" ? sequence : nil)
        }
        let found = try schema(db)
        // The replay index may be there or not; what there is of it must be whole.
        let hasIndex = found.keys.contains("'table' 'segment'")
        let expected = try (hasIndex ? LedgerSchema.indexed : LedgerSchema.reference).get()
        for object in Set(found.keys).union(expected.keys).sorted()
        where found[object] != expected[object] {
            report.find(
                expected[object] == nil
                    ? "the schema has an object that no ledger has: \(object)"
                    : found[object] == nil
                        ? "the schema lacks \(object)"
                        : "the definition of \(object) was changed")
        }
        let migrations = try Optional<String>.fetchAll(
            db, sql: "SELECT quote(identifier) FROM grdb_migrations ORDER BY identifier")
        if migrations != ["'1'"] { report.find("the list of migrations was changed") }
        for pragma in ["encoding", "auto_vacuum"] {
            let expected = pragma == "encoding" ? "UTF-8" : "0"
            let value = try Optional<String>.fetchOne(db, sql: "PRAGMA \(pragma)") ?? nil
            if value != expected {
                report.find("PRAGMA \(pragma) is \(value ?? "NULL"), and was \(expected)")
            }
        }
    }

    /// The objects of a schema by name, with the bytes and types of what defines each. Any value of
    /// any type may stand in a file that was changed.
    static func schema(_ db: Database) throws -> [String: String] {
        var objects: [String: String] = [:]
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT quote(type) || ' ' || quote(name),
                  typeof(type) || hex(type) || ' ' || typeof(name) || hex(name) || ' '
                    || typeof(tbl_name) || hex(tbl_name) || ' ' || typeof(sql) || hex(sql)
                FROM sqlite_master
                """)
        for row in rows {
            let (object, definition): (String?, String?) = (row[0], row[1])
            objects[object ?? "?", default: ""] += (definition ?? "?") + "\n"
        }
        return objects
    }
}

extension LedgerSchema {
    /// The schema of a ledger that this program makes now.
    fileprivate static let reference = Result {
        let fresh = try DatabaseQueue()
        try migrator.migrate(fresh)
        return try fresh.read { try EventLedger.schema($0) }
    }
    /// The same with the replay index.
    fileprivate static let indexed = Result {
        let fresh = try DatabaseQueue()
        try migrator.migrate(fresh)
        try fresh.write { try $0.execute(sql: SegmentTable.create) }
        return try fresh.read { try EventLedger.schema($0) }
    }
}
