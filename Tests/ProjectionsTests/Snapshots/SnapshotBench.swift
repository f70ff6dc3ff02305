import EventModel
import Lab
import Ledger
import Projections

/// A ledger with snapshots of short stretches beside it.
struct SnapshotBench {
    let ledger: EventLedger
    var types: [any Projection.Type] = [BowlTotals.self, FeedingStats.self]
    var policy = SnapshotPolicy.unlimited

    /// A generated history of about two thousand events.
    init(seed: UInt64, in folder: String, types: [any Projection.Type]? = nil) throws {
        try GeneratedHistory(seed: seed, number: 1, size: 2100).append(to: folder + "/l")
        try self.init(existing: folder + "/l")
        if let types { self.types = types }
    }

    init(existing path: String) throws { ledger = try EventLedger(path: path) }

    @discardableResult
    func build(
        stretch: Int? = nil, rebuild: Bool = false, settings: HydrationSettings = .init(),
        progress: (Int) throws -> Void = { _ in }
    ) throws -> [Snapshots.Extent] {
        try Snapshots.build(
            ledger, projections: types, settings: settings, database: TimeZoneDatabase(),
            stretch: stretch, rebuild: rebuild, policy: policy, progress: progress)
    }

    func hydration(
        _ point: ResolvedPoint, feeder: String? = nil, settings: HydrationSettings = .init()
    ) throws -> Hydration {
        var hydration = try Hydration(
            ledger, to: point, projections: types, feeder: feeder, settings: settings,
            database: TimeZoneDatabase())
        hydration.snapshotPolicy = policy
        return hydration
    }

    func hydrate(
        _ point: ResolvedPoint, feeder: String? = nil, usesSnapshots: Bool = true,
        settings: HydrationSettings = .init()
    ) throws -> Hydration {
        var hydration = try hydration(point, feeder: feeder, settings: settings)
        hydration.usesSnapshots = usesSnapshots
        try hydration.run()
        return hydration
    }

    /// What each fold came to: everything that a checkpoint keeps.
    func results(_ hydration: Hydration) -> [String] {
        hydration.folds.map {
            "\($0.name) \($0.sequence) \($0.events) \($0.input) \($0.latest.microseconds)"
                + " \($0.digest(hydration.history))"
        }
    }

    /// All that the file says, but for what another file says in another order.
    func dump() throws -> String? {
        try SQLiteFile.value(
            """
            SELECT group_concat(line, char(10)) FROM (
              SELECT printf('%s %d %d %d %d %d %d %d %d %d', b.projection, level, place, outcome,
                events, input, earliest, latest, bytes, batch) AS line
              FROM snapshot JOIN basis b ON b.number = basis
              UNION ALL
              SELECT printf('%s %d %d %s %d %s', b.projection, level, place, coalesce(f.name, '-'),
                events, hex(body)) FROM part JOIN basis b ON b.number = basis
              LEFT JOIN feeder f ON f.code = feeder ORDER BY 1)
            """, on: Snapshots.path(of: ledger.path))
    }
}
