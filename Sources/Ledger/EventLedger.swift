import EventModel
import Foundation
import GRDB
import GRDBSQLite
import Glibc

/// The immutable sequence of events, in one SQLite file: open it, and read.
///
///     event:  1 ─ 2 ─ 3 ─ … ─ 1024 │ 1025 ─ … ─ head        rows, the truth
///     block:  └──── root 0 ───────┘ └── hashed when asked    subtrees of 2^10 leaves
///
/// Any number of readers, in any number of processes, beside one `LedgerWriter`. A reader sees the
/// ledger up to the head that it asks for; what is appended later changes nothing below.
public final class EventLedger: Sendable {
    public let path: String
    let file: LedgerFile
    let contents = SharedContents()

    /// Opens a ledger for reading.
    ///
    /// - Throws: `LedgerError` where there is no file, or it is no ledger, newer, or damaged.
    public init(path: String) throws {
        self.path = path
        self.file = try LedgerFile.read(path)
    }

    init(file: LedgerFile) {
        self.path = file.path
        self.file = file
    }

    /// Where the ledger ends now, with its tree head.
    ///
    /// Cost: one hash a block, and the events of the last block that is not full.
    public func head() throws -> LedgerHead {
        try file.withConnection { connection in
            let count = try lastSequence(connection)
            return LedgerHead(
                sequence: count, root: try root(connection, of: count),
                recorded: try recorded(connection, at: count))
        }
    }

    /// The last event's sequence, 0 in an empty ledger: `head()` without its hashes, for one look-up.
    public func headSequence() throws -> Int { try file.withConnection(lastSequence) }

    /// The tree head of the first `count` events. `count` must not be beyond the head.
    public func root(of count: Int) throws -> SHA256Digest {
        try file.withConnection { connection in
            guard count >= 0, count <= (try lastSequence(connection)) else {
                throw LedgerError.notFound(path: path, what: "sequence \(count)")
            }
            return try root(connection, of: count)
        }
    }

    func lastSequence(_ connection: OpaquePointer) throws -> Int {
        let statement = try Statement(
            connection, "SELECT coalesce(max(sequence), 0) FROM event", path: path)
        let last = try statement.step() ? statement.int(0) : 0
        guard (0...LedgerSchema.sequenceLimit).contains(last) else {
            throw LedgerError.damaged(
                path: path, sequence: nil, reason: "its last sequence is \(last)")
        }
        return last
    }

    func recorded(_ connection: OpaquePointer, at sequence: Int) throws -> Timestamp? {
        let statement = try Statement(
            connection, "SELECT time, lag FROM event WHERE sequence = ?", path: path)
        statement.bind(1, sequence)
        guard try statement.step() else { return nil }
        let recorded = Timestamp(microseconds: Int64(statement.int(0) &+ statement.int(1)))
        guard recorded.isWritable else {
            throw LedgerError.damaged(
                path: path, sequence: sequence,
                reason: "its recorded time lies outside the years 0001 to 9999")
        }
        return recorded
    }

    /// The tree head of the first `count` events, from block roots and the rest's rows.
    func root(_ connection: OpaquePointer, of count: Int) throws -> SHA256Digest {
        try blocks(connection, of: count)
            .root(followedBy: OpenBlock(self, connection, count: count).tree)
    }

    /// The Merkle tree of the full blocks of the first `count` events.
    func blocks(_ connection: OpaquePointer, of count: Int) throws -> MerkleTree {
        var tree = MerkleTree()
        try forEachBlock(connection, of: count) {
            tree.append(subtree: $0, ofHeight: LedgerSchema.blockHeight)
        }
        return tree
    }

    /// The roots of these blocks, in order.
    func blockRoots(_ connection: OpaquePointer, of count: Int) throws -> [SHA256Digest] {
        var roots: [SHA256Digest] = []
        try forEachBlock(connection, of: count) { roots.append($0) }
        return roots
    }

    private func forEachBlock(
        _ connection: OpaquePointer, of count: Int, _ body: (SHA256Digest) -> Void
    ) throws {
        let blocks = count / LedgerSchema.blockSize
        let rows = try Statement(
            connection, "SELECT number, root FROM block WHERE number < ? ORDER BY number",
            path: path)
        rows.bind(1, blocks)
        var next = 0
        while try rows.step() {
            guard rows.int(0) == next, let root = rows.withBlob(1, { SHA256Digest(bytes: $0) })
            else { break }
            body(root)
            next += 1
        }
        guard next == blocks else {
            throw LedgerError.damaged(
                path: path, sequence: next * LedgerSchema.blockSize + 1,
                reason: "the hash of its block is missing")
        }
    }

    /// Copies the ledger, as it stands, into a new file, while others may read and write it.
    ///
    /// - Throws: `LedgerError.storage` where there is a file at `destination` already, which may
    ///   be a ledger too.
    public func backUp(to destination: String) throws {
        let descriptor = open(destination, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            throw LedgerError.storage(
                path: destination, code: Int(errno),
                reason: "the copy cannot be made: \(String(cString: strerror(errno)))")
        }
        Glibc.close(descriptor)
        do {
            try file.mapErrors {
                let copy = try DatabaseQueue(path: destination)
                try file.queue.backup(to: copy)
                // Copied while it was written, it is in WAL mode as its original is.
                try copy.writeWithoutTransaction {
                    try $0.execute(sql: "PRAGMA journal_mode = DELETE")
                }
                try copy.close()
            }
        } catch {
            for suffix in ["", "-wal", "-shm", "-journal"] { unlink(destination + suffix) }
            throw error
        }
    }
}

extension Event {
    /// The leaf hash of this event at `sequence`; the recorded time must be there.
    package func leafHash(at sequence: Int) -> SHA256Digest {
        LedgerLeaf.hash(
            sequence: sequence, time: time, recorded: recorded ?? time, id: id,
            content: content.digest)
    }
}
