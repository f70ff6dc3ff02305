import CatFeeder
import EventModel
import MQTTBroker
import MosquittoClient

/// A way to a broker of somebody else's, by libmosquitto.
///
/// Nothing is known of what goes on inside it, so a message of QoS 0 counts as there when our own
/// feeders have it: each publish is waited for at the feeders that subscribe to its topic.
public final class RemoteLink: BrokerLink {
    fileprivate let address: BrokerAddress
    fileprivate let tls: TLSFiles?
    fileprivate let timeout: Duration
    private let clientSuffix: String
    private var clients: [RemoteClient] = []
    /// The clients that subscribe to each topic.
    private var subscribers: [[UInt8]: [Int]] = [:]
    /// Messages for our feeders that were sent since all had arrived for the last time.
    private var underWay: [Message] = []

    /// - Parameters:
    ///   - timeout: how long an answer or a delivery may take.
    ///   - clientSuffix: what client ids end with here, so that nobody who is connected by the
    ///     topology's is thrown out.
    public init(
        _ address: BrokerAddress, tls: TLSFiles? = nil, timeout: Duration = .seconds(5),
        clientSuffix: String = ""
    ) {
        self.clientSuffix = clientSuffix
        self.address = address
        self.tls = tls
        self.timeout = timeout
    }

    public func makeClient(_ settings: ClientSettings) -> any MessagingClient {
        var settings = settings
        settings.id += clientSuffix
        let client = RemoteClient(settings, number: clients.count, link: self)
        clients.append(client)
        return client
    }

    fileprivate func subscribed(_ client: Int, to filter: String) {
        let topic = Array(filter.utf8)
        if subscribers[topic]?.contains(client) != true {
            subscribers[topic, default: []].append(client)
        }
    }

    fileprivate func published(_ message: Message) {
        guard let hearing = subscribers[message.topic.bytes] else { return }
        underWay.append(message)
        for client in hearing { clients[client].expected += 1 }
    }

    public func settle(at now: Timestamp, _ give: (Int, Message) throws -> Void) throws {
        guard !underWay.isEmpty else { return }
        for client in clients {
            for message in try client.takeDeliveries() { try give(client.number, message) }
        }
        underWay.removeAll(keepingCapacity: true)
    }

    /// What the client's error means to a run, with the messages of which nobody knows whether they
    /// have arrived.
    fileprivate func failure(_ error: MQTTClientError, of message: Message? = nil) -> LinkError {
        var unsure = underWay
        if let message, error.fate != .notSent { unsure.append(message) }
        let kind: LinkError.Kind =
            switch error.kind {
            case .cannotConnect, .tls: .unreachable
            case .timeout: .timeout
            case .connectionLost, .notConnected: .closed
            case .refused, .rejected, .subscriptionRefused: .refused
            }
        guard !unsure.isEmpty else { return LinkError(kind, "\(error)") }
        let list = unsure.map { "\($0.topic) \(String(decoding: $0.payload, as: UTF8.self))" }
        return LinkError(
            kind,
            "\(error) It is unknown whether this has arrived, which may come twice if it is sent"
                + " again: \(list.joined(separator: ", "))")
    }

    public func cut(_ client: Int, at now: Timestamp) throws { throw notOurs("cut a connection") }

    public func lose(_ count: Int, to client: Int) throws { throw notOurs("lose a message") }

    private func notOurs(_ what: String) -> LinkError {
        LinkError(
            .refused,
            "\(address) is no broker of ours and cannot be made to \(what); take --mqtt memory or"
                + " wire")
    }

    public func advance(to now: Timestamp) {}

    public func takeTranscript(_ body: ([UInt8]) throws -> Void) {}

    public func close(at now: Timestamp) {
        for client in clients { client.disconnect(at: now) }
    }
}

/// A libmosquitto client of a broker that is not ours.
private final class RemoteClient: MessagingClient {
    let number: Int
    private let settings: ClientSettings
    private unowned let link: RemoteLink
    private let client: MosquittoClient
    /// Messages that must still arrive.
    var expected = 0

    init(_ settings: ClientSettings, number: Int, link: RemoteLink) {
        self.settings = settings
        self.number = number
        self.link = link
        client = MosquittoClient(
            clientID: settings.id, cleanSession: settings.cleanSession, keepAliveSeconds: 0)
    }

    var id: String { settings.id }
    var isConnected: Bool { client.isConnected }

    func connect(at now: Timestamp) throws {
        expected = 0
        do throws(MQTTClientError) {
            try client.connect(to: link.address, tls: link.tls, timeout: link.timeout)
        } catch { throw link.failure(error) }
    }

    func subscribe(_ filter: String, qos: QoS, at now: Timestamp) throws {
        do throws(MQTTClientError) {
            try client.subscribe(filter, qos: qos, timeout: link.timeout)
        } catch { throw link.failure(error) }
        link.subscribed(number, to: filter)
    }

    func publish(_ message: Message, at now: Timestamp) throws {
        do throws(MQTTClientError) {
            try client.publish(message, timeout: link.timeout)
        } catch { throw link.failure(error, of: message) }
        link.published(message)
    }

    func takeDeliveries() throws -> [Message] {
        guard expected > 0 else { return [] }
        do throws(MQTTClientError) {
            let messages = try client.receive(atLeast: expected, timeout: link.timeout)
            expected = max(0, expected - messages.count)
            return messages
        } catch { throw link.failure(error) }
    }

    func acknowledge(at now: Timestamp) {}

    func disconnect(at now: Timestamp) { client.disconnect() }
}
