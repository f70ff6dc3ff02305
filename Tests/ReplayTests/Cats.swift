import EventModel
import Expectations
import Foundation
import Lab
import Ledger
import Projections
import Scenario
import Simulation
import Topology

/// A small ledger of two cats, made for one test and gone after it.
final class Cats {
    let folder: String
    let ledger: EventLedger
    let database: TimeZoneDatabase

    private static let scenario = """
        name: replay-tests
        time-zone: Pacific/Auckland
        start: 2020-01-01
        feeders:
          - name: kitchen
            buttons: [G030PM0123456789]
            bowls: {left: 25, right: 30}
            habits:
              - {name: breakfast, click: LONG, at: "06:45", spread: 35m, probability: 0.9}
              - {name: dinner, click: DOUBLE, at: "18:00", spread: 50m, probability: 0.9}
            snacks:
              - name: begging
                per-hour: {"07:00-22:00": 0.1}
                clicks: {SINGLE: 8, LONG: 2}
        """

    init(seed: UInt64 = 42) throws {
        folder = NSTemporaryDirectory() + "replay-tests-" + UUID().uuidString
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        database = try TimeZoneDatabase()
        let path = folder + "/cats.ledger"
        let file = try ScenarioFile(text: Cats.scenario, file: "cats.yaml", zones: database)
        _ = try SimulationRun(file, seed: seed, years: 1, zones: database)
            .run(into: path, progress: { _, _ in false })
        ledger = try EventLedger(path: path)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    func request(
        _ delivery: DeliveryModel = .ordered, topology: ShippedTopology = .deployed,
        seed: UInt64 = 1, targets: [String] = ["cat-feeder", "bowl-totals", "feeding-stats"],
        publishesReplays: Bool = false, window: ReplayWindow? = nil
    ) throws -> ReplayRequest {
        ReplayRequest(
            ledger, topology: try TopologyFile(shipped: topology),
            window: try window ?? ReplayWindow(last: ledger.headSequence()), delivery: delivery,
            seed: seed, targets: targets, database: database, publishesReplays: publishesReplays)
    }

    /// The digests that plain hydration of the whole ledger comes to.
    func hydratedDigests() throws -> [String: String] {
        var hydration = try Hydration(
            ledger, to: ledger.resolve(.head), projections: [BowlTotals.self, FeedingStats.self],
            database: database)
        try hydration.run()
        let history = hydration.history
        return Dictionary(
            uniqueKeysWithValues: hydration.folds.map { ($0.name, $0.digest(history).hex) })
    }

    /// A replay's report, and its transcript.
    func replayed(
        _ request: ReplayRequest, wire: Bool = false
    ) throws -> (report: ReplayReport, transcript: [UInt8]) {
        let replay = try Replay(request)
        var transcript: [UInt8] = []
        replay.onTranscript = { transcript += $0 }
        if wire { replay.makeLink = { try WireLink(policies: $0, recordsTranscript: $1) } }
        return (try replay.run(), transcript)
    }
}
