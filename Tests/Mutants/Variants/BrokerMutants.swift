import EventModel
import MQTTBroker

extension Mutant {
    static let broker = [
        Mutant(
            "delivers-a-retained-command-again", .broker,
            "a session that is taken up gets the retained message once more",
            by: Oracles.broker, "a message too many", within: 300,
            Minimum(
                "connect", "subscribe", "publish retained", "connect",
                because: "a session is made, subscribed and taken up, and a message retained"),
            part: { RetainingBroker(CoreBroker($0)) }),
        Mutant(
            "keeps-no-queue", .broker, "what comes while a persistent session is away is dropped",
            by: Oracles.broker, "a message too few", within: 300,
            Minimum(
                "connect", "subscribe", "lose the connection", "publish", "connect",
                because:
                    "a session is made, subscribed, left and taken up, and a message comes between"
            ), part: { ForgetfulBroker(CoreBroker($0)) }),
        Mutant(
            "delivers-in-another-order", .broker, "a queue is delivered from its end",
            by: Oracles.broker, "another order", within: 600,
            Minimum(
                "connect", "subscribe", "lose the connection", "publish", "publish", "connect",
                because: "an order takes two messages in the queue of a session"),
            part: { ReversingBroker(CoreBroker($0)) }),
        Mutant(
            "ignores-clean-session", .broker,
            "every session is kept, also one that asks to be clean",
            by: Oracles.broker, "the session's presence", within: 60,
            Minimum(
                "connect", "connect clean",
                because: "a session is made, and who asks for a clean one must not find it"),
            part: { UncleanBroker(CoreBroker($0)) }),
        Mutant(
            "ignores-the-expiry", .broker, "a session is kept for ever",
            by: Oracles.broker, "the session's presence", within: 100,
            Minimum(
                "connect", "lose the connection", "wait two hours", "connect",
                because: "a session is left for longer than it is kept, and taken up"),
            part: { (settings: BrokerSettings) in
                var settings = settings
                settings.sessionExpirySeconds = nil
                return CoreBroker(settings)
            }),
    ]
}

/// A broker behind which the real one stands.
private class BrokerFront: BrokerSide {
    let broker: any BrokerSide

    init(_ broker: any BrokerSide) { self.broker = broker }

    func open(_ id: ConnectionID, at now: Timestamp) { broker.open(id, at: now) }
    func receive(_ packet: Packet, on id: ConnectionID, at now: Timestamp) {
        broker.receive(packet, on: id, at: now)
    }
    func close(_ id: ConnectionID, at now: Timestamp) { broker.close(id, at: now) }
    func advance(to now: Timestamp) { broker.advance(to: now) }
    func takeActions() -> [BrokerAction] { broker.takeActions() }
}

private final class RetainingBroker: BrokerFront {
    private var retained: Message?
    private var isSubscribed = false

    override func receive(_ packet: Packet, on id: ConnectionID, at now: Timestamp) {
        switch packet {
        case .publish(let publish) where publish.message.retain: retained = publish.message
        case .subscribe: isSubscribed = true
        default: break
        }
        super.receive(packet, on: id, at: now)
    }

    override func takeActions() -> [BrokerAction] {
        super.takeActions().flatMap { action -> [BrokerAction] in
            guard case .send(let id, .connack(let isPresent, .accepted)) = action else {
                return [action]
            }
            isSubscribed = isSubscribed && isPresent
            guard isSubscribed, var message = retained else { return [action] }
            message.qos = .zero
            return [action, .send(id, .publish(Publish(message)))]
        }
    }
}

private final class ForgetfulBroker: BrokerFront {
    private var feeder: ConnectionID?

    override func receive(_ packet: Packet, on id: ConnectionID, at now: Timestamp) {
        switch packet {
        case .connect(let connect) where connect.clientID.elementsEqual("feeder".utf8): feeder = id
        // Retained messages are no queue.
        case .publish(let publish) where feeder == nil && !publish.message.retain: return
        default: break
        }
        super.receive(packet, on: id, at: now)
    }

    override func close(_ id: ConnectionID, at now: Timestamp) {
        if id == feeder { feeder = nil }
        super.close(id, at: now)
    }
}

private final class ReversingBroker: BrokerFront {
    override func takeActions() -> [BrokerAction] {
        let actions = super.takeActions()
        func isMessage(_ action: BrokerAction) -> Bool {
            if case .send(_, .publish) = action { true } else { false }
        }
        var messages = actions.filter(isMessage)
        return actions.map { isMessage($0) ? messages.removeLast() : $0 }
    }
}

private final class UncleanBroker: BrokerFront {
    override func receive(_ packet: Packet, on id: ConnectionID, at now: Timestamp) {
        guard case .connect(var connect) = packet else {
            return super.receive(packet, on: id, at: now)
        }
        connect.cleanSession = false
        super.receive(.connect(connect), on: id, at: now)
    }
}
