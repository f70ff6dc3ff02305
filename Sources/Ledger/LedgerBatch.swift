import EventModel

/// The row that each append leaves: whole batches can be told from torn ones by it.
enum LedgerBatch {
    /// The version of the encoding below.
    static let version: UInt8 = 1

    /// What the row's `root` column holds: a hash over the row and the tree head after it.
    ///
    ///     offset  bytes  what
    ///     0       1      version of this encoding: 1
    ///     1       8      number, and likewise, big-endian: run, last, consumed, complete
    ///     41      32     the tree head of the first `last` events
    static func digest(
        number: Int, run: Int, last: Int, consumed: Int, complete: Bool, root: SHA256Digest
    ) -> SHA256Digest {
        var hash = SHA256()
        hash.update(bigEndian: version)
        for value in [number, run, last, consumed, complete ? 1 : 0] {
            hash.update(bigEndian: Int64(value))
        }
        root.withBytes { hash.update($0) }
        return hash.digest()
    }
}
