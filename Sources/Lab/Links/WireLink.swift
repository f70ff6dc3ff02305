import CatFeeder
import EventModel
import MQTTBroker
import MQTTServer
import MosquittoClient

/// A way to a broker of our own over real sockets: libmosquitto on one side, the server on the other,
/// and the virtual clock between them.
///
/// Lock step: a publish returns when the broker has it and what follows from it is out, and `settle`
/// when that has arrived. So the broker sees the same packets at the same virtual times as in memory,
/// and its transcript has the same bytes.
public final class WireLink: BrokerLink {
    fileprivate let server: BrokerServer
    fileprivate let clock: VirtualClock
    fileprivate let address: BrokerAddress
    private var clients: [WireClient] = []
    /// How long anything on this machine may take before it is an error.
    fileprivate static let timeout = Duration.seconds(10)

    public init(policies: PolicyBook?, recordsTranscript: Bool) throws {
        clock = VirtualClock(Timestamp(microseconds: 0))
        server = BrokerServer(
            settings: .inVirtualTime, policies: policies, clock: clock,
            recordsTranscript: recordsTranscript)
        let bound = try server.listen(on: .tcp(host: "127.0.0.1", port: 0))
        address = try BrokerAddress(parsing: "mqtt://127.0.0.1:\(bound.port ?? 0)")
    }

    deinit { server.shutDown() }

    public func makeClient(_ settings: ClientSettings) -> any MessagingClient {
        let client = WireClient(settings, number: clients.count, link: self)
        clients.append(client)
        return client
    }

    public func settle(at now: Timestamp, _ give: (Int, Message) throws -> Void) throws {
        var isQuiet = false
        while !isQuiet {
            isQuiet = true
            for client in clients {
                let messages = try client.takeDeliveries()
                for message in messages { try give(client.number, message) }
                if !messages.isEmpty { isQuiet = false }
            }
        }
    }

    public func cut(_ client: Int, at now: Timestamp) throws {
        clock.advance(to: now)
        let id = clients[client].id
        _ = try server.withCore { $0.dropConnection(of: id, at: now) }
        try clients[client].wasCut()
    }

    public func lose(_ count: Int, to client: Int) throws {
        let id = clients[client].id
        try server.withCore { $0.loseNext(deliveries: count, to: id) }
    }

    public func advance(to now: Timestamp) { clock.advance(to: now) }

    public func takeTranscript(_ body: ([UInt8]) throws -> Void) throws {
        let lines = server.takeTranscript()
        if !lines.isEmpty { try body(lines) }
    }

    public func close(at now: Timestamp) throws {
        clock.advance(to: now)
        for client in clients where client.isConnected { try client.disconnect(at: now) }
    }
}

/// A libmosquitto client in lock step with our own server.
private final class WireClient: MessagingClient {
    let number: Int
    private let settings: ClientSettings
    private unowned let link: WireLink
    private let client: MosquittoClient
    private let view: ClientView
    /// PUBLISH packets that were sent and taken on this connection.
    private var sent = 0
    private var taken = 0

    init(_ settings: ClientSettings, number: Int, link: WireLink) {
        self.settings = settings
        self.number = number
        self.link = link
        client = MosquittoClient(
            clientID: settings.id, cleanSession: settings.cleanSession, keepAliveSeconds: 0)
        view = link.server.view(of: settings.id)
    }

    var id: String { settings.id }
    var isConnected: Bool { client.isConnected }

    func connect(at now: Timestamp) throws {
        link.clock.advance(to: now)
        (sent, taken) = (0, 0)
        try client.connect(to: link.address, timeout: WireLink.timeout)
        guard view.waitForConnection(true, timeout: WireLink.timeout) else {
            throw late("the connection of \(id)")
        }
    }

    func subscribe(_ filter: String, qos: QoS, at now: Timestamp) throws {
        link.clock.advance(to: now)
        try client.subscribe(filter, qos: qos, timeout: WireLink.timeout)
    }

    func publish(_ message: Message, at now: Timestamp) throws {
        link.clock.advance(to: now)
        try client.publish(message, timeout: WireLink.timeout)
        sent += 1
        guard view.waitForPublishes(sent, timeout: WireLink.timeout) else {
            throw late("a message of \(id)")
        }
        guard view.publishCount >= sent else {
            try client.waitForDisconnect(timeout: WireLink.timeout)
            throw LinkError(
                .closed,
                "the broker closed the connection of \(id) after a publish to \(message.topic)")
        }
    }

    /// What the broker has sent since the last time, waited for.
    func takeDeliveries() throws -> [Message] {
        let missing = view.deliveryCount - taken
        guard missing > 0, isConnected else { return [] }
        let messages = try client.receive(atLeast: missing, timeout: WireLink.timeout)
        taken += messages.count
        return messages
    }

    /// libmosquitto acknowledges by itself.
    func acknowledge(at now: Timestamp) {}

    func wasCut() throws {
        try client.waitForDisconnect(timeout: WireLink.timeout)
        guard view.waitForConnection(false, timeout: WireLink.timeout) else {
            throw late("the end of the connection of \(id)")
        }
    }

    func disconnect(at now: Timestamp) throws {
        link.clock.advance(to: now)
        client.disconnect()
        guard view.waitForConnection(false, timeout: WireLink.timeout) else {
            throw late("the end of the connection of \(id)")
        }
    }

    private func late(_ what: String) -> LinkError {
        LinkError(
            .timeout,
            "the broker in this process did not take \(what) within \(WireLink.timeout)")
    }
}
