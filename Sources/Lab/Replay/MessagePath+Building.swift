import CatFeeder
import EventBus
import EventModel
import EventPatterns
import Expectations
import MQTTBroker
import Projections
import Simulation
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

extension MessagePath {
    /// Builds the path of a request.
    ///
    /// - Parameters:
    ///   - folds: the projections' folds; those that no target names are left alone.
    ///   - link: asked for a way to a broker where messages are sent.
    ///   - managed: rules beside the topology's, which come first.
    ///   - watched: puts something before a target.
    convenience init(
        _ parts: PathParts, history: History, folds: [ProjectionFold], devices: [String],
        disturber: Disturber?, log: DecisionLog,
        link makeLink: (PolicyBook?) throws -> any BrokerLink,
        managed: [ManagedRule] = [],
        watching watched: (String, any Target) -> any Target = { $1 },
        at now: Timestamp
    ) throws {
        let request = parts.request
        let link = parts.sendsMessages ? try makeLink(parts.installation.policyBook()) : nil
        let directory = FeederDirectory(parts.registrations)
        var targets: [String: any Target] = [:]
        var functions: [(String, FeederFunction)] = []
        var projections: [(String, ProjectionTarget)] = []
        var sinks: [any SinkTarget] = []
        var processes: [ProcessTarget] = []
        var networks: [FaultyPublisher] = []
        for target in parts.rules.filter(\.isEnabled).flatMap(\.targets) {
            switch target.kind {
            case .catFeeder(let feeder):
                guard let link else { continue }
                guard feeder.thing.variables.isEmpty else {
                    throw ReplayError.topology(
                        "target \(target.id): the function connects as one thing, and"
                            + " \"\(feeder.thing)\" stands for many")
                }
                let client = try link.makeClient(ClientSettings(id: feeder.thing.text))
                let publisher = LinkPublisher(client)
                let network = disturber.map {
                    FaultyPublisher(publisher, link: link, disturber: $0, log: log)
                }
                let function = FeederFunction(
                    feeder.variant == .deployed ? .deployed : .mended,
                    route: TopicRoute(feeder.topic.text, directory: directory),
                    publishesReplays: request.publishesReplays || feeder.replays == .publish,
                    publisher: network ?? publisher)
                functions.append((target.id, function))
                targets[target.id] = function
                if let network {
                    networks.append(network)
                    targets[target.id] = WatchedTarget(
                        function, id: target.id, publisher: network)
                }
            case .projection(let name):
                guard let fold = folds.first(where: { $0.name == name }) else {
                    throw ReplayError.unknown(
                        what: "projection", name: name,
                        hint: Spelling.hint(for: name, among: folds.map(\.name)))
                }
                let one = ProjectionTarget(
                    EventFold(history, [fold], devices: devices, from: request.window.first))
                projections.append((target.id, one))
                targets[target.id] = one
            case .file(let path):
                let file = try FileTarget(path: path)
                sinks.append(file)
                targets[target.id] = file
            case .process(let process):
                let program = ProcessTarget(
                    process.command, timeoutSeconds: process.timeoutSeconds)
                processes.append(program)
                targets[target.id] = program
            }
        }
        targets = Dictionary(
            uniqueKeysWithValues: targets.map { ($0.key, watched($0.key, $0.value)) })
        for one in managed { targets[one.targetID] = one.target }
        let bus = Bus(
            name: BusName(
                name: request.topology.bus.name, account: request.topology.bus.account,
                region: request.topology.bus.region),
            rules: try managed.map { try $0.rule() } + parts.rules.map { try $0.runtime() },
            targets: targets, seed: request.seed, disturbance: disturber)
        var feeders: [FeederDevice] = []
        if let link {
            for feeder in parts.installation.feeders {
                let client = try link.makeClient(
                    ClientSettings(
                        id: feeder.clientID, cleanSession: feeder.firmware != .mended,
                        acknowledgesLate: feeder.firmware == .mended))
                feeders.append(
                    FeederDevice(
                        name: feeder.feeder ?? FeederSystem.defaultFeeder, client: client,
                        settings: feeder.settings(
                            states: request.states,
                            portions: parts.portions(of: feeder.feeder)),
                        actionFilter: feeder.actionTopic, statesTopic: feeder.statesTopic, at: now))
                for network in networks {
                    network.listeners[Array(feeder.actionTopic.utf8), default: []]
                        .append(feeders[feeders.count - 1])
                }
            }
        }
        self.init(
            bus: bus, link: link, functions: functions, feeders: feeders,
            projections: projections, sinks: sinks, processes: processes, at: now)
    }
}
