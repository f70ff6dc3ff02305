import Topology

/// Something that must happen somewhere in a campaign: a fault that strikes, or a way back from one.
/// What never happens was never tested.
public enum CampaignMark: Hashable, Sendable {
    /// The fault struck.
    case struck(CampaignFault)
    /// The system came back from one, or held out.
    case recovered(CampaignRecovery)

    /// All of them: faults first, in the order of their lists.
    public static let all: [CampaignMark] =
        CampaignFault.allCases.map { .struck($0) }
        + CampaignRecovery.allCases.map { .recovered($0) }

    /// What it is called.
    public var name: String {
        switch self {
        case .struck(let kind): kind.rawValue
        case .recovered(let way): way.rawValue
        }
    }

    /// Whether it can be made at all where only these faults are drawn, over one of these systems.
    func isPossible(
        _ faults: Set<CampaignFault>, on systems: [(name: String, topology: TopologyFile)]
    ) -> Bool {
        switch self {
        case .struck(let kind): faults.contains(kind)
        case .recovered(let way):
            (way.causes.isEmpty || way.causes.contains { faults.contains($0) })
                && (!way.isOfMendedOnly || systems.contains { $0.topology.isMended })
        }
    }
}

/// A way in which a system comes back from a fault, or bears it.
public enum CampaignRecovery: String, CaseIterable, Sendable {
    /// A target that had failed took the event at a later attempt.
    case retried = "retried"
    /// An event was given up after its attempts, and lies in a dead-letter queue.
    case deadLettered = "dead-lettered"
    /// An event was given up because it grew too old, and lies in a dead-letter queue.
    case expired = "expired"
    /// A dead letter was given to its target again, which took it.
    case redriven = "redriven"
    /// The broker sent a message again that a feeder had not acknowledged.
    case sentAgain = "sent-again"
    /// A feeder that was back was given what its session had kept.
    case sessionKept = "session-kept"
    /// A feeder left a copy alone.
    case copyIgnored = "copy-ignored"
    /// A feeder's power failed in the middle of a feed.
    case feedCut = "feed-cut"
    /// Messages were in the socket of a feeder that went away.
    case socketLost = "socket-lost"
    /// A function left a replayed event alone.
    case replayIgnored = "replay-ignored"
    /// A replay waited for the tail of the archive.
    case archiveAwaited = "archive-awaited"
    /// A projection dropped a copy.
    case copyDropped = "copy-dropped"

    /// The faults that lead there, any of them; empty where none is needed.
    var causes: [CampaignFault] {
        switch self {
        case .retried, .deadLettered, .expired, .redriven: [.targetFails, .answerLost]
        case .sentAgain, .sessionKept, .socketLost: [.wifiLost, .powerLost, .powerCut]
        case .copyIgnored:
            [.duplicateDelivery, .answerLost, .wifiLost, .powerLost, .powerCut]
        case .feedCut: [.powerLost, .powerCut]
        case .replayIgnored: []
        case .archiveAwaited: [.archiveLag]
        case .copyDropped: [.duplicateDelivery, .answerLost]
        }
    }

    /// Whether the system as it is deployed has no such way.
    var isOfMendedOnly: Bool {
        switch self {
        case .sentAgain, .sessionKept, .copyIgnored, .replayIgnored, .archiveAwaited: true
        default: false
        }
    }
}
