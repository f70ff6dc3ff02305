import EventBus
import EventModel
import Lab
import Topology

extension CampaignSettings {
    /// Seeds over systems that are shipped.
    static func over(
        _ shipped: ShippedTopology..., seeds: Int, from first: UInt64 = 1
    ) throws -> CampaignSettings {
        var settings = CampaignSettings(
            systems: try shipped.map { ($0.rawValue, try TopologyFile(shipped: $0)) },
            database: try TimeZoneDatabase())
        settings.seeds = seeds
        settings.firstSeed = first
        return settings
    }

    /// One seed, with these faults and, unless nil, these reports alone.
    static func one(
        _ shipped: ShippedTopology, seed: UInt64, faults: String, reports: String = "all"
    ) throws -> CampaignSettings {
        var settings = try over(shipped, seeds: 1, from: seed)
        settings.profile = try CampaignProfile(text: faults)
        settings.reports = try CampaignReport.numbers(reports)
        settings.reduces = false
        return settings
    }

    /// Runs the campaign.
    func report() throws -> CampaignReport { try Campaign(self).run() }
}

extension CampaignReport {
    /// All that a report says, in a line a fact.
    var lines: [String] {
        marks.map { "\($0.mark.name) \($0.count) \($0.seeds) \($0.isPossible)" }
            + excused.map { "\($0.invariant) \($0.fault) \($0.count)" }
            + failures.map {
                "\($0.identity) \($0.seeds) \($0.setting) \($0.profile) \($0.what) "
                    + "\($0.reduced.map { "\($0)" } ?? "-")"
            }
            + ["\(reports) \(failingSeeds)"]
    }

    func failure(_ identity: String) -> Failure? { failures.first { $0.identity == identity } }
}

/// A target in the place of another one, which does as it is told.
final class BrokenTarget: Target {
    private let inner: any Target
    private let act: (borrowing Delivery, any Target) throws -> Void

    init(_ inner: any Target, _ act: @escaping (borrowing Delivery, any Target) throws -> Void) {
        self.inner = inner
        self.act = act
    }

    func receive(_ delivery: borrowing Delivery) throws { try act(delivery, inner) }
}
