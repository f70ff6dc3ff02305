import EventModel
import Foundation
import GRDBSQLite
import Ledger
import Testing

/// Every byte of a ledger file changed, one at a time: each change is reported by opening or by
/// `verify`, or changes nothing that anybody reads.
///
/// The ledger has pages of 512 bytes, the smallest of SQLite, so that little of it is unused. Every byte is
/// flipped whole, every 7th also in one bit only. Bytes that nobody reads lie side by side: a stretch is
/// first changed as a whole, and one byte at a time where that is noticed. All bytes in both ways, each
/// alone:
///
///     REPLAYLAB_FLIP_ALL=1 swift test --filter "flipped byte"
@Suite struct `Flipped bytes` {
    private struct Counts {
        var flips = 0
        var refused = 0
        var verified = 0
        var harmless = 0
        var undetected: [String] = []
    }

    private static let isComplete = ProcessInfo.processInfo.environment["REPLAYLAB_FLIP_ALL"] == "1"

    /// How many bytes are changed at once to begin with.
    private static let stretch = 16

    /// Two halves, so that two cores can share the work.
    @Test(arguments: [0, 1])
    func `each flipped byte is reported or without effect`(half: Int) throws {
        let folder = try Folder()
        let original = folder("whole.ledger")
        try makeLedger(original, Sample.mixed(), isComplete: true)
        try withSQLite(original) { try $0.execute(sql: "PRAGMA page_size = 512; VACUUM") }
        let bytes = Array(try Data(contentsOf: URL(filePath: original)))
        let before = try FlipTests.rows(original)
        let events = try readOut(EventLedger(path: original))
        var counts = Counts()
        let memory = FileManager.default.fileExists(atPath: "/dev/shm") ? "/dev/shm" : folder.path
        let path = "\(memory)/flip-\(UUID().uuidString).ledger"
        defer { for suffix in FlipTests.suffixes { unlink(path + suffix) } }
        for start in stride(from: half * Self.stretch, to: bytes.count, by: 2 * Self.stretch) {
            let stretch = start..<min(start + Self.stretch, bytes.count)
            for mask in [0xFF, 0x01] as [UInt8] {
                let places = stretch.filter { mask == 0xFF || Self.isComplete || $0 % 7 == 0 }
                /// Changes the bytes at `places`, and counts what came of it.
                func flip(_ places: [Int], _ counts: inout Counts) throws {
                    var changed = bytes
                    for place in places { changed[place] ^= mask }
                    for suffix in FlipTests.suffixes { unlink(path + suffix) }
                    try Data(changed).write(to: URL(filePath: path))
                    try check(path, before, events, "bytes \(places) xor \(mask)", &counts)
                }
                counts.flips += places.count
                if !Self.isComplete, places.count > 1 {
                    var together = Counts()
                    try flip(places, &together)
                    counts.undetected += together.undetected
                    if together.harmless > 0 {
                        counts.harmless += places.count
                        continue
                    }
                }
                for place in places { try flip([place], &counts) }
            }
        }
        print(
            "flipped bytes, half \(half): \(counts.flips) flips of \(bytes.count) bytes,"
                + " \(counts.refused) refused at opening, \(counts.verified) found by verify,"
                + " \(counts.harmless) without effect, \(counts.undetected.count) undetected")
        #expect(counts.undetected == [])
    }

    private func check(
        _ path: String, _ before: [String], _ events: [String], _ name: String,
        _ counts: inout Counts
    ) throws {
        do {
            guard try EventLedger.verify(path: path).isSound else {
                counts.verified += 1
                return
            }
        } catch {
            #expect(error is LedgerError, "\(name): \(error)")
            counts.refused += 1
            return
        }
        do {
            var difference = zip(try FlipTests.rows(path), before).first { $0 != $1 }
            // Slow, and hardly ever another answer than the rows: of every eighth.
            if difference == nil, Self.isComplete || counts.harmless % 8 == 0 {
                difference = zip(try readOut(EventLedger(path: path)), events).first { $0 != $1 }
            }
            if let difference {
                counts.undetected.append("\(name): \(difference.0) instead of \(difference.1)")
            } else {
                counts.harmless += 1
            }
        } catch {
            counts.undetected.append("\(name): \(error)")
        }
    }
}

enum FlipTests {
    static let suffixes = ["", "-wal", "-shm", "-journal", "-lease"]

    private static let columns = [
        ("text", "code body"), ("device", "code name"),
        ("content", "code digest form source detail_type device envelope detail"),
        ("event", "sequence time content device lag leaf id"), ("registration", "sequence"),
        ("block", "number earliest latest root"), ("run", "number begin provenance digest"),
        ("batch", "number run last consumed complete root"),
        ("history", "sequence time device source detail_type detail recorded id envelope"),
        ("press", "sequence time device click recorded id"), ("grdb_migrations", "identifier"),
        ("sqlite_master", "type name tbl_name sql"),
        // What only an index reads.
        ("(SELECT id FROM event ORDER BY id)", "id"),
        ("(SELECT body FROM text ORDER BY body)", "body"),
        ("(SELECT name FROM device ORDER BY name)", "name"),
        ("(SELECT digest, code FROM content ORDER BY digest)", "digest code"),
        ("pragma_application_id", "application_id"), ("pragma_user_version", "user_version"),
        ("pragma_encoding", "encoding"), ("pragma_journal_mode", "journal_mode"),
    ]
    private static let queries = columns.map { table, names in
        let values = names.split(separator: " ").map { "typeof(\"\($0)\")||hex(\"\($0)\")" }
        return "SELECT group_concat(\(values.joined(separator: "||','||")), ';') FROM \(table)"
    }

    /// All that SQLite reads in a ledger: the rows of tables and views, types and bytes, the schema.
    static func rows(_ path: String) throws -> [String] {
        var connection: OpaquePointer?
        defer { sqlite3_close_v2(connection) }
        guard sqlite3_open_v2(path, &connection, SQLITE_OPEN_READONLY, nil) == SQLITE_OK else {
            throw LedgerError.missing(path: path)
        }
        return try queries.map { query in
            let statement = try Statement(connection, query, path: path)
            return try statement.step() ? statement.text(0) : "no row"
        }
    }
}
