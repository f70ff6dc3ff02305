/// A kind of fault that a run can have.
public enum FaultKind: String, CaseIterable, Sendable {
    /// The bus delivers an event once more.
    case duplicateDelivery = "duplicate-delivery"
    /// An event reaches the bus late, after others that came later.
    case lateEvent = "late-event"
    /// A target fails before it has done anything.
    case targetFails = "target-fails"
    /// A target does its work, and its answer is lost.
    case answerLost = "answer-lost"
    /// The archive does not have its last events yet when the replay begins.
    case archiveLag = "archive-lag"
    /// The network loses a message on its way to the feeder.
    case messageLost = "message-lost"
    /// The feeder loses its Wi-Fi for a while.
    case wifiLost = "wifi-lost"
    /// The feeder loses its power for a while.
    case powerLost = "power-lost"
}

/// Which faults a run has, and how often each strikes, drawn from a seed.
///
/// Swarm testing: some kinds are off altogether, because a fault that always strikes hides what the
/// others would find. (Groce et al., "Swarm Testing", ISSTA 2012.)
public struct FaultProfile: Sendable, Equatable {
    /// Parts per million of the occasions at which each kind strikes; 0 where it is off.
    private var rates: [UInt32]

    /// No faults.
    public init() { rates = Array(repeating: 0, count: FaultKind.allCases.count) }

    /// The profile of a seed: each kind is on in one of two seeds, weakly or strongly.
    public init(seed: UInt64) {
        self.init()
        let stream = RandomStream(seed: seed, domain: .faultProfile)
        for (place, _) in FaultKind.allCases.enumerated() {
            var draws = stream.draws(entity: UInt64(place))
            guard draws.happens(partsPerMillion: 500_000) else { continue }
            rates[place] =
                FaultProfile.strengths[
                    Int(draws.below(UInt64(FaultProfile.strengths.count)))]
        }
    }

    private static let strengths: [UInt32] = [1_000, 10_000, 50_000, 200_000]

    /// Parts per million.
    public subscript(kind: FaultKind) -> Int {
        get { Int(rates[FaultProfile.place(kind)]) }
        set { rates[FaultProfile.place(kind)] = UInt32(clamping: min(newValue, 1_000_000)) }
    }

    private static func place(_ kind: FaultKind) -> Int {
        FaultKind.allCases.firstIndex(of: kind) ?? 0
    }

    /// The kinds that strike, with their parts per million.
    public var active: [(kind: FaultKind, partsPerMillion: Int)] {
        FaultKind.allCases.map { ($0, self[$0]) }.filter { $0.1 > 0 }
    }
}

extension FaultProfile: CustomStringConvertible {
    /// `duplicate-delivery 1%, wifi-lost 0.1%`
    public var description: String {
        guard !active.isEmpty else { return "no faults" }
        return active.map { kind, rate in
            let whole = rate / 10_000
            let rest = rate % 10_000
            var digits = String(rest + 10_000).dropFirst()
            while digits.last == "0" { digits = digits.dropLast() }
            return "\(kind.rawValue) \(whole)\(rest == 0 ? "" : "." + digits)%"
        }
        .joined(separator: ", ")
    }
}
