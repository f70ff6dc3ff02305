import EventModel
import Ledger

/// Reads a ledger's last events, and then those that other processes append.
///
///     var tail = try LedgerTail(path: "cats.ledger", count: 10)
///     while true {
///         for (sequence, event) in try tail.next() { … }
///         // wait a little
///     }
///
/// The ledger is opened for each reading and closed after it: a reader that stays keeps a writer
/// from taking its WAL in when it closes, and leaves `-wal` and `-shm` behind in its place.
public struct LedgerTail {
    public let path: String
    /// The sequence of the last event that was given, or passed over at the beginning.
    public private(set) var last: Int
    /// That event's leaf hash; nil before the first event. It tells when another ledger took the path.
    private var leaf: SHA256Digest?

    /// - Parameter count: how many of the events that are there already are to be given.
    /// - Throws: `LedgerError` where there is no ledger.
    public init(path: String, count: Int) throws {
        self.path = path
        let ledger = try EventLedger(path: path)
        let head = try ledger.headSequence()
        last = max(0, head - max(0, count))
        leaf = try last == 0 ? nil : ledger.event(at: last).leafHash(at: last)
    }

    /// The events after the last one that was given, in order; none where the ledger has no more.
    ///
    /// - Parameter limit: at most so many at once.
    /// - Throws: `LedgerError`; `.damaged` where the event that was given last is no more there.
    public mutating func next(limit: Int = 1000) throws -> [(sequence: Int, event: Event)] {
        let ledger = try EventLedger(path: path)
        let head = try ledger.headSequence()
        guard head >= last,
            try last == 0 || ledger.event(at: last).leafHash(at: last) == leaf
        else {
            throw LedgerError.damaged(
                path: path, sequence: last,
                reason: "the event that was read here last is gone or another one: another ledger"
                    + " took the place of this one")
        }
        let end = min(head, last + max(1, limit))
        guard last < end else { return [] }
        var found: [(sequence: Int, event: Event)] = []
        try ledger.forEachEvent(last + 1...end) { found.append(($0, $1)) }
        if let (sequence, event) = found.last {
            last = sequence
            leaf = event.leafHash(at: sequence)
        }
        return found
    }
}
