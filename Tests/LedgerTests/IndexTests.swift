import EventModel
import Foundation
import GRDB
import Ledger
import Testing

@Suite struct `The replay index` {
    private let folder: Folder
    private let path: String
    private static let size = 1024

    init() throws {
        folder = try Folder()
        path = folder("a.ledger")
    }

    /// Records as a scan lends them, a line each, and the segments that it did not use.
    private func records(
        _ range: ClosedRange<Int>, until: Timestamp? = nil, from source: RecordSource = .index
    ) throws -> (lines: [String], faults: [SegmentFault]) {
        var lines: [String] = []
        var faults: [SegmentFault] = []
        try EventLedger(path: path).scanSegments(range, until: until, from: source) {
            faults.append($0)
        } body: { first, records, facts, lookup in
            for place in records.indices { lines.append("\(first + place) \(records[place])") }
            guard let facts else { return }
            var input = InputDigest()
            var latest = Int64.min
            for place in records.indices {
                input.add(sequence: first + place, microseconds: records[place].time)
                latest = max(latest, records[place].time)
            }
            #expect(facts.input == input)
            #expect(facts.latest == latest)
        }
        return (lines, faults)
    }

    /// A ledger whose writer sealed segments of 1024 events.
    @discardableResult
    private func make(_ batches: [[Event]], size: Int = size) throws -> LedgerHead {
        let writer = try LedgerWriter(path: path) { _ in "{}" }
        writer.segmentSize = size
        for batch in batches { try writer.append(batch) }
        try writer.close()
        return writer.head
    }

    private func segments() throws -> [[Int]] {
        try withSQLite(path) { db in
            try Row.fetchAll(db, sql: "SELECT number, first, last FROM segment ORDER BY number")
                .map { [$0[0], $0[1], $0[2]] }
        }
    }

    /// The segments' rows, bytes and all.
    private func content() throws -> [Row] {
        try withSQLite(path) { try Row.fetchAll($0, sql: "SELECT * FROM segment ORDER BY number") }
    }

