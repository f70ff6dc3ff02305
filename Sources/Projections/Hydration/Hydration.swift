import EventModel
import Ledger

/// Brings projections to the state that they have at a point of a ledger, in one pass over it.
public struct Hydration {
    public let ledger: EventLedger
    public let point: ResolvedPoint
    public let settings: HydrationSettings
    public let history: History
    public let folds: [ProjectionFold]
    /// How many events the pass gave, once it has run: those after the folds' checkpoints.
    public private(set) var given = 0
    /// How many records the projections are given at once, at most. The state does not depend on it.
    public var batch = Int.max
    /// How many threads share the pass, each with a part of the events and a connection of its own.
    /// The state does not depend on it.
    public var jobs = 1
    /// Where the records come from. The state does not depend on it.
    public var source = RecordSource.index
    /// Segments of the replay index that were there and not used, once the pass has run: rows took
    /// their place.
    public private(set) var unsound: [SegmentFault] = []
    /// Events that some projection hears whose detail it could not read.
    public private(set) var undecodable = 0
    public private(set) var firstUndecodable: Int?

    public init(
        _ ledger: EventLedger, to point: ResolvedPoint, projections: [any Projection.Type],
        settings: HydrationSettings = HydrationSettings(), database: TimeZoneDatabase
    ) throws {
        self.ledger = ledger
        self.point = point
        self.settings = settings
        self.history = try History(
            of: ledger, upTo: point.last, until: point.time, settings: settings, database: database)
        self.folds = projections.map { ProjectionFold.of($0) }
    }

    /// Folds everything from the least advanced fold on.
    ///
    /// - Parameter progress: called now and then with the sequence that was reached, on the caller's
    ///   thread; throws to stop. The ledger is being read, so it must not read it by the same
    ///   `EventLedger`.
    public mutating func run(progress: (Int) throws -> Void = { _ in }) throws {
        precondition(batch > 0, "a batch has a record")
        let begin = (folds.map(\.sequence).min() ?? 0) + 1
        guard begin <= point.last else { return }
        let pass = ParallelPass(self, begin...point.last)
        try pass.run(progress: progress)
        given = pass.parts.reduce(0) { $0 + $1.count }
        undecodable = pass.parts.reduce(0) { $0 + $1.pass.undecodable }
        firstUndecodable = pass.parts.lazy.compactMap(\.pass.firstUndecodable).first
        unsound = pass.parts.flatMap(\.unsound)
    }

    /// Whether a fold's state is that of all events 1...sequence: then it can be gone on from.
    /// Where late reports straddle the point it is not.
    public func isPrefix(_ fold: ProjectionFold) -> Bool { fold.isPrefix }
}
