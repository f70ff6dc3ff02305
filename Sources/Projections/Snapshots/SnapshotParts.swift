import EventModel
import Foundation
import GRDB

/// One feeder's part of a snapshot; the whole state, under feeder 0, where feeders are not independent.
struct SnapshotPart {
    /// The code of the feeder in the file, from 1; 0 for all.
    var feeder: Int
    /// How many events of the feeder the projection was given.
    var events: Int
    var body: [UInt8]

    static let all = 0

    private func checksum(_ basis: Int, _ range: SnapshotRange) -> Int64 {
        var hash = SHA256()
        for value in [basis, range.level, range.place, feeder, events, body.count] {
            hash.update(bigEndian: Int64(value))
        }
        body.withUnsafeBytes { hash.update($0) }
        return hash.digest().prefix
    }

    /// Enters parts of one range.
    static func insert(
        _ parts: [SnapshotPart], _ basis: Int, _ range: SnapshotRange, _ db: Database
    ) throws {
        let statement = try db.cachedStatement(sql: "INSERT INTO part VALUES (?, ?, ?, ?, ?, ?, ?)")
        for part in parts {
            try statement.execute(arguments: [
                basis, range.level, range.place, part.feeder, part.events,
                part.checksum(basis, range), Data(part.body),
            ])
        }
    }

    /// The parts of a range, or that of one feeder alone.
    ///
    /// - Returns: nil where one is not as it was written.
    static func fetch(
        _ basis: Int, _ range: SnapshotRange, feeder: Int? = nil, _ db: Database
    ) throws -> [SnapshotPart]? {
        let one = feeder == nil ? "" : " AND feeder = ?"
        let statement = try db.cachedStatement(
            sql: """
                SELECT feeder, events, checksum, body FROM part
                WHERE basis = ? AND level = ? AND place = ?\(one)
                """)
        var arguments: StatementArguments = [basis, range.level, range.place]
        if let feeder { arguments += [feeder] }
        let rows = try Row.fetchCursor(statement, arguments: arguments)
        var parts: [SnapshotPart] = []
        while let row = try rows.next() {
            let body = try row.withUnsafeData(atIndex: 3) { [UInt8]($0 ?? Data()) }
            let part = SnapshotPart(feeder: row[0], events: row[1], body: body)
            guard part.checksum(basis, range) == row[2] as Int64 else { return nil }
            parts.append(part)
        }
        return parts
    }
}

/// The codes that a file gives feeders: their names are long, and there are many parts.
struct FeederCodes {
    private var codes: [[UInt8]: Int] = [:]
    /// By code, from 1.
    private var names: [String] = []

    /// Reads what is new in the file; another process may write it, too.
    mutating func update(_ db: Database) throws {
        let sql = "SELECT name FROM feeder WHERE code > ? ORDER BY code"
        for name in try String.fetchAll(db, sql: sql, arguments: [names.count]) { add(name) }
    }

    private mutating func add(_ name: String) {
        names.append(name)
        codes[Array(name.utf8)] = names.count
    }

    /// The code of a feeder, which is entered where it is new.
    mutating func code(of name: String, _ db: Database) throws -> Int {
        if let code = codes[Array(name.utf8)] { return code }
        try db.execute(
            sql: "INSERT INTO feeder VALUES (?, ?)", arguments: [names.count + 1, name])
        add(name)
        return names.count
    }

    /// The name behind a code; nil where there is none.
    func name(of code: Int) -> String? {
        names.indices.contains(code - 1) ? names[code - 1] : nil
    }

    /// The code of one feeder; nil where no snapshot has it.
    static func find(_ name: String, _ db: Database) throws -> Int? {
        try Int.fetchOne(db, sql: "SELECT code FROM feeder WHERE name = ?", arguments: [name])
    }
}
