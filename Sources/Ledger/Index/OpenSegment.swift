import EventModel
import GRDBSQLite

/// The segment that is not full yet: its records so far, or the end of them.
///
/// A writer that goes on with a ledger does not read the begin of the segment back before it is
/// full: most writers never fill one.
struct OpenSegment {
    /// How many events a segment of this writer holds: a power of two of blocks.
    let size: Int
    /// The records of the events up to the head that this writer appended, from the segment's begin
    /// or from its own on.
    private(set) var records: [EventRecord] = []

    init(size: Int = Segment.largest) { self.size = size }

    /// Takes in what an append added after `head`, once it has committed.
    mutating func take(_ added: [EventRecord], after head: Int) {
        let end = head + added.count
        let kept = end % size
        if kept <= added.count { records.removeAll(keepingCapacity: true) }
        records += added.suffix(kept)
    }

    /// The segment that ends at `last`, with its records.
    ///
    /// - Parameter added: the newest records, after those that were taken in.
    func seal(
        at last: Int, _ added: ArraySlice<EventRecord>, _ ledger: EventLedger,
        _ connection: OpaquePointer
    ) throws -> SealedSegment {
        let known = min(size, records.count + added.count)
        let first = last - size + 1
        var whole: [EventRecord] = []
        whole.reserveCapacity(size)
        if known < size {
            var rows = RowScan(ledger, connection, devices: Int(UInt32.max))
            try rows.lend(first...last - known) { _, span in
                for place in span.indices { whole.append(span[place]) }
            }
        }
        whole += records.suffix(max(0, known - added.count))
        whole += added.suffix(known)
        return try SealedSegment(
            number: last / size - 1, first: first, whole, ledger, connection)
    }
}

/// A segment on its way into the file.
struct SealedSegment {
    let header: Segment
    let records: [EventRecord]

    /// - Throws: `LedgerError.damaged` where the ledger lacks a block of it.
    init(
        number: Int, first: Int, _ records: [EventRecord], _ ledger: EventLedger,
        _ connection: OpaquePointer
    ) throws {
        let last = first + records.count - 1
        guard
            let root = try BlockRoots(connection, path: ledger.path).root(of: first...last)
        else {
            throw LedgerError.damaged(
                path: ledger.path, sequence: first, reason: "the hash of its block is missing")
        }
        var input = InputDigest()
        input.add(first: first, records.span)
        var header = Segment(
            number: number, first: first, last: last,
            latest: records.reduce(.min) { max($0, $1.time) }, input: input.words.hash, root: root,
            checksum: 0)
        var sums = RecordSums(devices: Int(UInt32.max))
        records.withUnsafeBytes { sums.add($0) }
        header.checksum = header.checksum(of: sums)
        self.header = header
        self.records = records
    }

    /// Writes the segment; the table must be there, and have none of this number.
    func insert(_ connection: OpaquePointer, path: String) throws {
        let insert = try Statement(
            connection,
            """
            INSERT INTO segment (number, first, last, latest, input, checksum, root, records)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """, path: path)
        insert.bind(1, header.number)
        insert.bind(2, header.first)
        insert.bind(3, header.last)
        insert.bind(4, header.latest)
        insert.bind(5, Int64(bitPattern: header.input))
        insert.bind(6, Int64(bitPattern: header.checksum))
        header.root.withBytes { insert.bind(7, blob: $0) }
        records.withUnsafeBytes { insert.bind(8, blob: $0) }
        try insert.run()
    }
}
