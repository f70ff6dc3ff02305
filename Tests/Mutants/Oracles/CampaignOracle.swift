import CatFeeder
import EventBus
import EventModel
import Lab
import MQTTBroker
import Topology

/// The mended system with parts, and the faults that strike in it.
struct CampaignPart: Sendable {
    /// The failure that is asked for: a campaign tells all of them.
    var identity: String
    /// As `--faults` takes them.
    var faults = "none"
    var parts = CampaignParts()
}

extension Oracles {
    /// Whole runs of the mended system, a seed a case.
    static let campaign = Oracle<CampaignPart>(
        name: "campaign", real: CampaignPart(identity: ""), seeds: 1...1
    ) { part, seed, cases in
        var settings = CampaignSettings(
            systems: [("mended", try TopologyFile(shipped: .mended))],
            database: try TimeZoneDatabase())
        // Apart from the seeds of the others.
        settings.firstSeed = (seed - 1) * 100 + 1
        settings.seeds = cases
        settings.profile = try CampaignProfile(text: part.faults)
        settings.parts = part.parts
        if !part.identity.isEmpty {
            // Nothing else is looked at, and nothing else is reduced.
            settings.invariants = settings.invariants.filter {
                part.identity.hasPrefix($0.name + "/")
            }
        }
        let report = try Campaign(settings).run()
        let failure =
            report.failures.first { $0.identity == part.identity } ?? report.failures.first
        return failure.map { failure in
            let reduced = failure.reduced
            let reports = reduced?.reports.count ?? report.reports
            return Capture(
                by: "campaign: \(failure.identity)",
                cases: Int(failure.seed - settings.firstSeed) + 1,
                evaluations: reduced?.probes ?? 0,
                lines: (reduced?.profile.active ?? []).map(\.rawValue)
                    + Array(repeating: "a report of a press", count: reports))
        }
    }
}
