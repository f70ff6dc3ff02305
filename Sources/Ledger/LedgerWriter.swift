import EventModel
import Foundation
import GRDB
import GRDBSQLite

/// A ledger's one writer, for the length of one run.
///
/// Holds the lease from opening to closing. While it is open the file is in WAL mode, and readers
/// in other processes go on; a clean close leaves one plain file that opens in a read-only folder.
public final class LedgerWriter {
    public let path: String
    /// Where the ledger ends now.
    public private(set) var head: LedgerHead
    /// The run that this writer goes on with, or began.
    public private(set) var run: LedgerRun

    private let file: LedgerFile
    private var lease: LedgerLease?
    private var tree: MerkleTree
    /// Where the ledger ends, with the hashes since its last full block: what prepared batches
    /// follow.
    package private(set) var chain: LeafChain
    private var segment = OpenSegment()
    private var batches: Int
    private var isClosed = false

    /// Opens a ledger for writing; makes it, where there is none.
    ///
    /// A run is known by its provenance. Where the last run has this very text and did not come to
    /// its end, it is resumed; else a new run begins.
    ///
    /// - Parameters:
    ///   - provenance: the text of one JSON object. Given the run that could be resumed, if any,
    ///     so that a run can keep what it took from the world the first time.
    ///   - holder: what another writer is told while this one holds the lease.
    ///   - patience: seconds to wait for another writer.
    /// - Throws: `LedgerError.busy` where another writer holds the lease.
    public init(
        path: String, holder: String = "pid \(getpid())", patience: Double = 0,
        provenance: (LedgerRun?) throws -> String
    ) throws {
        self.path = path
        lease = try LedgerLease(ledger: path, holder: holder, patience: patience)
        file = try LedgerFile.write(path)
        let ledger = EventLedger(file: file)
        let last = try ledger.runs().last
        let text = try provenance(last.flatMap { $0.isComplete ? nil : $0 })
        (head, tree, chain, batches) = try file.withConnection { connection in
            let count = try ledger.lastSequence(connection)
            let tree = try ledger.blocks(connection, of: count)
            let block = try OpenBlock(ledger, connection, count: count)
            let recorded = try ledger.recorded(connection, at: count)
            return (
                LedgerHead(
                    sequence: count, root: tree.root(followedBy: block.tree), recorded: recorded),
                tree, LeafChain(sequence: count, recorded: recorded, block: block),
                try LedgerWriter.count("batch", connection, path)
            )
        }
        if let last, !last.isComplete, last.provenance.hasSameBytes(as: text) {
            run = last
        } else {
            run = LedgerRun(
                number: (last?.number ?? 0) + 1, begin: head.sequence, provenance: text,
                consumed: 0, isComplete: false)
            try insert(run)
        }
    }

    /// How many events a segment of the replay index holds; tests take fewer, to fill some. A power
    /// of two of blocks, set before the first append.
    package var segmentSize: Int {
        get { segment.size }
        set { segment = OpenSegment(size: newValue) }
    }

    /// Reads the ledger that is being written.
    public func reader() throws -> EventLedger { EventLedger(file: file) }

    /// Appends events, all or none, on the disk when it returns.
    ///
    /// An event that the ledger has already, and the same, is counted and skipped. Where the
    /// recorded time is missing it is `recorded`, or the event's own time; where it lies below the
    /// head's it is raised to it.
    ///
    /// - Parameters:
    ///   - expecting: the head that the caller believes in; nil to append wherever the ledger ends.
    ///   - consumed: how many of the run's inputs are dealt with after this batch.
    ///   - isComplete: whether the run has come to its end with it.
    /// - Throws: `LedgerError.unexpectedHead`, `.conflict` for an id with other content, `.refused`.
    ///   The ledger is then as it was.
    @discardableResult
    public func append(
        _ events: [Event], expecting: Int? = nil, recorded: Timestamp? = nil,
        consumed: Int? = nil, isComplete: Bool = false
    ) throws -> AppendOutcome {
        try check(expecting)
        if events.count >= LedgerSchema.largeAppend {
            return try append(
                PreparedBatch(events, recorded: recorded, after: chain), consumed: consumed,
                isComplete: isComplete)
        }
        return try commit(consumed ?? run.consumed + events.count, isComplete, isLarge: false) {
            for event in events { try $0.append(event, recorded: recorded, $1) }
        }
    }

