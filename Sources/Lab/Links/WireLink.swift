import CatFeeder
import EventModel
import MQTTBroker
import MQTTServer
import MosquittoClient

/// A way to a broker of our own over real sockets: libmosquitto on one side, the server on the other,
/// and the virtual clock between them.
///
/// Lock step: nothing is sent and no time passes before the broker has taken in what was sent before,
/// and `settle` returns when what follows from it has arrived. So the broker sees the same packets at
/// the same virtual times as in memory, and its transcript has the same bytes.
///
/// The broker works while we do: a publish that nobody hears is waited for only when something else
/// is to be done, and one that is heard is waited for at the sockets where it arrives.
public final class WireLink: BrokerLink {
    fileprivate let server: BrokerServer
    private let clock: VirtualClock
    fileprivate let address: BrokerAddress
    private var clients: [WireClient] = []
    /// The clients that subscribe to each topic, and those that do to a filter with wildcards.
    private var hearing: [[UInt8]: [Int]] = [:]
    private var hearingMore: [Int] = []
    /// Who has sent what the broker may not have taken in yet, and who hears it.
    private var unconfirmed: (client: WireClient, heardBy: [Int])?
    /// How long anything on this machine may take before it is an error.
    fileprivate static let timeout = Duration.seconds(10)
    /// How often one looks whether something has come, before one sleeps: some 50 µs.
    private static let looks = 40

    /// Starts a broker on a free port of this machine.
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
        // What nobody hears brings nobody anything.
        if let unconfirmed, !unconfirmed.heardBy.isEmpty { try confirm() }
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
        try prepare(at: now)
        let id = clients[client].id
        _ = try server.withCore { $0.dropConnection(of: id, at: now) }
        try clients[client].wasCut()
    }

    public func lose(_ count: Int, to client: Int) throws {
        try confirm()
        let id = clients[client].id
        try server.withCore { $0.loseNext(deliveries: count, to: id) }
    }

    public func advance(to now: Timestamp) throws {
        guard clock.now() < now else { return }
        try prepare(at: now)
    }

    public func takeTranscript(_ body: ([UInt8]) throws -> Void) throws {
        try confirm()
        let lines = server.takeTranscript()
        if !lines.isEmpty { try body(lines) }
    }

    public func close(at now: Timestamp) throws {
        try prepare(at: now)
        for client in clients where client.isConnected { try client.disconnect(at: now) }
    }

    // MARK: Lock step

    /// Before anything is done at `now`.
    fileprivate func prepare(at now: Timestamp) throws {
        try confirm()
        clock.advance(to: now)
    }

    fileprivate func subscribed(_ client: Int, to filter: String) {
        let topic = Array(filter.utf8)
        if topic.contains(UInt8(ascii: "+")) || topic.contains(UInt8(ascii: "#")) {
            if !hearingMore.contains(client) { hearingMore.append(client) }
        } else if hearing[topic]?.contains(client) != true {
            hearing[topic, default: []].append(client)
        }
    }

    /// A message is on its way.
    fileprivate func published(to topic: TopicName, by client: WireClient) {
        unconfirmed = (client, (hearing[topic.bytes] ?? []) + hearingMore)
    }

    /// Waits until the broker has taken in what was sent, and what follows from it is out.
    private func confirm() throws {
        guard let (client, heardBy) = unconfirmed else { return }
        unconfirmed = nil
        if !heardBy.isEmpty {
            for _ in 1...Self.looks where !client.isConfirmed {
                for place in heardBy { try clients[place].takeIn() }
            }
        }
        try client.confirm()
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
    /// Messages that were taken and not yet given out.
    private var inbox: [Message] = []
    private var lastTopic: TopicName?

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
        try link.prepare(at: now)
        (sent, taken, inbox) = (0, 0, [])
        try client.connect(to: link.address, timeout: WireLink.timeout)
        guard view.waitForConnection(true, timeout: WireLink.timeout) else {
            throw late("the connection of \(id)")
        }
    }

    func subscribe(_ filter: String, qos: QoS, at now: Timestamp) throws {
        try link.prepare(at: now)
        try client.subscribe(filter, qos: qos, timeout: WireLink.timeout)
        link.subscribed(number, to: filter)
    }

    func publish(_ message: Message, at now: Timestamp) throws {
        try link.prepare(at: now)
        try client.publish(message, timeout: WireLink.timeout)
        link.server.announcePublish()
        sent += 1
        lastTopic = message.topic
        link.published(to: message.topic, by: self)
    }

    /// Whether nothing need be waited for: the broker has it all, or closed the connection.
    var isConfirmed: Bool { view.publishCount >= sent || !view.isConnected }

    /// Waits until the broker has taken in what was sent.
    func confirm() throws {
        guard view.waitForPublishes(sent, timeout: WireLink.timeout) else {
            throw late("a message of \(id)")
        }
        // It takes a packet in and closes the connection for it, in this order or at once.
        guard view.isConnected else {
            try client.waitForDisconnect(timeout: WireLink.timeout)
            throw LinkError(
                .closed,
                "the broker closed the connection of \(id) after a publish to"
                    + " \(lastTopic.map { "\($0)" } ?? "a topic")")
        }
    }

    /// Takes what has arrived, without waiting.
    func takeIn() throws {
        guard isConnected else { return }
        let messages = try client.receive(atLeast: 0, timeout: .zero)
        taken += messages.count
        inbox += messages
    }

    /// What the broker has sent since the last time, waited for.
    func takeDeliveries() throws -> [Message] {
        let missing = view.deliveryCount - taken
        if missing > 0, isConnected {
            let messages = try client.receive(atLeast: missing, timeout: WireLink.timeout)
            taken += messages.count
            inbox += messages
        }
        guard !inbox.isEmpty else { return [] }
        defer { inbox.removeAll() }
        return inbox
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
        try link.prepare(at: now)
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
