import EventModel
import Expectations
import Ledger
import Projections
import Topology

/// What would be otherwise if a history had gone otherwise: rows of projections, and messages to the
/// feeders. Nothing is written.
///
///     ledger ──────────────┬─> rows, messages ─┐
///                          │                   ├─> what changes
///     ledger with edits ───┴─> rows, messages ─┘
///
/// Cost: two passes over the events in memory for each projection; a pass over the ledger for the
/// messages only where a registration is edited, since then an event's topic may be another.
public struct WhatIf: Sendable {
    /// A message that would be sent otherwise.
    public struct MessageChange: Sendable, Equatable {
        /// As it is sent; nil for one that is new.
        public var before: ExpectedMessage?
        /// As it would be sent; nil for one that is gone. Its sequence is that after the edits.
        public var after: ExpectedMessage?

        public enum Kind: Sendable, Equatable { case gone, new, moved, changed }

        /// Moved is one that stays the same and is sent at another time.
        public var kind: Kind {
            guard let before else { return .new }
            guard let after else { return .gone }
            return before.key == after.key && before.qos == after.qos ? .moved : .changed
        }
    }

    /// How many events the ledger has, and would have.
    public var events: (before: Int, after: Int)
    /// The projections, in the order in which they were named, with the rows that change: those of the
    /// ledger first.
    public var projections: [(name: String, difference: TablesDifference)] = []
    /// In the order of events.
    public var messages: [MessageChange] = []

    /// Whether no row and no message changes.
    public var isEmpty: Bool {
        messages.isEmpty && projections.allSatisfy { $0.difference.isEmpty }
    }

    /// - Parameters:
    ///   - point: what counts: the events up to a sequence, which is the ledger that is edited, and of
    ///     those, before and after the edits, the ones that happened by a time; nil for all.
    ///   - topology: the way from the ledger to the feeders.
    ///   - progress: gets the share that is done; throws to stop.
    /// - Throws: `DifferenceError`, `LedgerError.notFound`; what the topology makes of the ledger.
    public init(
        _ edits: [HistoryEdit], of ledger: EventLedger, until point: ResolvedPoint? = nil,
        projections types: [any Projection.Type], topology: TopologyFile,
        settings: HydrationSettings = HydrationSettings(),
        database: TimeZoneDatabase, progress: (Double) throws -> Void = { _ in }
    ) throws {
        let last = try point?.last ?? ledger.headSequence()
        let order = try EditedOrder(edits, of: ledger, upTo: last)
        var before = try LoadedHistory(
            ledger, to: ResolvedPoint(last: last, time: nil), settings: settings,
            database: database)
        var after = try before.edited(order)
        if let time = point?.time { (before, after) = try (before.until(time), after.until(time)) }
        events = (before.count, after.count)
        for (place, type) in types.enumerated() {
            let tables = try [before, after].map {
                try StateWalk($0, [type], at: $0.count).tables()
            }
            projections.append((type.name, TablesDifference(tables[0], tables[1])))
            try progress(Double(place + 1) / Double(types.count + 1))
        }
        var path = try EditedMessages(
            ledger, upTo: last, until: point?.time, topology, before.registrations,
            after.registrations, database)
        messages = try path.changes(order)
    }
}