    /// Appends a batch that was prepared, likewise.
    ///
    /// Where the ledger does not end where the batch supposes it, or has one of its events, the
    /// outcome is the same, and takes longer.
    @discardableResult
    package func append(
        _ prepared: PreparedBatch, expecting: Int? = nil, consumed: Int? = nil,
        isComplete: Bool = false
    ) throws -> AppendOutcome {
        try check(expecting)
        let consumed = consumed ?? run.consumed + prepared.count
        let isLarge = prepared.count >= LedgerSchema.largeAppend
        if isLarge, prepared.isWritable, !expectsCopies {
            do {
                return try commit(consumed, isComplete, isLarge: true) {
                    try $0.append(prepared, $1)
                }
            } catch is CopyFound {}
        }
        let outcome = try commit(consumed, isComplete, isLarge: isLarge) {
            for place in 0..<prepared.count {
                try $0.append(prepared.event(at: place), recorded: nil, $1)
            }
        }
        expectsCopies = outcome.skipped > 0
        return outcome
    }

    /// Whether the last batch had copies, so that the next one may well have some.
    private var expectsCopies = false

    private func check(_ expecting: Int?) throws {
        guard let expecting, expecting != head.sequence else { return }
        throw LedgerError.unexpectedHead(path: path, expected: expecting, actual: head.sequence)
    }

    /// One transaction: what `body` appends, and the row of the batch.
    private func commit(
        _ consumed: Int, _ isComplete: Bool, isLarge: Bool,
        _ body: (inout Batch, AppendRows) throws -> Void
    ) throws -> AppendOutcome {
        var batch = Batch(chain: chain, tree: tree, segment: segment)
        var after = head
        try file.mapErrors {
            try file.queue.write { db in
                guard let connection = db.sqliteConnection else { return }
                let rows = try prepared(connection)
                if isLarge { try db.execute(sql: LedgerSchema.liftEventGuard) }
                try body(&batch, rows)
                if isLarge { try db.execute(sql: LedgerSchema.raiseEventGuard) }
                guard batch.outcome.appended > 0 || consumed != run.consumed || isComplete else {
                    return
                }
                after = batch.head
                try rows.insertBatch(
                    number: batches + 1, run: run.number, last: after.sequence,
                    consumed: consumed, complete: isComplete, root: after.root)
                batch.isKept = true
            }
        } onError: {
            rows = nil
        }
        segment.take(batch.records, after: head.sequence)
        (head, tree, chain) = (after, batch.tree, batch.chain)
        if batch.isKept { batches += 1 }
        run.consumed = consumed
        run.isComplete = run.isComplete || isComplete
        return batch.outcome
    }

    /// Ends the writing: takes the WAL in, leaves one plain file, gives the lease back.
    ///
    /// Where a reader holds the ledger open, all events are in the file, and it stays in WAL mode
    /// with an empty -wal beside it until a writer closes it without readers.
    public func close() throws {
        guard !isClosed else { return }
        isClosed = true
        rows = nil
        defer { lease = nil }
        try file.closeAfterWriting()
    }

    deinit { try? close() }

    private var rows: AppendRows?

    private func prepared(_ connection: OpaquePointer) throws -> AppendRows {
        if let rows { return rows }
        let made = try AppendRows(EventLedger(file: file), connection)
        rows = made
        return made
    }

    private func insert(_ run: LedgerRun) throws {
        try file.mapErrors {
            try file.queue.write { db in
                try db.execute(
                    sql: "INSERT INTO run (number, begin, provenance, digest) VALUES (?, ?, ?, ?)",
                    arguments: [
                        run.number, run.begin, run.provenance, Data(run.digest.bytes),
                    ])
            }
        }
    }

    private static func count(
        _ table: String, _ connection: OpaquePointer, _ path: String
    ) throws -> Int {
        let statement = try Statement(connection, "SELECT count(*) FROM \(table)", path: path)
        return try statement.step() ? statement.int(0) : 0
    }
}

extension LedgerRun {
    /// The hash that a run's row keeps of itself.
    ///
    ///     offset  bytes  what
    ///     0       1      version of this encoding: 1
    ///     1       8      number, big-endian
    ///     9       8      begin, likewise
    ///     17      4      n, the UTF-8 length of the provenance
    ///     21      n      the provenance
    var digest: SHA256Digest {
        var hash = SHA256()
        hash.update(bigEndian: UInt8(1))
        hash.update(bigEndian: Int64(number))
        hash.update(bigEndian: Int64(begin))
        hash.update(counted: provenance)
        return hash.digest()
    }
}

extension LedgerFile {
    func mapErrors<R>(_ body: () throws -> R, onError: () -> Void) throws -> R {
        do { return try mapErrors(body) } catch {
            onError()
            throw error
        }
    }
}
