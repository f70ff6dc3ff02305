import EventModel
import Foundation
import GramsServed
import Lab
import Ledger
import Projections
import Scenario
import Testing

@Suite struct `Grams served` {
    @Test func `grams served are what went into both bowls`() throws {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "grams-served-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let zones = try TimeZoneDatabase()
        let scenario = try ScenarioFile(path: shippedScenario, zones: zones)
        let path = folder.appending(path: "cats.ledger").path
        _ = try SimulationRun(scenario, seed: 42, years: 1, zones: zones)
            .run(into: path) { _, _ in false }

        let ledger = try EventLedger(path: path)
        var hydration = try Hydration(
            ledger, to: ledger.resolve(.head), projections: [GramsServed.self, BowlTotals.self],
            database: zones)
        try hydration.run()

        let served = try #require(hydration.folds[0] as? TypedFold<GramsServed>).state
        let totals = try #require(hydration.folds[1] as? TypedFold<BowlTotals>).state
            .totals(hydration.history)
        #expect(totals.count == 1)
        for (feeder, left, right) in totals {
            #expect(served.grams[feeder] == left.grams + right.grams)
        }
    }

    private var shippedScenario: String {
        URL(filePath: #filePath).appending(path: "../../../../../Fixtures/scenarios")
            .appending(path: "two-cats-auckland.yaml").standardized.path
    }
}
