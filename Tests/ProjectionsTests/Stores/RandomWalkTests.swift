import EventModel
import Foundation
import Lab
import Ledger
import Projections
import Simulation
import Testing

@Suite struct `A store that wanders` {
    static let seed = environmentSeed() ?? 77

    /// Hydrates to random points, of random projections, while the ledger grows, and is cut off at
    /// times: always what a rebuild is.
    @Test(arguments: 1...10)
    func `ends in what a rebuild leads to`(walk: Int) throws {
        try withTemporaryFolder { folder in
            let fixture = StoreFixture(folder: folder)
            var draws = RandomStream(seed: Self.seed, domain: .faultProfile)
                .draws(entity: RandomStream.entity("walk-\(walk)"))
            var events = GeneratedHistory(seed: Self.seed, number: walk, size: 150).events[...]
            var way: [String] = []
            for _ in 0..<14 {
                if draws.below(3) > 0 || way.isEmpty {
                    let some = events.prefix(1 + Int(draws.below(20)))
                    events = events.dropFirst(some.count)
                    try GeneratedHistory.append(Array(some), to: fixture.ledgerPath)
                    way.append("append \(some.count)")
                }
                let until = try Self.point(fixture.ledger(), &draws)
                let projections: [any Projection.Type] =
                    [[BowlTotals.self], [FeedingStats.self], [Listener.self]][
                        Int(draws.below(3))] + (draws.below(2) == 0 ? [] : [First.self])
                let settings = HydrationSettings(portionGrams: draws.below(8) == 0 ? 30 : 25)
                let calls = draws.below(4) == 0 ? Int(draws.below(20)) : Int.max
                way.append("\(projections.map { $0.name }) until \(until), stop after \(calls)")
                try Self.hydrate(fixture, until, projections, settings, stopAfter: calls)
                let differences = try fixture.store().verify(
                    against: fixture.ledger(),
                    projections: [BowlTotals.self, FeedingStats.self, Listener.self, First.self],
                    database: TimeZoneDatabase())
                // Cut off before its first commit, a store has nothing to be compared.
                let isBlank = try fixture.store().checkpoints().isEmpty
                #expect(
                    differences.map(\.projection) == (isBlank ? ["replaylab_checkpoint"] : []),
                    """
                    \(way.joined(separator: "; "))
                    repeat: REPLAYLAB_SEED=\(Self.seed) swift test --filter 'a rebuild leads to'
                    """)
            }
        }
    }

    private struct Stop: Error {}

    /// Hydrates, and compares with a fresh hydration to the same point.
    private static func hydrate(
        _ fixture: StoreFixture, _ until: String, _ projections: [any Projection.Type],
        _ settings: HydrationSettings, stopAfter calls: Int
    ) throws {
        var hydration = try fixture.hydration(until, projections: projections, settings: settings)
        hydration.batch = 4
        var count = 0
        let store = try fixture.store()
        do {
            _ = try store.hydrate(&hydration) { _ in
                count += 1
                if count > calls { throw Stop() }
            }
        } catch is Stop {
            return
        }
        var fresh = try fixture.hydration(until, projections: projections, settings: settings)
        try fresh.run()
        let checkpoints = try store.checkpoints()
        for fold in fresh.folds {
            let found = checkpoints.first { $0.projection == fold.name }
            #expect(found?.state == fold.digest(fresh.history))
            #expect(found?.input == fold.input)
            #expect(found?.point == fresh.point)
        }
    }

    private static func point(
        _ ledger: EventLedger, _ draws: inout RandomDraws
    ) throws -> String {
        let head = try ledger.head().sequence
        let sequence = 1 + Int(draws.below(UInt64(head)))
        switch draws.below(5) {
        case 0: return "head"
        case 1: return "\(draws.below(101))%"
        case 2: return "seq:\(sequence)"
        default: return try ledger.event(at: sequence).time.text
        }
    }
}
