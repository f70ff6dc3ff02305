import EventModel
import GRDBSQLite

/// One pass over all rows of a ledger that recomputes what they say of each other.
struct LedgerAudit {
    var report: LedgerVerification
    private let ledger: EventLedger
    private let connection: OpaquePointer
    private let noted: (size: Int, root: SHA256Digest)?
    private var tree = MerkleTree()
    private var open = OpenBlock()
    private var segments: SegmentAudit?
    private var contents: [ContentFacts?] = []
    private var devices: [Int] = []

    private struct ContentFacts {
        var digest: SHA256Digest
        var device: Int?
        var isRegistration: Bool
        var isUsed = false
    }

    init(
        _ ledger: EventLedger, _ connection: OpaquePointer,
        noted: (size: Int, root: SHA256Digest)?, report: LedgerVerification
    ) {
        self.ledger = ledger
        self.connection = connection
        self.noted = noted
        self.report = report
    }

    private func statement(_ sql: String) throws -> Statement {
        try Statement(connection, sql, path: ledger.path)
    }

    mutating func run(progress: (Int) throws -> Void) throws {
        try auditTexts()
        try auditContents()
        let head = try auditEvents(progress: progress)
        report.head = head
        for (place, facts) in contents.enumerated() where facts?.isUsed == false {
            report.find("content \(place + 1) belongs to no event")
        }
        let used = Set(contents.compactMap { $0?.isUsed == true ? $0?.device : nil })
        for device in devices where !used.contains(device) {
            report.find("device \(device) belongs to no event")
        }
        if let noted, noted.size < 0 {
            report.find("a root cannot be that of the first \(noted.size) events")
        }
        if let noted, noted.size > head.sequence {
            report.find(
                "the ledger was cut: it ends at sequence \(head.sequence), and had \(noted.size) events"
                    + " when its root was noted", at: head.sequence + 1)
        }
    }

    private mutating func auditTexts() throws {
        for table in ["text", "device"] {
            let column = table == "text" ? "body" : "name"
            let rows = try statement("SELECT code, \(column) FROM \(table) ORDER BY code")
            var expected = 1
            while try rows.step() {
                let code = rows.int(0)
                if code != expected {
                    report.find("\(table) \(expected) is missing, or \(code) is one too many")
                }
                if (try? rows.checkedText(1, of: table)) == nil {
                    report.find("\(table) \(code) is no valid text")
                }
                expected = code &+ 1
                if table == "device" { devices.append(code) }
            }
        }
        let unused = try statement(
            """
            SELECT code FROM text WHERE code NOT IN (SELECT source FROM content)
              AND code NOT IN (SELECT detail_type FROM content)
              AND code NOT IN (SELECT envelope FROM content WHERE envelope IS NOT NULL)
            """)
        while try unused.step() { report.find("text \(unused.int(0)) belongs to no content") }
    }

    private mutating func auditContents() throws {
        let reader = try ContentReader(connection, path: ledger.path)
        let rows = try statement("SELECT code, digest, device FROM content ORDER BY code")
        while try rows.step() {
            let code = rows.int(0)
            guard code > contents.count, code - contents.count < 1 << 20 else {
                report.find("content \(code) is not a code that can follow \(contents.count)")
                continue
            }
            while contents.count < code - 1 {
                contents.append(nil)
                report.find("content \(contents.count) is missing")
            }
            let content: EventContent
            do {
                guard let found = try reader.content(code) else { continue }
                content = found
            } catch LedgerError.damaged(_, _, let reason) {
                contents.append(nil)
                report.find(reason)
                continue
            }
            if Int64(rows.int(1)) != content.digest.prefix {
                report.find("content \(code) is not what was written: its digest differs")
            }
            var isRegistration = false
            if case .registration = content.meaning { isRegistration = true }
            contents.append(
                ContentFacts(
                    digest: content.digest, device: rows.optionalInt(2),
                    isRegistration: isRegistration))
        }
    }

