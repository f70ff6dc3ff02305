import EventModel
import MQTTBroker

/// A way to a broker for the clients of one run: in memory, or over real sockets.
///
/// Synchronous, in virtual time: when `settle` returns, the broker has what was sent and the clients
/// have what the broker sent them. Nothing of the run goes on before.
public protocol BrokerLink: AnyObject {
    /// Makes a client; it is not connected yet. Clients are numbered from 0 in the order of this.
    func makeClient(_ settings: ClientSettings) throws -> any MessagingClient

    /// Waits until all that was sent has arrived, and gives what clients received, in order.
    func settle(at now: Timestamp, _ arrived: (_ client: Int, Message) throws -> Void) throws

    /// Cuts a client's connection, as a network would: nobody sends a DISCONNECT.
    func cut(_ client: Int, at now: Timestamp) throws

    /// The messages that a client has and has not acknowledged: the broker sends them again when it
    /// comes back.
    func unacknowledged(of client: Int) -> [Message]

    /// How many messages the broker keeps for a client: queued, or sent and not acknowledged; 0 where the
    /// link cannot know.
    func pendingDeliveries(to client: Int) -> Int

    /// How many messages of QoS 1 the broker gives a client that acknowledges late, before it waits
    /// for an acknowledgement; nil where clients of this link acknowledge at once.
    var windowOfLateClients: Int? { get }

    /// Loses the next so many messages on their way from the broker to a client, QoS 0 only.
    func lose(_ count: Int, to client: Int) throws

    /// Moves the broker's clock, so that what falls due there happens.
    func advance(to now: Timestamp) throws

    /// Hands over the transcript since the last call, as JSON Lines; nothing where none is recorded.
    func takeTranscript(_ body: ([UInt8]) throws -> Void) throws

    /// Ends all connections and what serves them.
    func close(at now: Timestamp) throws
}

extension BrokerLink {
    public func unacknowledged(of client: Int) -> [Message] { [] }
    public func pendingDeliveries(to client: Int) -> Int { 0 }
    public var windowOfLateClients: Int? { nil }
}

/// What a client is called, and how it connects.
public struct ClientSettings: Sendable {
    /// The client id.
    public var id: String
    /// Whether the broker forgets the client's subscriptions and messages when it goes.
    public var cleanSession: Bool
    /// Whether messages of QoS 1 are acknowledged when they are dealt with, by `acknowledge`, and
    /// not when they arrive. In memory only: libmosquitto acknowledges by itself.
    public var acknowledgesLate: Bool

    /// A client that keeps no session and acknowledges at once, unless told otherwise.
    public init(id: String, cleanSession: Bool = true, acknowledgesLate: Bool = false) {
        self.id = id
        self.cleanSession = cleanSession
        self.acknowledgesLate = acknowledgesLate
    }
}

/// One client of a broker.
public protocol MessagingClient: AnyObject {
    /// The number that `BrokerLink.settle` and faults call it by.
    var number: Int { get }
    /// The client id.
    var id: String { get }
    /// Whether it has a connection that the broker accepted.
    var isConnected: Bool { get }

    /// Connects with the settings that it was made with.
    func connect(at now: Timestamp) throws
    /// Subscribes to one topic filter; returns when the broker has granted it.
    func subscribe(_ filter: String, qos: QoS, at now: Timestamp) throws
    /// Sends a message. Of QoS 1 it returns when the broker has it.
    func publish(_ message: Message, at now: Timestamp) throws
    /// Acknowledges the oldest message of QoS 1 that was not acknowledged yet.
    func acknowledge(at now: Timestamp) throws
    /// Sends DISCONNECT and ends the connection.
    func disconnect(at now: Timestamp) throws
}

/// Why a message did not get through.
public struct LinkError: Error, Sendable, CustomStringConvertible {
    /// What a caller can tell apart without reading the description.
    public enum Kind: Sendable, Equatable {
        /// The broker cannot be reached, or refused the connection.
        case unreachable
        /// The broker closed the connection.
        case closed
        /// The broker did not do in time what it should.
        case timeout
        /// The broker refused the subscription or said something that MQTT does not allow.
        case refused
    }

    /// Which of them it was.
    public var kind: Kind
    public var description: String

    /// An error that says what, where and what was expected.
    public init(_ kind: Kind, _ description: String) {
        self.kind = kind
        self.description = description
    }
}
