import EventModel
import MQTTBroker
import PropertyTesting

/// What the oracle asks of a broker.
protocol BrokerSide: AnyObject {
    func open(_ id: ConnectionID, at now: Timestamp)
    func receive(_ packet: Packet, on id: ConnectionID, at now: Timestamp)
    func close(_ id: ConnectionID, at now: Timestamp)
    func advance(to now: Timestamp)
    func takeActions() -> [BrokerAction]
}

/// A way to a broker with these settings.
typealias BrokerPart = @Sendable (BrokerSettings) -> any BrokerSide

/// The core as an object.
final class CoreBroker: BrokerSide {
    private var core: BrokerCore

    init(_ settings: BrokerSettings) { core = BrokerCore(settings: settings) }

    func open(_ id: ConnectionID, at now: Timestamp) { core.open(id, at: now) }
    func receive(_ packet: Packet, on id: ConnectionID, at now: Timestamp) {
        core.receive(packet, on: id, at: now)
    }
    func close(_ id: ConnectionID, at now: Timestamp) { core.close(id, at: now) }
    func advance(to now: Timestamp) { core.advance(to: now) }
    func takeActions() -> [BrokerAction] { core.takeActions() }
}

/// A broker with a client that presses and a feeder that comes and goes.
struct SessionBench {
    private let broker: any BrokerSide
    private(set) var now = Timestamp(seconds: 1_678_605_300)
    private var connections: UInt64 = 1
    private var feeder = ConnectionID(0)
    private static let presser = ConnectionID(1)
    private var isPressed = false
    private var packetID: UInt16 = 0

    /// How long a session is kept.
    static let expirySeconds = 3_600

    /// What the feeder got: `session`, `no session`, `1`, `2 retained`.
    typealias Inbox = [String]

    init(_ part: BrokerPart) {
        var settings = BrokerSettings()
        settings.sessionExpirySeconds = SessionBench.expirySeconds
        settings.connectTimeoutSeconds = nil
        broker = part(settings)
        broker.open(SessionBench.presser, at: now)
        broker.receive(
            .connect(Connect(clientID: "function")), on: SessionBench.presser, at: now)
        _ = broker.takeActions()
    }

    mutating func connect(isClean: Bool) -> Inbox {
        connections += 1
        feeder = ConnectionID(connections)
        broker.open(feeder, at: now)
        broker.receive(
            .connect(Connect(clientID: "feeder", cleanSession: isClean)), on: feeder, at: now)
        return inbox()
    }

    mutating func subscribe() -> Inbox {
        guard let filter = TopicFilter("cats/action") else { return ["no filter"] }
        broker.receive(
            .subscribe(Subscribe(packetID: 1, entries: [.init(filter, .one)])), on: feeder, at: now)
        return inbox()
    }

    mutating func publish(_ number: Int, isRetained: Bool) -> Inbox {
        let message = Message(
            topic: TopicName("cats/action"), payload: Array("\(number)".utf8), qos: .one,
            retain: isRetained)
        packetID += 1
        broker.receive(
            .publish(Publish(message, packetID: packetID)), on: SessionBench.presser, at: now)
        return inbox()
    }

    mutating func lose() -> Inbox {
        broker.close(feeder, at: now)
        return inbox()
    }

    mutating func wait(seconds: Int) -> Inbox {
        now.microseconds += Int64(seconds) * 1_000_000
        broker.advance(to: now)
        return inbox()
    }

    /// What the feeder got by now, each message acknowledged.
    private mutating func inbox() -> Inbox {
        var inbox: Inbox = []
        while true {
            let actions = broker.takeActions()
            if actions.isEmpty { return inbox }
            for case .send(let id, let packet) in actions where id == feeder {
                switch packet {
                case .connack(let isPresent, .accepted):
                    inbox.append(isPresent ? "session" : "no session")
                case .publish(let publish):
                    let text = String(decoding: publish.message.payload, as: UTF8.self)
                    inbox.append(text + (publish.message.retain ? " retained" : ""))
                    guard publish.message.qos == .one else { continue }
                    broker.receive(.puback(publish.packetID), on: feeder, at: now)
                default: continue
                }
            }
        }
    }
}

