import CatFeeder
import EventBus
import EventModel
import Expectations
import MQTTBroker

/// The network between function and feeder, in which messages that arrive at QoS 0 get lost: those that the fault
/// profile strikes, and those for a feeder that is away.
///
/// Each loss is logged with the event's sequence, so that the audit knows that it may be.
final class FaultyPublisher: MessagePublisher {
    /// The attempt that is under way.
    var attempt: AttemptAddress?
    private let inner: any MessagePublisher
    private let link: any BrokerLink
    private let disturber: Disturber
    private let log: DecisionLog
    /// The feeders that hear each topic.
    var listeners: [[UInt8]: [FeederDevice]] = [:]

    init(
        _ inner: any MessagePublisher, link: any BrokerLink, disturber: Disturber,
        log: DecisionLog
    ) {
        self.inner = inner
        self.link = link
        self.disturber = disturber
        self.log = log
    }

    func publish(_ message: Message, at now: Timestamp) throws {
        guard let attempt else { return try inner.publish(message, at: now) }
        let isStruck = disturber.losesMessage(of: attempt, at: now)
        var lost = 0
        for feeder in listeners[message.topic.bytes] ?? [] {
            // The lower of both ends' QoS is what counts.
            guard message.qos == .zero || !feeder.hearsQoS1 else { continue }
            if !feeder.client.isConnected {
                lost += 1
            } else if isStruck {
                try link.lose(1, to: feeder.client.number)
                lost += 1
            }
        }
        try inner.publish(message, at: now)
        for _ in 0..<lost { log.note(attempt, .lost, now) }
    }
}

/// Tells the network which attempt is under way, and gives the event on.
final class WatchedTarget: Target {
    private let inner: any Target
    private let id: String
    private let publisher: FaultyPublisher

    init(_ inner: any Target, id: String, publisher: FaultyPublisher) {
        self.inner = inner
        self.id = id
        self.publisher = publisher
    }

    func receive(_ delivery: borrowing Delivery) throws {
        publisher.attempt = AttemptAddress(
            sequence: delivery.event.sequence ?? 0, target: id, attempt: delivery.attempt)
        defer { publisher.attempt = nil }
        try inner.receive(delivery)
    }
}
