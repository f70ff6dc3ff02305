import EventModel
import Lab
import Testing
import Topology

/// The known hazards of the deployed system, each found by a campaign, with the trial that it was reduced
/// to: see docs/campaigns.md.
@Suite struct `The deployed system fails a campaign` {
    @Test(arguments: [
        ("replay-feeds-nobody/fed", 1, "none", "1"),
        ("press-archived/no-archive", 1, "none", "1"),
        ("one-feed-a-press/delivered-again", 3, "duplicate-delivery=0.05", "1"),
        ("one-feed-a-press/answer-lost", 5, "answer-lost=0.05", "15"),
        ("press-fed-or-told/feeder-away", 3, "wifi-lost=0.5", "2"),
        ("press-fed-or-told/network", 4, "message-lost=0.2", "7"),
        ("replay-is-whole/archive-lags", 3, "archive-lag=1", "1"),
        ("booked-on-its-day/another-day", 3, "late-report=0.2", "24"),
        ("order-restored/wrong-order", 6, "archive-lag=1", "101-112,129"),
        (
            "press-fed-or-told/died-in-socket", 13,
            "power-cut=0.01,duplicate-report=0.05,split-double=0.05", "57-58"
        ),
    ])
    func `of its hazards`(
        identity: String, seed: UInt64, faults: String, reports: String
    ) throws {
        func found(_ shipped: ShippedTopology) throws -> CampaignReport {
            try CampaignSettings.one(shipped, seed: seed, faults: faults, reports: reports).report()
        }
        #expect(try found(.deployed).failure(identity) != nil)
        // The same presses and faults, mended.
        let mended = try found(.mended)
        #expect(mended.failures.isEmpty, "\(mended.lines)")
    }
}
