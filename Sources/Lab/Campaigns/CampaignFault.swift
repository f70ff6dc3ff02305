import Simulation

/// A kind of fault that a campaign's seed can switch on: those of bus, network and feeder, and those
/// between a finger and the button handler.
public enum CampaignFault: String, CaseIterable, Sendable, Hashable {
    case duplicateDelivery = "duplicate-delivery"
    case lateEvent = "late-event"
    case targetFails = "target-fails"
    case answerLost = "answer-lost"
    case archiveLag = "archive-lag"
    case messageLost = "message-lost"
    case wifiLost = "wifi-lost"
    case powerLost = "power-lost"
    /// The feeder's power fails for seconds, some seconds after a press.
    case powerCut = "power-cut"
    /// A button reports a press minutes to days late.
    case lateReport = "late-report"
    /// A button reports a press once more, by another event.
    case duplicateReport = "duplicate-report"
    /// A DOUBLE is seen as two SINGLE.
    case splitDouble = "split-double"
    /// A button's clock is off for good.
    case skewedClock = "skewed-clock"
    /// For a day a button does not know what time it is.
    case unsetClock = "unset-clock"
    /// A button's battery is dead for days.
    case deadBattery = "dead-battery"

    /// The kind as bus, network and feeder know it; nil where it is one of the laboratory's.
    var busKind: FaultKind? { FaultKind(rawValue: rawValue) }

    /// What a rate is a share of.
    public var occasion: String {
        switch self {
        case .duplicateDelivery, .targetFails, .answerLost: "attempts"
        case .lateEvent: "events"
        case .archiveLag: "replays"
        case .messageLost: "messages"
        case .wifiLost, .powerLost: "days of a feeder"
        case .powerCut, .lateReport, .duplicateReport: "reports"
        case .splitDouble: "DOUBLE presses"
        case .skewedClock, .deadBattery: "buttons"
        case .unsetClock: "days of a button"
        }
    }

    /// The rates that a seed draws from. What strikes days or buttons has fewer occasions than what
    /// strikes attempts.
    fileprivate var strengths: [Int] {
        switch self {
        case .wifiLost, .powerLost, .skewedClock, .deadBattery, .unsetClock:
            [50_000, 200_000, 500_000, 1_000_000]
        case .archiveLag: [1_000_000]
        // Only who fails again and again is given up.
        case .targetFails, .answerLost: [1_000, 50_000, 200_000, 600_000]
        default: [1_000, 10_000, 50_000, 200_000]
        }
    }
}

/// Which faults strike in a trial, and how often: parts per million of a kind's occasions.
public struct CampaignProfile: Sendable, Equatable {
    private var rates: [CampaignFault: Int] = [:]

    /// No faults.
    public init() {}

    /// The profile of a seed: each kind is off for every other seed, weak or strong for the others.
    ///
    /// Each is drawn by its own name: a new kind changes no other one's draw. (Groce et al., "Swarm
    /// Testing", ISSTA 2012.)
    public init(seed: UInt64) {
        let stream = RandomStream(seed: seed, domain: .campaign)
        for kind in CampaignFault.allCases {
            var draws = stream.draws(entity: RandomStream.entity(kind.rawValue))
            guard draws.happens(partsPerMillion: 500_000) else { continue }
            self[kind] = kind.strengths[Int(draws.below(UInt64(kind.strengths.count)))]
        }
    }

    /// Parts per million, 0 to 1,000,000; 0 where the kind is off.
    public subscript(kind: CampaignFault) -> Int {
        get { rates[kind] ?? 0 }
        // A kind that is off is not there, so that equal profiles are equal.
        set { rates[kind] = newValue > 0 ? min(newValue, 1_000_000) : nil }
    }

    /// The kinds that strike, in the order of their list.
    public var active: [CampaignFault] { CampaignFault.allCases.filter { self[$0] > 0 } }

    /// Whether any of these kinds strikes.
    func has(anyOf kinds: [CampaignFault]) -> Bool { kinds.contains { self[$0] > 0 } }

    /// The same without a kind.
    func without(_ kind: CampaignFault) -> CampaignProfile {
        var other = self
        other[kind] = 0
        return other
    }

    /// What strikes bus, network and feeder.
    var busFaults: FaultProfile {
        var faults = FaultProfile()
        for kind in CampaignFault.allCases {
            if let busKind = kind.busKind { faults[busKind] = self[kind] }
        }
        return faults
    }

    /// As `--faults` takes it: `duplicate-delivery=0.05,wifi-lost=0.2`, or `none`.
    public var text: String {
        active.isEmpty
            ? "none"
            : active.map { "\($0.rawValue)=\(CampaignProfile.decimal(self[$0]))" }
                .joined(separator: ",")
    }

    /// Parts per million as a share: 50000 as `0.05`.
    static func decimal(_ partsPerMillion: Int) -> String {
        guard partsPerMillion < 1_000_000 else { return "1" }
        var digits = String(String(partsPerMillion + 1_000_000).dropFirst())
        while digits.count > 1, digits.last == "0" { digits.removeLast() }
        return "0." + digits
    }
}

extension CampaignProfile: CustomStringConvertible {
    public var description: String { active.isEmpty ? "no faults" : text }
}
