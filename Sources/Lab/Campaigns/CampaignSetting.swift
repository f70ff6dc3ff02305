import EventModel
import Simulation
import Topology

/// What a seed draws beside its faults: who presses, over which system, and how it is replayed.
///
/// Each part is drawn at an address of its own, so that none changes another.
struct CampaignSetting: Sendable {
    /// How a replay of the history delivers.
    enum ReplayModel: String, CaseIterable, Sendable {
        case eventBridge = "eventbridge"
        case chaos
    }

    /// How much the bus tries before it gives an event up.
    enum Patience: String, CaseIterable, Sendable {
        /// As the service: 185 attempts, a day.
        case service
        /// As the topology says, with up to three attempts more and a dead-letter queue.
        case attempts
        /// The same, with minutes.
        case age
    }

    let seed: UInt64
    /// What the topology was called by.
    let topologyName: String
    let topology: TopologyFile
    let patience: Patience
    /// Whether dead letters are given to their targets again, once all faults are over.
    let redrives: Bool
    let household: CampaignHousehold
    let replay: ReplayModel
    /// Whether the replay is to be published by a function that would leave it alone.
    let publishesReplays: Bool

    /// - Parameter systems: the topologies that a seed may have, by their names.
    init(seed: UInt64, systems: [(name: String, topology: TopologyFile)]) {
        self.seed = seed
        let stream = RandomStream(seed: seed, domain: .campaign)
        func draws(_ what: String) -> RandomDraws {
            stream.draws(slot: 1, entity: RandomStream.entity(what))
        }
        var draw = draws("topology")
        let system = systems[Int(draw.below(UInt64(systems.count)))]
        var retry = draws("patience")
        let patience = Patience.allCases[[0, 0, 1, 2][Int(retry.below(4))]]
        let limits = (attempts: Int(retry.below(4)), age: 60 + Int(retry.below(121)))
        self.patience = patience
        redrives = retry.below(2) == 0
        topologyName = system.name
        topology = system.topology.with(patience, attempts: limits.attempts, age: limits.age)
        var feeders = draws("feeders")
        let hasManyFeeders = topology.feeders.contains { !$0.thing.variables.isEmpty }
        household = CampaignHousehold(
            seed: seed, feeders: hasManyFeeders ? 1 + Int(feeders.below(5)) : 1)
        var replaying = draws("replay")
        replay = ReplayModel.allCases[Int(replaying.below(2))]
        publishesReplays = replaying.below(2) == 0
    }

    /// System and household in a line.
    var description: String {
        let letters =
            patience == .service
            ? "the service's retries"
            : "few \(patience == .age ? "minutes" : "attempts"), "
                + (redrives ? "letters redriven" : "letters kept")
        return "\(topologyName), \(letters); \(household.description)"
    }
}

extension TopologyFile {
    /// The same with another patience of the targets that feed, and a queue for what they give up.
    fileprivate func with(
        _ patience: CampaignSetting.Patience, attempts: Int, age: Int
    ) -> TopologyFile {
        guard patience != .service else { return self }
        return replacing { target in
            guard case .catFeeder = target.kind else { return target }
            var target = target
            if patience == .attempts { target.retry.attempts = attempts }
            if patience == .age { target.retry.maxAgeSeconds = age }
            target.deadLetterQueue = target.deadLetterQueue ?? "letters"
            return target
        }
    }

    /// Whether any function or handler of it is mended: who runs such a system knows the archive's
    /// lag, too, and waits.
    var isMended: Bool { buttonHandler == .mended }
}
