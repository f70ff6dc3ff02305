import EventBus
import EventModel
import Ledger
import Projections

/// Parts of the library that the laws use, which somebody may put something else in the place of: a
/// broken variant, to see that the laws notice.
///
///     var parts = LawParts()
///     parts.resolve = { ledger, point, knownBy in … }
///     try await ProjectionLaws.check(BowlTotals.self, parts: parts)
public struct LawParts: Sendable {
    /// Lends the records of a range, as `EventLedger.scan` does.
    public typealias Scan =
        @Sendable (
            EventLedger, ClosedRange<Int>, (Int, Span<EventRecord>, ContentLookup) throws -> Void
        ) throws -> Void
    /// Brings a store to a hydration's point, in one commit.
    public typealias HydrateStore =
        @Sendable (HydrationStore, inout Hydration, (Int) throws -> Void) throws -> [StoreStep]

    /// How records are read.
    public var scan: Scan = { ledger, range, body in try ledger.scan(range, body) }
    /// Where a point in time cuts a ledger; the last argument is what was known by then.
    public var resolve: @Sendable (EventLedger, PointInTime, Timestamp?) throws -> ResolvedPoint =
        { try $0.resolve($1, knownBy: $2) }
    /// How projections come to a point in memory.
    public var hydrate: @Sendable (inout Hydration) throws -> Void = { try $0.run() }
    /// How a store comes to a point.
    public var hydrateStore: HydrateStore = { store, hydration, progress in
        try store.hydrate(&hydration, progress: progress)
    }
    /// How a fold's state is saved.
    public var save: @Sendable (ProjectionFold, History) throws -> FoldSnapshot = {
        $0.snapshot($1)
    }
    /// How a saved state is read back into a fold.
    public var restore: @Sendable (ProjectionFold, FoldSnapshot, History) throws -> Void = {
        try $0.restore($1, $2)
    }
    /// How an event that a bus delivers comes to projections.
    public var deliver: @Sendable (EventFold, Event, _ sequence: Int) throws -> Void = {
        try $0.take($1, sequence: $2)
    }
    /// Puts something before, or in the place of, the bus's target that feeds a projection.
    public var wrapTarget: @Sendable (_ id: String, any Target) -> any Target = { $1 }

    /// The parts that are shipped.
    public init() {}
}
