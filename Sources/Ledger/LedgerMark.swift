import EventModel

/// A row of a ledger that vouches for all events up to its last: what was derived from them keeps it, and
/// is believed as long as the ledger has the same row.
///
/// Each append leaves a row with a hash over the tree head after it, and rows do not change. So one
/// look-up tells a ledger from one that was made anew, where even one event is another.
public struct LedgerMark: Sendable, Equatable {
    /// The append's number, from 1.
    public var number: Int
    /// The hash that its row keeps: see `docs/ledger-format.md`.
    public var digest: SHA256Digest

    public init(number: Int, digest: SHA256Digest) {
        self.number = number
        self.digest = digest
    }
}

extension EventLedger {
    /// The first mark that vouches for the events 1...sequence; nil where they are not all there.
    public func mark(covering sequence: Int) throws -> LedgerMark? {
        try mark("last >= ?", sequence)
    }

    /// Whether the ledger has this mark.
    public func has(_ mark: LedgerMark) throws -> Bool {
        try self.mark("number >= ?", mark.number) == mark
    }

    private func mark(_ condition: String, _ value: Int) throws -> LedgerMark? {
        try file.withConnection { connection in
            let row = try Statement(
                connection,
                "SELECT number, root FROM batch WHERE \(condition) ORDER BY number LIMIT 1",
                path: path)
            row.bind(1, value)
            guard try row.step(), let digest = row.withBlob(1, { SHA256Digest(loading: $0) }) else {
                return nil
            }
            return LedgerMark(number: row.int(0), digest: digest)
        }
    }
}
