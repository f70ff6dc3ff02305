import EventModel
import Foundation
import GRDB

/// One feeder's part of a snapshot; the whole state, under feeder 0, where feeders are not independent.
struct SnapshotPart {
    /// The code of the feeder in the file, from 1; 0 for all.
    var feeder: Int
    /// The feeder's name; empty for all.
    var name: String
    /// How many events of the feeder the projection was given.
    var events: Int
    /// Empty where they left nothing in the state.
    var body: [UInt8]

    static let all = 0

    private func checksum(_ basis: Int, _ range: SnapshotRange) -> Int64 {
        var hash = SHA256()
        for value in [basis, range.level, range.place, feeder, events, body.count] {
            hash.update(bigEndian: Int64(value))
        }
        hash.update(counted: name)
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

    /// The parts of a snapshot in order of feeders' names, or that of one feeder alone.
    ///
    /// - Returns: nil where they are not those that were written. A part that the header does not
    ///   know of is as wrong as one that lacks: to have no part means to have had no events.
    static func fetch(
        _ basis: Int, _ header: SnapshotHeader, feeder: Int? = nil, _ codes: FeederCodes,
        _ db: Database
    ) throws -> [SnapshotPart]? {
        let range = header.range
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
            guard let part = SnapshotPart(row, codes), header.feeders.contains(part.feeder),
                let checksum = try? row.decode(Int64.self, atIndex: 2),
                part.checksum(basis, range) == checksum
            else { return nil }
            parts.append(part)
        }
        let expected = feeder.map { header.feeders.contains($0) ? 1 : 0 } ?? header.feeders.count
        guard parts.count == expected else { return nil }
        return parts.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    }

    /// nil where a value is not of its column's type: only damage does that.
    private init?(_ row: Row, _ codes: FeederCodes) {
        guard let feeder = try? row.decode(Int.self, atIndex: 0),
            let events = try? row.decode(Int.self, atIndex: 1),
            let name = feeder == SnapshotPart.all ? "" : codes.name(of: feeder),
            let body = try? row.withUnsafeData(atIndex: 3, { [UInt8]($0 ?? Data()) })
        else { return nil }
        self.init(feeder: feeder, name: name, events: events, body: body)
    }

    init(feeder: Int, name: String, events: Int, body: [UInt8]) {
        (self.feeder, self.name, self.events, self.body) = (feeder, name, events, body)
    }
}

/// Which feeders have a part in a snapshot, by code: a bit each.
///
/// A header keeps it, since a part that damage has made away with would else be taken for a feeder
/// that had no events.
struct FeederSet: Sendable, Equatable {
    private(set) var bytes: [UInt8] = []

    init(_ codes: [Int]) {
        for code in codes {
            while bytes.count <= code / 8 { bytes.append(0) }
            bytes[code / 8] |= 1 << UInt8(code % 8)
        }
    }

    init(bytes: [UInt8]) { self.bytes = bytes }

    func contains(_ code: Int) -> Bool {
        code >= 0 && code / 8 < bytes.count && bytes[code / 8] >> UInt8(code % 8) & 1 == 1
    }

    var count: Int { bytes.reduce(0) { $0 + $1.nonzeroBitCount } }

    /// The greatest code; 0 where there is none.
    var last: Int {
        bytes.last.map { bytes.count * 8 - 1 - $0.leadingZeroBitCount } ?? 0
    }
}

/// The codes that a file gives feeders: their names are long, and there are many parts.
struct FeederCodes {
    private let path: String
    private var codes: [[UInt8]: Int] = [:]
    /// By code, from 1.
    private var names: [String] = []

    static let table = """
        CREATE TABLE feeder (
          code INTEGER PRIMARY KEY,
          name TEXT NOT NULL,
          checksum INTEGER NOT NULL
        ) STRICT;
        """

    init(path: String) { self.path = path }

    private static func checksum(_ code: Int, _ name: String) -> Int64 {
        var hash = SHA256()
        hash.update(bigEndian: Int64(code))
        hash.update(counted: name)
        return hash.digest().prefix
    }

    /// Reads what is new in the file; another process may write it, too.
    ///
    /// - Throws: `StoreError.notSnapshots` where a row is not the one that was written.
    mutating func update(_ db: Database) throws {
        let rows = try Row.fetchCursor(
            db, sql: "SELECT code, name, checksum FROM feeder WHERE code > ? ORDER BY code",
            arguments: [names.count])
        while let row = try rows.next() {
            guard let code = try? row.decode(Int.self, atIndex: 0), code == names.count + 1,
                let name = try? row.decode(String.self, atIndex: 1),
                let checksum = try? row.decode(Int64.self, atIndex: 2),
                checksum == FeederCodes.checksum(code, name)
            else {
                throw StoreError.notSnapshots(
                    path: path, reason: "a row about feeders is not the one that was written")
            }
            add(name)
        }
    }

    private mutating func add(_ name: String) {
        names.append(name)
        codes[Array(name.utf8)] = names.count
    }

    /// The code of a feeder, which is entered where it is new.
    mutating func code(of name: String, _ db: Database) throws -> Int {
        if let code = code(of: name) { return code }
        let code = names.count + 1
        try db.execute(
            sql: "INSERT INTO feeder VALUES (?, ?, ?)",
            arguments: [code, name, FeederCodes.checksum(code, name)])
        add(name)
        return code
    }

    /// The code of a feeder; nil where no snapshot has it.
    func code(of name: String) -> Int? { codes[Array(name.utf8)] }

    /// How many feeders have a code.
    var count: Int { names.count }

    /// The name behind a code; nil where there is none.
    func name(of code: Int) -> String? {
        names.indices.contains(code - 1) ? names[code - 1] : nil
    }
}
