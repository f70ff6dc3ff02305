import EventModel
import Expectations

/// The audit that goes with a delivery model.
struct ReplayAudit {
    private var ordered: OrderedAudit?
    private var tolerated: ToleratedAudit?
    private var source: ExpectedSource

    /// - Parameter windows: how many unacknowledged messages feeders are given, by topic.
    init(_ parts: PathParts, start: Timestamp, windows: [[UInt8]: Int]) throws {
        let request = parts.request
        source = ExpectedSource(
            request.ledger, request.window,
            Expectation(
                routes: parts.routes, replayName: request.name,
                registrations: parts.registrations))
        switch request.delivery {
        case .ordered: ordered = OrderedAudit(source)
        case .eventBridge(let model):
            tolerated = ToleratedAudit(
                parts.routes,
                .init(
                    keepsMinutes: true,
                    missedAfter: model.archiveLag > 0
                        ? Timestamp(microseconds: start.microseconds - model.archiveLag) : nil,
                    refused: request.unreasonable, sendsAgain: request.hasOutages, begins: start,
                    windows: windows))
        case .chaos(let profile):
            let safe = Timestamp(microseconds: start.microseconds - LatePlan.longest)
            tolerated = ToleratedAudit(
                parts.routes,
                .init(
                    keepsMinutes: false, missedAfter: profile[.archiveLag] > 0 ? safe : nil,
                    refused: request.unreasonable,
                    sendsAgain: request.hasOutages,
                    lateness: profile[.lateEvent] > 0 ? LatePlan.longest : 0, windows: windows))
        }
    }

    mutating func received(_ key: MessageKey, at now: Timestamp) throws {
        try ordered?.received(key, at: now)
        tolerated?.received(key, at: now)
    }

    mutating func acknowledged(_ topic: [UInt8], at now: Timestamp) {
        tolerated?.acknowledged(topic, at: now)
    }

    mutating func decided(_ decision: RunDecision) { tolerated?.decided(decision) }

    mutating func redelivered(_ key: MessageKey) { tolerated?.redelivered(key) }

    /// - Parameter left: what a replay that was cancelled had not put; nil where it put all.
    mutating func finish(without left: LeftOver?) throws -> AuditReport {
        if ordered != nil, let report = try ordered?.finish(upTo: left?.after ?? .max) {
            return report
        }
        return try tolerated?.finish(&source) { left?.contains($0) != true } ?? AuditReport()
    }
}

extension ReplayRequest {
    /// Whether feeders are without Wi-Fi or power for a while.
    fileprivate var hasOutages: Bool {
        delivery.faults[.wifiLost] + delivery.faults[.powerLost] > 0
    }

    /// The decisions that this request gives a run no reason for: their faults are off.
    fileprivate var unreasonable: Set<RunDecision.Kind> {
        let faults = delivery.faults
        var kinds: Set<RunDecision.Kind> = []
        if faults[.duplicateDelivery] == 0 { kinds.insert(.duplicated) }
        if faults[.answerLost] == 0 { kinds.insert(.failed(acted: true)) }
        if faults[.messageLost] == 0, !hasOutages { kinds.insert(.lost) }
        if !redrives { kinds.insert(.redriven) }
        return kinds
    }
}
