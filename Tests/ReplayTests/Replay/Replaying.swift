import CatFeeder
import EventBus
import EventModel
import Expectations
import Lab
import Ledger
import MQTTBroker
import Projections
import Simulation
import Topology

/// A transcript, put together from its stretches.
final class Transcript {
    var bytes: [UInt8] = []
    var text: String { String(decoding: bytes, as: UTF8.self) }
    /// The payloads and topics that clients were given, in order.
    var deliveries: [String] {
        text.split(separator: "\n").filter { $0.contains("\"direction\":\"out\"") }.map {
            String($0.drop { $0 != "," })
        }
    }
}

/// A run that is over.
struct Ran {
    var report: ReplayReport
    var transcript: Transcript
    var decisions: [RunDecision]

    /// The digest of each projection target by its name.
    var digests: [String: String] {
        Dictionary(uniqueKeysWithValues: report.digests.map { ($0.projection, $0.digest) })
    }
}

extension Archive {
    func request(
        _ delivery: DeliveryModel = .ordered, topology: TopologyFile? = nil,
        window: ReplayWindow? = nil, name: String = "replay", seed: UInt64 = 1,
        rules: [String] = [],
        targets: [String] = ["cat-feeder"], publishesReplays: Bool = false
    ) throws -> ReplayRequest {
        ReplayRequest(
            ledger, topology: try topology ?? TopologyFile(shipped: .deployed),
            window: try window ?? ReplayWindow(last: ledger.headSequence()), name: name,
            delivery: delivery, seed: seed, rules: rules, targets: targets,
            database: try TimeZoneDatabase(), publishesReplays: publishesReplays)
    }

    @discardableResult
    func run(
        _ request: ReplayRequest,
        link: ((PolicyBook?, Bool) throws -> any BrokerLink)? = nil,
        cancel: (ReplayProgress) -> Bool = { _ in false }
    ) throws -> Ran {
        let replay = try Replay(request)
        let transcript = Transcript()
        replay.onTranscript = { transcript.bytes += $0 }
        var decisions: [RunDecision] = []
        replay.onDecision = { decisions.append($0) }
        if let link { replay.makeLink = link }
        let report = try replay.run(report: cancel)
        return Ran(report: report, transcript: transcript, decisions: decisions)
    }

    /// The digests of a hydration of the same window.
    func hydrated(until time: Timestamp? = nil, last: Int? = nil) throws -> [String: String] {
        var hydration = try Hydration(
            ledger, to: ResolvedPoint(last: last ?? ledger.headSequence(), time: time),
            projections: [BowlTotals.self, FeedingStats.self], database: TimeZoneDatabase())
        try hydration.run()
        return Dictionary(
            uniqueKeysWithValues: hydration.folds.map {
                ($0.name, $0.digest(hydration.history).hex)
            })
    }
}

extension TopologyFile {
    /// The deployed topology with some of its text replaced.
    static func deployed(
        replacing texts: KeyValuePairs<String, String>, in shipped: ShippedTopology = .deployed
    ) throws -> TopologyFile {
        var text = shipped.text
        for (old, new) in texts { text = text.replacing(old, with: new) }
        return try TopologyFile(text: text, file: "test")
    }
}

extension DeliveryModel {
    /// EventBridge's, with nothing missed by the archive.
    static var withoutLag: DeliveryModel { .eventBridge(EventBridgeReplay(archiveLagMinutes: 0)) }

    /// Copies, failures and lost answers, often.
    static func rough(_ rate: Int = 100_000) -> DeliveryModel {
        var model = EventBridgeReplay(archiveLagMinutes: 0)
        model.faults[.duplicateDelivery] = rate
        model.faults[.targetFails] = rate
        model.faults[.answerLost] = rate
        return .eventBridge(model)
    }
}

extension ReplayReport {
    /// The verdict in a line, for a test that fails.
    var verdict: String {
        "\(state.rawValue), \(audit.expected) expected, \(audit.received) received; \(audit.words);"
            + " refused \(audit.refused.prefix(3)); faults \(faults)"
    }
}