/// What a broker should know of the feeder, and what the feeder should get in the step at hand.
struct SessionModel: Sendable {
    private(set) var isConnected = false
    private(set) var count = 0
    private var isClean = true
    private var isSubscribed = false
    private var hasSession = false
    private var queue: [Int] = []
    private var retained: Int?
    private var away = 0

    mutating func connect(isClean: Bool) -> SessionBench.Inbox {
        // Who connects while it is connected takes its session over, and a clean one ends with that.
        if isConnected, self.isClean { hasSession = false }
        let isPresent = hasSession && !isClean
        defer { (hasSession, self.isClean, isConnected, queue) = (true, isClean, true, []) }
        if isPresent { return ["session"] + queue.map { "\($0)" } }
        isSubscribed = false
        return ["no session"]
    }

    mutating func subscribe() -> SessionBench.Inbox {
        isSubscribed = true
        return retained.map { ["\($0) retained"] } ?? []
    }

    mutating func publish(isRetained: Bool) -> SessionBench.Inbox {
        count += 1
        if isRetained { retained = count }
        guard isSubscribed, hasSession else { return [] }
        if isConnected { return ["\(count)"] }
        queue.append(count)
        return []
    }

    mutating func lose() -> SessionBench.Inbox {
        (isConnected, away) = (false, 0)
        if isClean { hasSession = false }
        return []
    }

    mutating func wait(seconds: Int) -> SessionBench.Inbox {
        guard !isConnected else { return [] }
        away += seconds
        if away >= SessionBench.expirySeconds { (hasSession, queue) = (false, []) }
        return []
    }
}

extension Oracles {
    /// A broker keeps sessions, queues and retained messages as sections 3.1, 3.3 and 4.6 of MQTT 3.1.1
    /// say, with an expiry as AWS IoT has it.
    static let broker = Oracle<BrokerPart>(
        "broker", of: { CoreBroker($0) }, machine: brokers, steps: 20,
        make: { SessionBench($0) })

    static let brokers = {
        typealias Brokers = Machine<SessionModel, SessionBench>
        /// A step that must bring the feeder what the model says.
        func rule(
            _ name: String, weight: Int = 1, isConnected: Bool? = nil,
            expects expected: @escaping @Sendable (inout SessionModel) -> SessionBench.Inbox,
            does found: @escaping @Sendable (inout SessionBench, SessionModel) -> SessionBench.Inbox
        ) -> Brokers.Rule {
            .init(
                name, weight: weight, when: { (isConnected ?? $0.isConnected) == $0.isConnected }
            ) {
                _ = expected(&$0)
            } action: {
                var model = $1
                let (got, wanted) = (found(&$0, $1), expected(&model))
                try require(
                    got.contains("session") == wanted.contains("session"), "the session's presence")
                try require(got.count <= wanted.count, "a message too many")
                try require(got.count >= wanted.count, "a message too few")
                try require(got == wanted, "another order")
            }
        }
        return Brokers(
            SessionModel(),
            rules: [
                rule(
                    "connect", weight: 2,
                    expects: { $0.connect(isClean: false) },
                    does: { bench, _ in bench.connect(isClean: false) }),
                rule(
                    "connect clean", expects: { $0.connect(isClean: true) },
                    does: { bench, _ in bench.connect(isClean: true) }),
                rule(
                    "subscribe", isConnected: true, expects: { $0.subscribe() },
                    does: { bench, _ in bench.subscribe() }),
                rule(
                    "publish", weight: 2, expects: { $0.publish(isRetained: false) },
                    does: { $0.publish($1.count + 1, isRetained: false) }),
                rule(
                    "publish retained", expects: { $0.publish(isRetained: true) },
                    does: { $0.publish($1.count + 1, isRetained: true) }),
                rule(
                    "lose the connection", isConnected: true, expects: { $0.lose() },
                    does: { bench, _ in bench.lose() }),
                rule(
                    "wait a minute", expects: { $0.wait(seconds: 60) },
                    does: { bench, _ in bench.wait(seconds: 60) }),
                rule(
                    "wait two hours", expects: { $0.wait(seconds: 7_200) },
                    does: { bench, _ in bench.wait(seconds: 7_200) }),
            ])
    }()
}
