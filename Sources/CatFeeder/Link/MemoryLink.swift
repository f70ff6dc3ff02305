import EventModel
import MQTTBroker

/// A way to a broker core in the same thread: packets go over as values, nothing is encoded.
public final class MemoryLink: BrokerLink {
    private var core: BrokerCore
    private var clients: [MemoryClient] = []
    private var actions: [BrokerAction] = []
    /// The client of each connection: connections are numbered from 0 and never again.
    private var owners: [Int] = []
    private var arrived: [(client: Int, message: Message)] = []
    private var lines: [UInt8] = []

    /// - Parameter policies: nil where any client may do anything. Clients are known by their ids,
    ///   there being no certificates.
    public init(
        settings: BrokerSettings = .inVirtualTime, policies: PolicyBook? = nil,
        recordsTranscript: Bool
    ) {
        core = BrokerCore(settings: settings, policies: policies)
        core.recordsTranscript = recordsTranscript
    }

    public var windowOfLateClients: Int? { core.settings.maximumInFlight }

    /// What the broker in memory counted.
    public var statistics: BrokerStatistics { core.statistics }

    public func makeClient(_ settings: ClientSettings) -> any MessagingClient {
        let client = MemoryClient(settings, number: clients.count, link: self)
        clients.append(client)
        return client
    }

    public func settle(at now: Timestamp, _ give: (Int, Message) throws -> Void) throws {
        var place = 0
        // What arrives may make somebody send, and more arrive.
        while place < arrived.count {
            let (client, message) = arrived[place]
            place += 1
            try give(client, message)
        }
        arrived.removeAll(keepingCapacity: true)
    }

    public func cut(_ client: Int, at now: Timestamp) {
        guard let id = clients[client].connection else { return }
        core.close(id, at: now)
        clients[client].wasClosed()
        perform(at: now)
    }

    public func unacknowledged(of client: Int) -> [Message] {
        clients[client].unacknowledged.map(\.message)
    }

    public func lose(_ count: Int, to client: Int) {
        core.loseNext(deliveries: count, to: clients[client].id)
    }

    /// How many messages to a client are unacknowledged, or wait for it to come back.
    public func pendingDeliveries(to client: Int) -> Int {
        core.pendingDeliveries(to: clients[client].id)
    }

    public func advance(to now: Timestamp) {
        guard let next = core.nextDeadline, next <= now else { return }
        core.advance(to: now)
        perform(at: now)
    }

    public func takeTranscript(_ body: ([UInt8]) throws -> Void) throws {
        lines.removeAll(keepingCapacity: true)
        core.takeTranscript(appendingTo: &lines)
        if !lines.isEmpty { try body(lines) }
    }

    public func close(at now: Timestamp) {
        for client in clients where client.isConnected { client.disconnect(at: now) }
    }

    func open(at now: Timestamp, for client: Int) -> ConnectionID {
        let id = ConnectionID(UInt64(owners.count))
        owners.append(client)
        core.open(id, principal: nil, at: now)
        return id
    }

    func send(_ packet: Packet, on id: ConnectionID, at now: Timestamp) {
        core.receive(packet, on: id, at: now)
        perform(at: now)
    }

    /// Carries out what the core has decided, and what the clients answer, until all is quiet.
    private func perform(at now: Timestamp) {
        while core.hasActions {
            core.takeActions(into: &actions)
            for action in actions {
                switch action {
                case .send(let id, let packet):
                    let client = clients[owners[Int(id.rawValue)]]
                    guard client.connection == id else { continue }
                    take(packet, for: client, on: id, at: now)
                case .close(let id):
                    let client = clients[owners[Int(id.rawValue)]]
                    if client.connection == id { client.wasClosed() }
                }
            }
        }
    }

    private func take(
        _ packet: Packet, for client: MemoryClient, on id: ConnectionID, at now: Timestamp
    ) {
        guard case .publish(let publish) = packet else { return client.take(packet) }
        arrived.append((client.number, publish.message))
        guard publish.message.qos != .zero else { return }
        if client.settings.acknowledgesLate {
            client.unacknowledged.append((publish.packetID, publish.message))
        } else {
            core.receive(.puback(publish.packetID), on: id, at: now)
        }
    }
}

