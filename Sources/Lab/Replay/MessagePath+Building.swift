import CatFeeder
import EventBus
import EventModel
import Expectations
import MQTTBroker
import Projections
import Simulation
import Topology

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
        let link = parts.sendsMessages ? try makeLink(parts.installation.policyBook()) : nil
        var built = PathTargets(
            parts: parts, history: history, folds: folds, devices: devices, link: link,
            disturber: disturber, log: log, directory: FeederDirectory(parts.registrations))
        for target in parts.rules.filter(\.isEnabled).flatMap(\.targets) { try built.add(target) }
        var targets = Dictionary(
            uniqueKeysWithValues: built.byID.map { ($0.key, watched($0.key, $0.value)) })
        for one in managed { targets[one.targetID] = one.target }
        let (request, bus) = (parts.request, parts.request.topology.bus)
        self.init(
            bus: Bus(
                name: BusName(name: bus.name, account: bus.account, region: bus.region),
                rules: try managed.map { try $0.rule() } + parts.rules.map { try $0.runtime() },
                targets: targets, seed: request.seed, disturbance: disturber),
            link: link, functions: built.functions,
            feeders: try link.map { try parts.feeders($0, heardBy: built.networks, at: now) } ?? [],
            projections: built.projections, sinks: built.sinks, processes: built.processes, at: now)
    }
}

extension PathParts {
    /// The feeders, each a client of the broker.
    ///
    /// - Parameter networks: are told who hears which topic.
    fileprivate func feeders(
        _ link: any BrokerLink, heardBy networks: [FaultyPublisher], at now: Timestamp
    ) throws -> [FeederDevice] {
        try installation.feeders.map { feeder in
            let client = try link.makeClient(
                ClientSettings(
                    id: feeder.clientID, cleanSession: feeder.firmware != .mended,
                    acknowledgesLate: feeder.firmware == .mended))
            let device = FeederDevice(
                name: feeder.feeder ?? FeederSystem.defaultFeeder, client: client,
                settings: feeder.settings(
                    states: request.states, portions: portions(of: feeder.feeder)),
                actionFilter: feeder.actionTopic, statesTopic: feeder.statesTopic, at: now)
            for network in networks {
                network.listeners[Array(feeder.actionTopic.utf8), default: []].append(device)
            }
            return device
        }
    }
}

/// The targets of a path, made one by one in the topology's order, which is the order in which
/// their clients are numbered.
private struct PathTargets {
    let parts: PathParts
    let history: History
    let folds: [ProjectionFold]
    let devices: [String]
    let link: (any BrokerLink)?
    let disturber: Disturber?
    let log: DecisionLog
    let directory: FeederDirectory

    private(set) var byID: [String: any Target] = [:]
    private(set) var functions: [(String, FeederFunction)] = []
    private(set) var projections: [(String, ProjectionTarget)] = []
    private(set) var sinks: [any SinkTarget] = []
    private(set) var processes: [ProcessTarget] = []
    /// The networks that lose messages of functions.
    private(set) var networks: [FaultyPublisher] = []

    init(
        parts: PathParts, history: History, folds: [ProjectionFold], devices: [String],
        link: (any BrokerLink)?, disturber: Disturber?, log: DecisionLog,
        directory: FeederDirectory
    ) {
        self.parts = parts
        self.history = history
        self.folds = folds
        self.devices = devices
        self.link = link
        self.disturber = disturber
        self.log = log
        self.directory = directory
    }

    mutating func add(_ target: TopologyFile.Target) throws {
        switch target.kind {
        case .catFeeder(let feeder): try addFunction(feeder, id: target.id)
        case .projection(let name): try addProjection(name, id: target.id)
        case .file(let path):
            let file = try FileTarget(path: path)
            sinks.append(file)
            byID[target.id] = file
        case .process(let process):
            let program = ProcessTarget(
                process.command, timeoutSeconds: process.timeoutSeconds)
            processes.append(program)
            byID[target.id] = program
        }
    }

    private mutating func addFunction(_ feeder: TopologyFile.CatFeeder, id: String) throws {
        guard let link else { return }
        guard feeder.thing.variables.isEmpty else {
            throw ReplayError.topology(
                "target \(id): the function connects as one thing, and"
                    + " \"\(feeder.thing)\" stands for many")
        }
        let publisher = LinkPublisher(try link.makeClient(ClientSettings(id: feeder.thing.text)))
        let network = disturber.map {
            FaultyPublisher(publisher, link: link, disturber: $0, log: log)
        }
        let function = FeederFunction(
            feeder.variant == .deployed ? .deployed : .mended,
            route: TopicRoute(feeder.topic.text, directory: directory),
            publishesReplays: parts.request.publishesReplays || feeder.replays == .publish,
            publisher: network ?? publisher)
        functions.append((id, function))
        guard let network else {
            byID[id] = function
            return
        }
        networks.append(network)
        byID[id] = WatchedTarget(function, id: id, publisher: network)
    }

    private mutating func addProjection(_ name: String, id: String) throws {
        guard let fold = folds.first(where: { $0.name == name }) else {
            throw ReplayError.unknown(
                what: "projection", name: name,
                hint: Spelling.hint(for: name, among: folds.map(\.name)))
        }
        let target = ProjectionTarget(
            EventFold(history, [fold], devices: devices, from: parts.request.window.first))
        projections.append((id, target))
        byID[id] = target
    }
}
