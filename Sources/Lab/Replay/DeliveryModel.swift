import EventBus
import EventModel
import Simulation

/// How a replay delivers.
public enum DeliveryModel: Sendable, Equatable {
    /// Exactly once, in the ledger's order, at the recorded times.
    case ordered
    /// As EventBridge's replay: minute by minute, shuffled inside, at least once.
    case eventBridge(EventBridgeReplay)
    /// The recorded times again, with faults.
    case chaos(FaultProfile)

    /// The word that `--delivery` takes.
    public var name: String {
        switch self {
        case .ordered: "ordered"
        case .eventBridge: "eventbridge"
        case .chaos: "chaos"
        }
    }

    /// The faults of this model.
    public var faults: FaultProfile {
        switch self {
        case .ordered: FaultProfile()
        case .eventBridge(let model): model.faults
        case .chaos(let profile): profile
        }
    }
}

/// How EventBridge replays an archive, as far as it is documented.
/// <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-replay-archived-event.html>
public struct EventBridgeReplay: Sendable, Equatable {
    /// Virtual microseconds that a minute of history takes.
    public var minute: Int64 = 1_000_000
    /// An event reaches the archive up to so many microseconds after it was recorded; 0 for at once.
    public var archiveLag: Int64 = 600_000_000
    /// The replay starts so many microseconds after the last event was recorded.
    public var wait: Int64 = 0
    /// At least once: copies, and targets that fail and are tried again.
    public var faults: FaultProfile

    /// As documented: virtual seconds for minutes, ten minutes of lag, rare copies and failures.
    public init() {
        faults = FaultProfile()
        faults[.duplicateDelivery] = 1_000
        faults[.targetFails] = 1_000
        faults[.answerLost] = 500
    }
}

/// Strikes attempts of the bus as a fault profile says, each by its address: the same attempt has
/// the same fate whatever else happens.
final class Disturber {
    private let faults: FaultProfile
    private let duplication: RandomStream
    private let failure: RandomStream
    private let loss: RandomStream
    /// Faults strike up to this moment; nil for ever.
    var healed: Timestamp?
    /// What an event is called in addresses, by its sequence: the sequence, unless a shorter history
    /// shall have the faults of the longer one.
    var number: (Int) -> Int = { $0 }
    /// Messages that were struck on their way, those that QoS 1 saves included.
    private(set) var messagesStruck = 0

    init(_ faults: FaultProfile, seed: UInt64) {
        self.faults = faults
        duplication = RandomStream(seed: seed, domain: .duplication)
        failure = RandomStream(seed: seed, domain: .targetFailure)
        loss = RandomStream(seed: seed, domain: .loss)
    }

    /// Whether the message that this attempt leads to is lost on its way to the feeder.
    func losesMessage(of attempt: AttemptAddress, at now: Timestamp) -> Bool {
        guard faults[.messageLost] > 0, now <= healed ?? .latest else { return false }
        var draws = draws(loss, attempt)
        guard draws.happens(partsPerMillion: faults[.messageLost]) else { return false }
        messagesStruck += 1
        return true
    }

    private func draws(_ stream: RandomStream, _ attempt: AttemptAddress) -> RandomDraws {
        stream.draws(
            slot: UInt64(attempt.attempt), day: 0,
            entity: RandomStream.entity(attempt.target)
                ^ UInt64(bitPattern: Int64(number(attempt.sequence))))
    }
}

extension Disturber: Disturbance {
    func fate(of attempt: AttemptAddress, at now: Timestamp) -> Fate {
        guard now <= healed ?? .latest else { return .deliver }
        var draws = draws(failure, attempt)
        if draws.happens(partsPerMillion: faults[.targetFails]) { return .failBefore }
        if draws.happens(partsPerMillion: faults[.answerLost]) { return .failAfter }
        guard faults[.duplicateDelivery] > 0 else { return .deliver }
        var copies = self.draws(duplication, attempt)
        guard copies.happens(partsPerMillion: faults[.duplicateDelivery]) else { return .deliver }
        // A copy comes within the hour.
        return .deliverAgain(after: Int64(copies.below(3_600_000_000)))
    }
}

extension EventBridgeReplay {
    /// As documented, with another archive lag.
    public init(archiveLagMinutes: Int) {
        self.init()
        archiveLag = Int64(archiveLagMinutes) * 60_000_000
    }
}
