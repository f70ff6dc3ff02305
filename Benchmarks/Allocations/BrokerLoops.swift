import EventModel
import MQTTBroker

/// The broker core from bytes to bytes: PUBLISH decoded, routed to subscribers, encoded for each.
struct BrokerLoops {
    func loops() throws -> [HotLoop] {
        [
            try loop("broker, QoS 0, 1 subscriber", .zero, subscribers: 1, most: 2),
            try loop("broker, QoS 1, 1 subscriber", .one, subscribers: 1, most: 2),
            try loop("broker, QoS 0, 10 subscribers", .zero, subscribers: 10, most: 2),
        ]
    }

    private func loop(
        _ name: String, _ qos: QoS, subscribers: Int, most: Double
    ) throws -> HotLoop {
        HotLoop(name: name, law: AllocationLaw(unit: "message", most: most)) { doubled in
            var bench = BrokerExchange(qos: qos, subscribers: subscribers)
            // Grown beforehand: buffers, windows and the cache of routes.
            for _ in 0..<100 { bench.exchange() }
            let begin = bench.delivered
            let messages = doubled ? 40_000 : 20_000
            let allocations = Allocations.of { for _ in 0..<messages { bench.exchange() } }
            guard bench.delivered - begin == messages * subscribers else {
                throw CountProofError(
                    description: "\(name): \(bench.delivered - begin) of"
                        + " \(messages * subscribers) deliveries came out")
            }
            return LoopRun(events: messages, units: messages, allocations: allocations)
        }
    }
}

/// A publisher and its subscribers on one broker; bytes in, bytes out, in buffers that stay.
struct BrokerExchange {
    private var core = BrokerCore()
    private var actions: [BrokerAction] = []
    private var out: [UInt8] = []
    private let publish: [UInt8]
    private let publisher = ConnectionID(1)
    private var acknowledgement: [UInt8] = []
    private let now = Timestamp(seconds: 1_700_000_000)
    /// PUBLISH packets that went out.
    private(set) var delivered = 0
    private static let topic = "feedmyfurbabies/feeder/0001/action"

    init(qos: QoS, subscribers: Int) {
        let message = Message(
            topic: TopicName(BrokerExchange.topic),
            payload: Array(#"{"event":"LONG","reportedTime":"2024-02-29T18:00:00Z"}"#.utf8),
            qos: qos, retain: false)
        publish = Packet.publish(Publish(message, packetID: qos == .zero ? 0 : 9)).encoded
        connect(publisher, "publisher")
        for number in 0..<subscribers {
            let id = ConnectionID(UInt64(number + 2))
            connect(id, "subscriber-\(number)")
            guard let filter = TopicFilter(BrokerExchange.topic) else { continue }
            let entry = Subscribe.Entry(filter, qos)
            core.receive(
                .subscribe(Subscribe(packetID: 1, entries: [entry])), on: id, at: now)
        }
        core.takeActions(into: &actions)
    }

    private mutating func connect(_ id: ConnectionID, _ client: String) {
        core.open(id, at: now)
        core.receive(
            .connect(Connect(clientID: client, cleanSession: true, keepAlive: 0, will: nil)),
            on: id, at: now)
    }

    /// One message from the publisher's bytes to the subscribers', acknowledged by each.
    mutating func exchange() {
        core.receive(publish, on: publisher, at: now)
        core.takeActions(into: &actions)
        for action in actions {
            guard case .send(let id, let packet) = action else { continue }
            out.removeAll(keepingCapacity: true)
            packet.encode(into: &out)
            guard case .publish(let publish) = packet else { continue }
            delivered += 1
            guard publish.message.qos == .one else { continue }
            acknowledgement.removeAll(keepingCapacity: true)
            Packet.puback(publish.packetID).encode(into: &acknowledgement)
            core.receive(acknowledgement, on: id, at: now)
        }
    }
}
