import CatFeeder
import EventModel
import Expectations
import Ledger
import Topology

/// What a path is built from, worked out of a request once.
struct PathParts {
    let request: ReplayRequest
    let rules: [TopologyFile.Rule]
    let registrations: [(sequence: Int, registration: Registration)]
    let installation: TopologyFile.Installation
    let routes: [ExpectedRoute]
    /// Whether any target sends messages.
    var sendsMessages: Bool { !routes.isEmpty }

    init(_ request: ReplayRequest) throws {
        try request.checkName()
        self.request = request
        rules = try request.activeRules()
        registrations = try request.ledger.registrations(upTo: request.ledger.headSequence())
            .map { ($0.sequence, $0.registration) }
        let bus = request.topology.bus
        var routes: [ExpectedRoute] = []
        for rule in rules where rule.isEnabled {
            let pattern = try rule.parsedPattern()
            let names = ExpectedRule(
                name: rule.name, bus: bus.name, account: bus.account, region: bus.region)
            for target in rule.targets {
                let route = target.expected(
                    of: names, pattern: pattern, publishesReplays: request.publishesReplays)
                if let route { routes.append(route) }
            }
        }
        self.routes = routes
        installation = try request.topology.installation(
            for: PathParts.feeders(registrations, try request.ledger.devices()))
        if sendsMessages { try PathParts.refuseSharedTopics(installation.feeders) }
    }

    /// A message that two feeders hear feeds twice: nothing could tell the second feed from a copy.
    private static func refuseSharedTopics(
        _ feeders: [TopologyFile.InstalledFeeder]
    ) throws(ReplayError) {
        var listeners: [[UInt8]: String] = [:]
        for feeder in feeders {
            guard
                let other = listeners.updateValue(
                    feeder.clientID, forKey: Array(feeder.actionTopic.utf8))
            else { continue }
            throw .topology(
                "feeders \(other) and \(feeder.clientID) listen to one topic,"
                    + " \(feeder.actionTopic): each message would feed twice, which nobody could tell"
                    + " from a copy; give each a topic of its own")
        }
    }

    /// Only an `ordered` replay has moments that are known before it runs.
    func refuseUnknownMoments() throws(ReplayError) {
        guard request.delivery != .ordered,
            let route = routes.first(where: { $0.input?.holdsIngestionTime == true })
        else { return }
        throw .unsupported(
            "the input of target \(route.target) holds <aws.events.event.ingestion-time>, and when the"
                + " bus takes an event in is known of an ordered replay only: under"
                + " \(request.delivery.name) no message could be checked; take --delivery ordered,"
                + " or $.time instead")
    }

    /// Grams of a feed into each bowl, as the feeder was registered last; nil where it never was.
    /// A feeder that serves all takes the last registration of all.
    func portions(of feeder: String?) -> (left: Int, right: Int)? {
        registrations.last { _, one in feeder.map { $0.hasSameBytes(as: one.feeder) } ?? true }
            .map { ($0.registration.leftGrams, $0.registration.rightGrams) }
    }

    /// The feeders of a ledger: those that are registered, and each device that never was, which is
    /// a feeder of its own name. Events without a device belong to `default`.
    private static func feeders(
        _ registrations: [(sequence: Int, registration: Registration)], _ devices: [String]
    ) -> [TopologyFile.RegisteredFeeder] {
        var devicesByFeeder: [[UInt8]: [String]] = [:]
        var known: Set<[UInt8]> = []
        for (_, one) in registrations {
            known.insert(Array(one.device.utf8))
            let key = Array(one.feeder.utf8)
            if devicesByFeeder[key]?.contains(where: { $0.hasSameBytes(as: one.device) }) != true {
                devicesByFeeder[key, default: []].append(one.device)
            }
        }
        for device in devices where !known.contains(Array(device.utf8)) {
            devicesByFeeder[Array(device.utf8), default: []].append(device)
        }
        let standard = Array(FeederSystem.defaultFeeder.utf8)
        if devicesByFeeder[standard] == nil {
            devicesByFeeder[standard] = [FeederSystem.defaultFeeder]
        }
        return devicesByFeeder.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map {
            TopologyFile.RegisteredFeeder(
                name: String(decoding: $0.key, as: UTF8.self), devices: $0.value)
        }
    }
}
