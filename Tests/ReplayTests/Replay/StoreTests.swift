import EventModel
import Expectations
import Lab
import Ledger
import Projections
import Testing

@Suite struct `A store that a replay hydrates` {
    private static let stores = ["bowl-totals", "feeding-stats"]

    private struct Stopped: Error {}

    /// What the command does: a replay in the place of the hydration's own pass.
    private func replay(
        _ archive: Archive, _ store: HydrationStore, last: Int? = nil, until: Timestamp? = nil,
        _ model: DeliveryModel = .ordered, seed: UInt64 = 1, stops: Bool = false
    ) throws -> (steps: [StoreStep], report: ReplayReport) {
        let window = ReplayWindow(last: try last ?? archive.ledger.headSequence(), until: until)
        let request = try archive.request(
            model, window: window, seed: seed, targets: Self.stores)
        var hydration = try Hydration(
            archive.ledger, to: ResolvedPoint(last: window.last, time: until),
            projections: request.projections, database: request.database)
        var report: ReplayReport?
        let steps = try store.hydrate(
            &hydration,
            through: { hydration in
                let replay = try Replay(
                    request, history: hydration.history, folds: hydration.folds)
                report = try replay.run()
                if stops { throw Stopped() }
            }, progress: { _ in })
        return (steps, try #require(report))
    }

    /// The checkpoints of a store that was hydrated plainly.
    private func plain(
        _ archive: Archive, last: Int? = nil, until: Timestamp? = nil
    ) throws -> [Checkpoint] {
        let store = try HydrationStore(path: archive.folder + "/plain-\(last ?? 0).sqlite")
        var hydration = try Hydration(
            archive.ledger,
            to: ResolvedPoint(last: last ?? archive.ledger.headSequence(), time: until),
            projections: [BowlTotals.self, FeedingStats.self], database: TimeZoneDatabase())
        _ = try store.hydrate(&hydration)
        return try store.checkpoints()
    }

    private func store(_ archive: Archive) throws -> HydrationStore {
        try HydrationStore(path: archive.folder + "/replayed.sqlite")
    }

    private func differences(_ store: HydrationStore, _ archive: Archive) throws -> [String] {
        try store.verify(
            against: archive.ledger, projections: [BowlTotals.self, FeedingStats.self],
            database: TimeZoneDatabase()
        ).map(\.description)
    }

    @Test(arguments: 1...6)
    func `in order is the store of a plain hydration, to its checkpoints`(number: Int) throws {
        let archive = try Archive(generated: number, size: 100)
        let store = try store(archive)
        let (steps, report) = try replay(archive, store)
        #expect(steps == [.build, .build] && report.state == .completed)
        #expect(try store.checkpoints() == plain(archive))
        #expect(try differences(store, archive) == [])
    }

    @Test(arguments: 1...6)
    func `goes on from where it stands, and drops what it had`(number: Int) throws {
        let archive = try Archive(generated: number, size: 100)
        let last = try archive.ledger.headSequence()
        let store = try store(archive)
        _ = try replay(archive, store, last: last / 3)
        #expect(try store.checkpoints() == plain(archive, last: last / 3))
        // The replay gives the whole window again.
        let (steps, report) = try replay(archive, store, last: last)
        #expect(steps == [.resume(from: last / 3), .resume(from: last / 3)])
        #expect(report.progress.events == last)
        #expect(try store.checkpoints() == plain(archive, last: last))
        #expect(try differences(store, archive) == [])
        let again = try replay(archive, store, last: last)
        #expect(again.steps == [.resume(from: last), .resume(from: last)])
        #expect(try store.checkpoints() == plain(archive, last: last))
    }

    @Test(arguments: 1...6)
    func `out of order, with copies, has the state and the tables of a plain hydration`(
        number: Int
    ) throws {
        let archive = try Archive(generated: number, size: 100)
        let last = try archive.ledger.headSequence()
        let store = try store(archive)
        _ = try replay(archive, store, last: last / 2, .rough(), seed: 4)
        _ = try replay(archive, store, last: last, .rough(), seed: 4)
        let (found, expected) = (try store.checkpoints(), try plain(archive, last: last))
        #expect(found.map(\.state) == expected.map(\.state))
        #expect(found.map(\.sequence) == expected.map(\.sequence))
        #expect(found.map(\.events) == expected.map(\.events))
        // These projections need no order: how they were fed is no fact of the store.
        #expect(found == expected)
        #expect(try differences(store, archive) == [])
    }

    @Test(arguments: 1...6)
    func `up to a moment that late reports straddle is the plain one, and is made anew later`(
        number: Int
    ) throws {
        let archive = try Archive(generated: number, size: 100)
        let last = try archive.ledger.headSequence()
        let store = try store(archive)
        let time = try archive.ledger.event(at: last / 2).time
        _ = try replay(archive, store, until: time)
        let expected = try plain(archive, until: time)
        let found = try store.checkpoints()
        #expect(found.map(\.state) == expected.map(\.state))
        #expect(found.map(\.events) == expected.map(\.events))
        #expect(found.map(\.isPrefix) == expected.map(\.isPrefix))
        #expect(found.map(\.sequence) == expected.map(\.sequence))
        #expect(try differences(store, archive) == [])
        _ = try replay(archive, store)
        #expect(try store.checkpoints().map(\.state) == plain(archive, last: last).map(\.state))
    }

    @Test func `is left as it was by a replay that was stopped`() throws {
        let archive = try Archive(generated: 4, size: 100)
        let last = try archive.ledger.headSequence()
        let store = try store(archive)
        _ = try replay(archive, store, last: last / 2)
        let before = try store.checkpoints()
        #expect(throws: Stopped.self) { try replay(archive, store, stops: true) }
        #expect(try store.checkpoints() == before)
        _ = try replay(archive, store)
        #expect(try store.checkpoints() == plain(archive))
    }

    @Test func `does not say that it is whole where the archive missed events`() throws {
        let archive = try Archive(Sample.presses(200, seed: 3))
        let store = try store(archive)
        let lag = DeliveryModel.eventBridge(EventBridgeReplay(archiveLagMinutes: 60))
        let (_, report) = try replay(archive, store, lag, seed: 2)
        let taken = report.digests.map(\.events)
        #expect(taken.allSatisfy { $0 < 200 })
        #expect(try store.checkpoints().allSatisfy { !$0.isPrefix })
        // The next hydration mends it.
        var hydration = try Hydration(
            archive.ledger, to: ResolvedPoint(last: 200, time: nil),
            projections: [BowlTotals.self, FeedingStats.self], database: TimeZoneDatabase())
        let steps = try store.hydrate(&hydration)
        for step in steps { if case .rebuild = step {} else { Issue.record("\(step)") } }
        #expect(try store.checkpoints() == plain(archive))
    }
}
