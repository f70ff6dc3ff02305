import CMosquitto
import Glibc
import MQTTBroker

/// An MQTT 3.1.1 client over libmosquitto, without a thread of its own.
///
/// Every call does its input and output while it lasts and returns when what it promises has
/// happened, or throws when its time is over. Nothing happens between calls: no PINGREQ is sent
/// and no message is taken, so a keep-alive needs a call more often than it says. A lost
/// connection stays lost until `connect`.
///
///     let feeder = MosquittoClient(clientID: "CatFeederThingESP32", keepAliveSeconds: 0)
///     try feeder.connect(to: .tcp(host: "127.0.0.1"), timeout: .seconds(5))
///     try feeder.subscribe("cat-feeder/action", qos: .zero, timeout: .seconds(5))
///     let messages = try feeder.receive(atLeast: 1, timeout: .seconds(60))
///
/// To be used from one thread at a time, which the compiler sees to: it is not `Sendable`. It
/// holds three descriptors, and works where they are 1,024 or more.
public final class MosquittoClient {
    /// What the client is called at the broker.
    public let clientID: String
    /// Whether the broker forgets subscriptions and messages when the connection ends.
    public let cleanSession: Bool
    /// 0: none; otherwise 5 to 65,535.
    public let keepAliveSeconds: Int
    /// What the broker publishes if the connection ends without a DISCONNECT.
    public let will: Message?

    /// Whether the connection stood when the last call ended. The broker may have gone since.
    public internal(set) var isConnected = false

    let arrivals = Arrivals()
    var handle: LibraryHandle?
    var broker: BrokerAddress?
    /// Why the connection ended, if not by us.
    var loss: String?

    /// - Parameters:
    ///   - clientID: may be empty with a clean session: the broker then chooses one.
    ///   - keepAliveSeconds: 0 to leave it off. 1 to 4 are refused by `connect`.
    public init(
        clientID: String, cleanSession: Bool = true, keepAliveSeconds: Int, will: Message? = nil
    ) {
        self.clientID = clientID
        self.cleanSession = cleanSession
        self.keepAliveSeconds = keepAliveSeconds
        self.will = will
    }

    /// Ends the connection with DISCONNECT, so that the will is not published. If the broker does
    /// not take the packet within a second, the connection is cut.
    ///
    /// Messages that have arrived can still be received.
    public func disconnect() {
        guard isConnected, let handle else { return forgetConnection() }
        let deadline = Deadline(after: .seconds(1))
        // Closing with unread bytes would send a reset, which can overtake the DISCONNECT.
        drain(until: deadline)
        if isConnected, handle.socket >= 0, mosquitto_disconnect(handle.pointer) == 0 {
            // libmosquitto closes the socket once the packet is written.
            do throws(Interruption) {
                try pump(until: deadline) { handle.socket < 0 }
            } catch {}
        }
        cut()
        loss = nil
    }

    /// Cuts the connection without DISCONNECT, as a power failure would: the broker publishes the
    /// will. Messages that have arrived can still be received.
    public func abandon() {
        cut()
        loss = nil
    }

    /// Ends the connection from our side.
    func cut() {
        if let socket = handle?.socket, socket >= 0 { shutdown(socket, Int32(SHUT_RDWR)) }
        forgetConnection()
    }

    /// A session that is kept keeps the handle, too: in it are the packet ids in use and the
    /// messages that the standard tells us to send again.
    func forgetConnection() {
        isConnected = false
        if cleanSession { handle = nil }
    }

    func failure(_ kind: MQTTClientError.Kind, fate: MessageFate? = nil) -> MQTTClientError {
        MQTTClientError(kind, broker: broker, clientID: clientID, fate: fate)
    }

    /// Why there is no connection.
    var absence: MQTTClientError.Kind {
        loss.map { .connectionLost(reason: $0) } ?? .notConnected
    }
}
