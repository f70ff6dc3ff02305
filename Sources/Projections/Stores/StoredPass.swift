import EventModel
import Ledger

/// A history as a checkpoint names it: a ledger, or what makes the same events without one.
public protocol HistoryOrigin {
    /// What errors call it.
    var path: String { get }
    /// How many events it has.
    func headSequence() throws -> Int
    /// The tree head (RFC 9162) of the first `count` events, over the leaves that a ledger has of them.
    func root(of count: Int) throws -> SHA256Digest
}

extension EventLedger: HistoryOrigin {}

/// A pass over a history whose outcome a store can keep.
public protocol StoredPass {
    var origin: any HistoryOrigin { get }
    /// The point, which is settled once the pass has run.
    var point: ResolvedPoint { get }
    var settings: HydrationSettings { get }
    var history: History { get }
    var folds: [ProjectionFold] { get }
}

extension Hydration: StoredPass {
    public var origin: any HistoryOrigin { ledger }
}
