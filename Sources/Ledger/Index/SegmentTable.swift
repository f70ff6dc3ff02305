import EventModel
import GRDBSQLite

/// The table of the replay index: made when the first segment is, dropped without loss.
///
/// It has the guards of the other tables, so that nobody changes a segment by accident. Who wants
/// to be rid of it drops the table, which no trigger refuses (docs/decisions/0008).
enum SegmentTable {
    static let drop = "DROP TABLE IF EXISTS segment"

    /// A reader of headers never touches `records`: it stands last.
    static let table = """
        CREATE TABLE segment (
          number INTEGER PRIMARY KEY,
          first INTEGER NOT NULL,
          last INTEGER NOT NULL,
          latest INTEGER NOT NULL,
          input INTEGER NOT NULL,
          checksum INTEGER NOT NULL,
          root BLOB NOT NULL,
          records BLOB NOT NULL
        ) STRICT
        """

    /// Table and guards.
    static let create =
        table + """
            ;
            CREATE TRIGGER segment_insert BEFORE INSERT ON segment
            WHEN EXISTS (SELECT 1 FROM segment WHERE number = NEW.number)
            BEGIN SELECT RAISE(ABORT, 'the replay index is not changed: drop it, and build it again'); END;
            CREATE TRIGGER segment_update BEFORE UPDATE ON segment
            BEGIN SELECT RAISE(ABORT, 'the replay index is not changed: drop it, and build it again'); END;
            CREATE TRIGGER segment_delete BEFORE DELETE ON segment
            BEGIN SELECT RAISE(ABORT, 'the replay index is not changed: drop it, and build it again'); END;

            """

    enum State { case absent, ready, foreign }

    /// Whether the ledger has the table, as this program makes it.
    static func state(_ connection: OpaquePointer, path: String) throws -> State {
        let statement = try Statement(
            connection, "SELECT sql FROM sqlite_master WHERE name = 'segment'", path: path)
        guard try statement.step() else { return .absent }
        return statement.text(0).hasSameBytes(as: table) ? .ready : .foreign
    }

    /// Makes the table, which must be absent.
    static func make(_ connection: OpaquePointer, path: String) throws {
        try execute(create, connection, path: path)
    }

    static func execute(_ sql: String, _ connection: OpaquePointer, path: String) throws {
        let code = sqlite3_exec(connection, sql, nil, nil, nil)
        guard code == SQLITE_OK else { throw LedgerError.sqlite(connection, code, path: path) }
    }

    static func has(_ number: Int, _ connection: OpaquePointer, path: String) throws -> Bool {
        let statement = try Statement(
            connection, "SELECT 1 FROM segment WHERE number = ?", path: path)
        statement.bind(1, number)
        return try statement.step()
    }

    /// The headers of all segments that touch `range`, by number; none where there is no index.
    ///
    /// One that cannot be is left out of `found` and named in `faults`.
    static func headers(
        _ connection: OpaquePointer, in range: ClosedRange<Int>, path: String
    ) throws -> (found: [Segment], faults: [SegmentFault]) {
        guard try state(connection, path: path) == .ready else { return ([], []) }
        let rows = try Statement(
            connection,
            """
            SELECT number, first, last, latest, input, checksum, root FROM segment
            WHERE last >= ? AND first <= ? ORDER BY number
            """, path: path)
        rows.bind(1, range.lowerBound)
        rows.bind(2, range.upperBound)
        var found: [Segment] = []
        var faults: [SegmentFault] = []
        while try rows.step() {
            let root = rows.withBlob(6) { SHA256Digest(bytes: $0) }
            let segment = Segment(
                number: rows.int(0), first: rows.int(1), last: rows.int(2),
                latest: Int64(rows.int(3)), input: UInt64(bitPattern: Int64(rows.int(4))),
                root: root ?? MerkleTree().root, checksum: UInt64(bitPattern: Int64(rows.int(5))))
            if root != nil, segment.isShapely {
                found.append(segment)
            } else {
                faults.append(
                    SegmentFault(
                        number: segment.number, first: segment.first,
                        reason: root == nil
                            ? "its root is no hash" : "its range is none of whole blocks"))
            }
        }
        return (found, faults)
    }
}

/// Finds the roots of ranges of whole blocks, with a statement that is prepared once.
struct BlockRoots: ~Copyable {
    private let rows: Statement

    init(_ connection: OpaquePointer, path: String) throws {
        rows = try Statement(
            connection, "SELECT root FROM block WHERE number >= ? AND number < ? ORDER BY number",
            path: path)
    }

    /// The Merkle tree head of the roots of the blocks of `range`; nil where one is missing.
    borrowing func root(of range: ClosedRange<Int>) throws -> SHA256Digest? {
        let size = LedgerSchema.blockSize
        rows.bind(1, (range.lowerBound - 1) / size)
        rows.bind(2, range.upperBound / size)
        defer { rows.reset() }
        var tree = MerkleTree()
        while try rows.step() {
            guard let root = rows.withBlob(0, { SHA256Digest(loading: $0) }) else { return nil }
            tree.append(leafHash: root)
        }
        return tree.count == range.count / size ? tree.root : nil
    }
}

extension SHA256Digest {
    /// The digest that these 32 bytes are; nil where there are not 32. For loops: the initializer for
    /// any collection goes byte by byte.
    init?(loading bytes: UnsafeRawBufferPointer) {
        guard bytes.count == 32 else { return nil }
        func word(_ place: Int) -> UInt64 {
            UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: place * 8, as: UInt64.self))
        }
        self.init(words: (word(0), word(1), word(2), word(3)))
    }
}
