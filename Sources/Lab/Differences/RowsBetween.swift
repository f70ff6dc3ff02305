import EventModel
import Ledger
import Projections

/// Which rows of projections are others after some events more.
public struct RowsBetween: Sendable {
    /// In the order in which the projections were named: the rows before first.
    public var projections: [(name: String, difference: TablesDifference)] = []

    /// - Parameters:
    ///   - first: the state after the event of this sequence; 0 for that before the first.
    ///   - last: against the state after this one.
    /// - Throws: `LedgerError`; what a projection's `check()` throws.
    public init(
        _ types: [any Projection.Type], of ledger: EventLedger, after first: Int, and last: Int,
        settings: HydrationSettings = HydrationSettings(), database: TimeZoneDatabase
    ) throws {
        guard !types.isEmpty else { return }
        let loaded = try LoadedHistory(
            ledger, to: ResolvedPoint(last: last, time: nil), settings: settings,
            database: database)
        let walk = try StateWalk(loaded, types, at: loaded.position(of: first))
        let before = try types.indices.map(walk.tables)
        try walk.advance(to: loaded.count)
        for (place, type) in types.enumerated() {
            let difference = TablesDifference(before[place], try walk.tables(of: place))
            projections.append((type.name, difference))
        }
    }
}
