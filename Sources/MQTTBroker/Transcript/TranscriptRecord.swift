import EventModel

/// What happened at the broker, and when: a line of the transcript.
///
/// No pings, acknowledgements, packet identifiers or DUP flags, and a message that is sent again
/// is not a second record: two runs that gave the same messages have the same transcript.
public struct TranscriptRecord: Sendable, Equatable {
    /// Which way a message went, and how far.
    public enum Direction: String, Sendable {
        /// From a client to the broker.
        case `in`
        /// From the broker to a client.
        case out
        /// From the broker, and lost on its way by an injected fault.
        case lost
        /// Among what went `out` before, and never sent: the client reads too slowly.
        case dropped
        /// A client's will, published by the broker.
        case will
    }

    /// What happened to the client, by the name of the packet.
    public enum Event: Sendable, Equatable {
        case connect(
            cleanSession: Bool, keepAlive: UInt16, sessionPresent: Bool, code: ConnectReturnCode)
        /// One a filter; the answer is nil where there was none.
        case subscribe(TopicFilter, QoS, SubscribeReturnCode?)
        case unsubscribe(TopicFilter)
        case publish(Direction, Message)
        case disconnect(DisconnectReason)
    }

    /// The broker's time.
    public var time: Timestamp
    /// The client id, UTF-8.
    public var client: [UInt8]
    /// What happened.
    public var event: Event

    /// A record, as a line of the transcript says it.
    public init(time: Timestamp, client: [UInt8], event: Event) {
        self.time = time
        self.client = client
        self.event = event
    }
}