    @Test func `a writer seals each segment that fills, in the batch that fills it`() throws {
        try make([Sample.events(0..<1023), Sample.events(1023..<1025), Sample.events(1025..<4100)])
        #expect(
            try segments() == [[0, 1, 1024], [1, 1025, 2048], [2, 2049, 3072], [3, 3073, 4096]])
        #expect(try EventLedger(path: path).indexExtent().events == 4096)
        #expect(try EventLedger.verify(path: path).findings.map(\.description) == [])
    }

    @Test func `however the events come in batches and runs, the segments are the same bytes`()
        throws
    {
        try make([Sample.events(0..<5000)])
        let expected = try content()
        for cuts in [[1, 1500, 1501], [1024, 2048], [2500], [700, 1400, 2100, 2800]] {
            try FileManager.default.removeItem(atPath: path)
            for (begin, end) in zip([0] + cuts, cuts + [5000]) {
                try make([Sample.events(begin..<end)])
            }
            #expect(try content() == expected)
        }
        #expect(
            try ReplayIndex.build(path: path, size: Self.size, rebuild: true).written == 4)
        #expect(try content() == expected)
    }

    @Test func `an append that fails leaves rows and index as they were`() throws {
        try make([Sample.events(0..<1000)])
        let writer = try LedgerWriter(path: path) { _ in "{}" }
        writer.segmentSize = Self.size
        var events = Sample.events(1000..<2100)
        events[1090].id = Sample.id(3)
        #expect(throws: LedgerError.self) { try writer.append(events) }
        try writer.append(Sample.events(1000..<1020))
        #expect(throws: LedgerError.self) { try writer.append(events) }
        try writer.append(Sample.events(1020..<2100))
        try writer.close()
        #expect(try segments() == [[0, 1, 1024], [1, 1025, 2048]])
        #expect(try EventLedger.verify(path: path).findings.map(\.description) == [])
    }

    @Test func `a scan lends the same records with and without, at every cut and time`() throws {
        // Times that rise, fall back and repeat, with a registration and events of no device.
        var events = Sample.mixed().flatMap(\.self) + Sample.events(100..<4200)
        for place in stride(from: 50, to: events.count, by: 37) {
            events[place].time = events[place / 2].time
        }
        let head = try make([events])
        #expect(try segments().count == 4)
        var cuts = [1, 2, 17, 1023, 1024, 1025, 1030, 2048, 2049, 3000, head.sequence]
        cuts += (1...5).map { $0 * 800 + $0 }
        for begin in cuts {
            for end in cuts where end >= begin {
                for until in [nil, events[700].time, events[2500].time, .earliest] {
                    let (lines, faults) = try records(begin...end, until: until)
                    #expect(try lines == records(begin...end, until: until, from: .rows).lines)
                    #expect(faults == [])
                }
            }
        }
    }

    @Test func `an older ledger has no index, and gets one when somebody asks`() throws {
        try make([Sample.events(0..<3000)])
        let plain = try records(1...3000)
        // What the program before this one wrote.
        try withSQLite(path) { try $0.execute(sql: "DROP TABLE segment") }
        #expect(try EventLedger.verify(path: path).isSound)
        #expect(try EventLedger(path: path).indexExtent().segments == 0)
        #expect(try records(1...3000).lines == plain.lines)

        let outcome = try ReplayIndex.build(path: path, size: Self.size)
        #expect(outcome.written == 2 && outcome.dropped == 0 && outcome.extent.events == 2048)
        #expect(try ReplayIndex.build(path: path, size: Self.size).written == 0)
        #expect(try records(1...3000).lines == plain.lines)
        #expect(try EventLedger.verify(path: path).isSound)
        let dropped = try ReplayIndex.drop(path: path, holder: "test")
        #expect(dropped.dropped == 2 && dropped.head == 3000)
        #expect(try EventLedger.verify(path: path).isSound)
        #expect(try folder.names == ["a.ledger"])
    }

    @Test func `a writer goes on where segments lack, and the rest is built later`() throws {
        try make([Sample.events(0..<2500)])
        try withSQLite(path) { try $0.execute(sql: "DROP TABLE segment") }
        try make([Sample.events(2500..<4100)])
        #expect(try segments() == [[2, 2049, 3072], [3, 3073, 4096]])
        #expect(try records(1...4100).lines == records(1...4100, from: .rows).lines)
        #expect(try ReplayIndex.build(path: path, size: Self.size).written == 2)
        #expect(try EventLedger.verify(path: path).isSound)
    }

    @Test(arguments: [
        "UPDATE segment SET last = 0", "DELETE FROM segment",
        "INSERT OR REPLACE INTO segment SELECT * FROM segment",
    ])
    func `nobody changes a segment by accident`(sql: String) throws {
        try make([Sample.events(0..<1100)])
        #expect(throws: DatabaseError.self) {
            try withSQLite(path) { try $0.execute(sql: sql) }
        }
        #expect(try EventLedger.verify(path: path).isSound)
    }

    /// The ledger has 3 segments; each change is to the second, sequences 1025 to 2048.
    static let damages = [
        "records = zeroblob(16384)", "records = zeroblob(3)", "records = CAST('' AS BLOB)",
        "records = x''",
        "records = zeroblob(100000)",
        "records = CAST(substr(records, 1, 8) || x'FF' || substr(records, 10) AS BLOB)",
        "records = CAST(substr(records, 17) || substr(records, 1, 16) AS BLOB)",
        "input = input + 1", "latest = latest + 1",
        "checksum = checksum + 1", "checksum = -9223372036854775808", "root = zeroblob(32)",
        "root = x'00'", "first = 1026", "first = 1", "first = -9223372036854775808",
        "last = 2047", "last = 3072", "last = 9223372036854775807", "first = 0, last = 0",
        "first = 1, last = 1024", "number = 7", "number = -1", "number = 9223372036854775807",
        "first = 2049, last = 3072", "first = 65537, last = 66560",
    ]

    @Test(arguments: damages)
    func `a damaged segment is found by verify and passed over by a scan`(change: String) throws {
        try make([Sample.events(0..<3100)])
        let plain = try records(1...3100, from: .rows).lines
        try tamper(path) { db in
            try db.execute(
                sql:
                    "UPDATE segment SET \(change) WHERE number = 1"
            )
        }
        let report = try EventLedger.verify(path: path)
        #expect(!report.isSound)
        #expect(report.findings.allSatisfy { $0.reason.contains("segment") }, "\(report.findings)")
        #expect(try records(1...3100).lines == plain)
        #expect(try records(1...1).lines == [plain[0]])
        #expect(try ReplayIndex.build(path: path, size: Self.size, rebuild: true).written == 3)
        #expect(try EventLedger.verify(path: path).isSound)
    }

    @Test func `a byte flipped in a segment's page is found, and costs nothing but time`() throws {
        try make([Sample.events(0..<2100)])
        let plain = try records(1...2100, from: .rows).lines
        let original = try Data(contentsOf: URL(filePath: path))
        // The records of the second segment, as they lie in the file.
        let record = try withSQLite(path) {
            try Data.fetchOne(
                $0, sql: "SELECT substr(records, 8001, 64) FROM segment WHERE number = 1")
        }
        let bytes = try #require(record)
        let place = try #require(original.range(of: bytes)).lowerBound
        for (offset, mask) in [(0, 1), (7, 0x80), (8, 3), (12, 0xFF), (63, 0x10)] as [(Int, UInt8)]
        {
            var changed = original
            changed[place + offset] ^= mask
            try changed.write(to: URL(filePath: path))
            let (lines, faults) = try records(1...2100)
            #expect(lines == plain)
            #expect(
                faults.map(\.description) == ["segment 1, from sequence 1025: its checksum differs"]
            )
            #expect(try EventLedger.verify(path: path).findings.map(\.sequence) == [1025])
        }
    }

    @Test func `a segment of rows that were changed since is not used`() throws {
        try make([Sample.events(0..<1100)])
        let other = folder("other.ledger")
        try FileManager.default.moveItem(atPath: path, toPath: other)
        try make([Sample.events(5000..<6100)])
        // The other history's segment, sound in itself.
        try tamper(path) { db in
            try db.execute(
                sql:
                    "ATTACH '\(other)' AS o; UPDATE segment SET (latest, input, checksum, root, records) = (SELECT latest, input, checksum, root, records FROM o.segment); DETACH o"
            )
        }
        let (lines, faults) = try records(1...1100)
        #expect(try lines == records(1...1100, from: .rows).lines)
        #expect(faults.map(\.reason) == ["its root is not that of the ledger's blocks"])
        #expect(try EventLedger.verify(path: path).isSound == false)
    }

    @Test func `a table of another's making is left alone, named, and replaced on demand`() throws {
        try make([Sample.events(0..<1000)])
        try withSQLite(path) { try $0.execute(sql: "CREATE TABLE segment (a)") }
        try make([Sample.events(1000..<2100)])
        #expect(try EventLedger.verify(path: path).isSound == false)
        #expect(try records(1...2100).lines.count == 2100)
        #expect(throws: LedgerError.self) { try ReplayIndex.build(path: path, size: Self.size) }
        #expect(try ReplayIndex.build(path: path, size: Self.size, rebuild: true).written == 2)
        #expect(try EventLedger.verify(path: path).isSound)
    }

    @Test func `a build that is stopped keeps what it wrote, a rebuild what was there`() throws {
        struct Stop: Error {}
        try make([Sample.events(0..<4100)])
        let before = try content()
        #expect(throws: Stop.self) {
            try ReplayIndex.build(path: path, size: Self.size, rebuild: true) {
                if $0 >= 2048 { throw Stop() }
            }
        }
        #expect(try content() == before)
        _ = try ReplayIndex.drop(path: path, holder: "test")
        #expect(throws: Stop.self) {
            try ReplayIndex.build(path: path, size: Self.size) { if $0 >= 2048 { throw Stop() } }
        }
        #expect(try segments().count == 2)
        #expect(try folder.names == ["a.ledger"])
    }

    @Test func `readers go on while the index is dropped and built beside them`() throws {
        try make([Sample.events(0..<3100)])
        let plain = try records(1...3100, from: .rows).lines
        let writer = try LedgerWriter(path: path) { _ in "{}" }
        #expect(throws: LedgerError.self) { try ReplayIndex.drop(path: path, holder: "test") }
        let ledger = try EventLedger(path: path)
        var pieces = 0
        var lines: [String] = []
        // In WAL mode, while the writer has it open, another connection may drop the table.
        try ledger.scanSegments(1...3100, from: .index) { _ in
        } body: { first, records, _, _ in
            if pieces == 1 { try withSQLite(path) { try $0.execute(sql: "DROP TABLE segment") } }
            pieces += 1
            for place in records.indices { lines.append("\(first + place) \(records[place])") }
        }
        #expect(lines == plain)
        try writer.append(Sample.events(3100..<3200))
        try writer.close()
        #expect(try records(1...3100).lines == plain)
    }

    @Test func `no ledger is made to be indexed`() throws {
        #expect(throws: LedgerError.missing(path: path)) {
            try ReplayIndex.build(path: path, holder: "test")
        }
        #expect(try folder.names == [])
    }
}