/// A client of a core in memory. Knows QoS 0 and 1.
final class MemoryClient: MessagingClient {
    let number: Int
    let settings: ClientSettings
    fileprivate(set) var connection: ConnectionID?
    fileprivate var unacknowledged: [(packetID: UInt16, message: Message)] = []
    private unowned let link: MemoryLink
    private var isAccepted = false
    private var refusal: ConnectReturnCode?
    private var granted: SubscribeReturnCode?
    private var acknowledged: UInt16?
    private var lastPacketID: UInt16 = 0

    init(_ settings: ClientSettings, number: Int, link: MemoryLink) {
        self.settings = settings
        self.number = number
        self.link = link
    }

    var id: String { settings.id }
    var isConnected: Bool { connection != nil && isAccepted }

    func connect(at now: Timestamp) throws {
        if connection != nil { disconnect(at: now) }
        (isAccepted, refusal, unacknowledged) = (false, nil, [])
        let id = link.open(at: now, for: number)
        connection = id
        link.send(
            .connect(Connect(clientID: settings.id, cleanSession: settings.cleanSession)), on: id,
            at: now)
        guard !isAccepted else { return }
        connection = nil
        throw LinkError(
            refusal == nil ? .closed : .refused,
            "the broker refused \(settings.id)"
                + (refusal.map { " with CONNACK \($0.rawValue)" } ?? ""))
    }

    func subscribe(_ filter: String, qos: QoS, at now: Timestamp) throws {
        guard let connection, isAccepted else { throw notConnected() }
        granted = nil
        guard let filter = TopicFilter(filter) else {
            throw LinkError(.refused, "\(filter) is no topic filter")
        }
        let subscribe = Subscribe(
            packetID: nextPacketID(),
            entries: [Subscribe.Entry(filter, qos)])
        link.send(.subscribe(subscribe), on: connection, at: now)
        guard isConnected else { throw closed("after it subscribed to \(filter)") }
        guard case .granted? = granted else {
            throw LinkError(.refused, "the broker refused \(id) the filter \(filter)")
        }
    }

    func publish(_ message: Message, at now: Timestamp) throws {
        guard let connection, isAccepted else { throw notConnected() }
        guard message.qos != .zero else {
            link.send(.publish(Publish(message)), on: connection, at: now)
            guard isConnected else { throw closed("after a publish to \(message.topic)") }
            return
        }
        let packetID = nextPacketID()
        acknowledged = nil
        var message = message
        message.qos = .one
        link.send(.publish(Publish(message, packetID: packetID)), on: connection, at: now)
        guard isConnected else { throw closed("after a publish to \(message.topic)") }
        guard acknowledged == packetID else {
            throw LinkError(
                .timeout,
                "the broker did not acknowledge a message of \(id) to \(message.topic)")
        }
    }

    func acknowledge(at now: Timestamp) {
        guard let connection, !unacknowledged.isEmpty else { return }
        link.send(.puback(unacknowledged.removeFirst().packetID), on: connection, at: now)
    }

    func disconnect(at now: Timestamp) {
        guard let connection else { return }
        link.send(.disconnect, on: connection, at: now)
        wasClosed()
    }

    func wasClosed() {
        connection = nil
        isAccepted = false
        unacknowledged = []
    }

    func take(_ packet: Packet) {
        switch packet {
        case .connack(_, .accepted): isAccepted = true
        case .connack(_, let code): refusal = code
        case .suback(_, let codes): granted = codes.first
        case .puback(let id): acknowledged = id
        default: break
        }
    }

    private func nextPacketID() -> UInt16 {
        lastPacketID = lastPacketID == .max ? 1 : lastPacketID + 1
        return lastPacketID
    }

    private func notConnected() -> LinkError {
        LinkError(.closed, "\(id) is not connected to the broker")
    }

    private func closed(_ when: String) -> LinkError {
        LinkError(.closed, "the broker closed the connection of \(id) \(when)")
    }
}

extension BrokerSettings {
    /// The standard's broker where time is virtual: no keep-alive, no connect time-out, and no message
    /// dropped because too many wait. A replay is faster than history, and audited to the last message.
    public static var inVirtualTime: BrokerSettings {
        var settings = BrokerSettings()
        settings.keepAliveEnabled = false
        settings.connectTimeoutSeconds = nil
        settings.bindsPoliciesByClientID = true
        settings.maximumQueuedMessages = .max
        settings.maximumQueuedBytes = .max
        return settings
    }
}