    /// Walks over all events with what derives from them side by side.
    private mutating func auditEvents(
        progress: (Int) throws -> Void
    ) throws -> LedgerHead {
        let rows = try statement(
            "SELECT sequence, time, content, lag, leaf, device, id FROM event ORDER BY sequence")
        let registrations = try statement("SELECT sequence FROM registration ORDER BY sequence")
        var registered = try registrations.step() ? registrations.int(0) : nil
        var batches = try BatchAudit(connection, path: ledger.path)
        segments = try SegmentAudit(connection, path: ledger.path)
        var recorded: Timestamp?
        var sequence = 0
        if batches.isDue(at: sequence) { batches.check(sequence, root, &report) }
        while try rows.step() {
            let found = rows.int(0)
            guard (1...LedgerSchema.sequenceLimit).contains(found) else {
                report.find("no ledger has such a sequence", at: found)
                continue
            }
            if found != sequence + 1 {
                report.find(
                    found == sequence + 2
                        ? "the event is missing" : "the events up to \(found - 1) are missing",
                    at: sequence + 1)
                if found <= sequence { continue }
            }
            sequence = found
            if sequence & 0xFFFF == 0 { try progress(sequence) }
            let time = Timestamp(microseconds: Int64(rows.int(1)))
            let code = rows.int(2)
            let now = Timestamp(microseconds: time.microseconds &+ Int64(rows.int(3)))
            if !time.isWritable || !now.isWritable {
                report.find("its times lie outside the years 0001 to 9999", at: sequence)
            }
            if let recorded, now < recorded {
                report.find("its recorded time lies before its predecessor's", at: sequence)
            }
            recorded = now
            guard code >= 1, code <= contents.count, let facts = contents[code - 1] else {
                report.find("its content \(code) is missing", at: sequence)
                continue
            }
            contents[code - 1]?.isUsed = true
            try segments?.take(
                sequence, time, device: rows.optionalInt(5), content: code, &report)
            if rows.optionalInt(5) != facts.device {
                report.find("its device is not its content's", at: sequence)
            }
            guard let id = rows.eventID(6) else {
                report.find(
                    "its id is neither 16 bytes nor another text than a UUID's", at: sequence)
                continue
            }
            let leaf = LedgerLeaf.hash(
                sequence: sequence, time: time, recorded: now, id: id, content: facts.digest)
            if Int64(rows.int(4)) != leaf.prefix {
                report.find("the event was changed, or moved here: its leaf differs", at: sequence)
            }
            if facts.isRegistration != (registered == sequence) {
                report.find(
                    "it is wrongly listed among the registrations, or left out", at: sequence)
            }
            if registered == sequence {
                registered = try registrations.step() ? registrations.int(0) : nil
            }
            try add(sequence, time, leaf)
            if batches.isDue(at: sequence) { batches.check(sequence, root, &report) }
            if let noted, noted.size == sequence, noted.root != root {
                report.find(
                    "the history was rewritten: the root of the first \(sequence) events is"
                        + " \(root.hex), and was \(noted.root.hex) when it was noted")
            }
        }
        if let noted, noted.size == 0, noted.root != MerkleTree().root {
            report.find("a ledger of 0 events has the root \(MerkleTree().root.hex)")
        }
        if let registered {
            report.find("registration \(registered) points to no event in order")
        }
        try auditBlocks(count: sequence)
        segments?.finish(&report)
        batches.finish(sequence, &report)
        return LedgerHead(sequence: sequence, root: root, recorded: recorded)
    }

    private var root: SHA256Digest { tree.root(followedBy: open.tree) }

    private var blockRoots: [(earliest: Int64, latest: Int64, root: SHA256Digest)] = []

    private mutating func add(_ sequence: Int, _ time: Timestamp, _ leaf: SHA256Digest) throws {
        open.add(time, leaf)
        guard open.tree.count == LedgerSchema.blockSize else { return }
        let root = open.tree.root
        segments?.take(block: root, at: sequence, &report)
        blockRoots.append((open.earliest, open.latest, root))
        tree.append(subtree: root, ofHeight: LedgerSchema.blockHeight)
        open = OpenBlock()
    }

    private mutating func auditBlocks(count: Int) throws {
        let rows = try statement("SELECT number, earliest, latest, root FROM block ORDER BY number")
        var number = 0
        while try rows.step() {
            let first = number * LedgerSchema.blockSize + 1
            guard rows.int(0) == number, number < blockRoots.count else {
                report.find(
                    "block \(rows.int(0)) is one too many, or block \(number) is missing", at: first
                )
                return
            }
            let (earliest, latest, root) = blockRoots[number]
            if Int64(rows.int(1)) != earliest || Int64(rows.int(2)) != latest {
                report.find("block \(number) states other times than its events", at: first)
            }
            if rows.withBlob(3, { SHA256Digest(bytes: $0) }) != root {
                report.find("block \(number) has another hash than its events", at: first)
            }
            number += 1
        }
        if number < blockRoots.count {
            report.find("block \(number) is missing", at: number * LedgerSchema.blockSize + 1)
        }
    }
}
