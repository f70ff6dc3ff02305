import EventModel
import MQTTBroker

/// Publishes by a client of a link: in memory, or libmosquitto's over real sockets.
public final class LinkPublisher: MessagePublisher {
    private let client: any MessagingClient

    /// Publishes as this client, which is connected with the first message.
    public init(_ client: any MessagingClient) { self.client = client }

    public func publish(_ message: Message, at now: Timestamp) throws {
        if !client.isConnected { try client.connect(at: now) }
        try client.publish(message, at: now)
    }
}
