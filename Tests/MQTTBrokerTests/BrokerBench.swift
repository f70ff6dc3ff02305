import EventModel
import MQTTBroker
import Testing

/// A broker and its clients' side of the wires: collects what each connection gets, and checks
/// what must hold of all that goes out.
struct BrokerBench {
    var core: BrokerCore
    var now = Timestamp(seconds: 1_700_000_000)
    private var lastID: UInt64 = 0
    private var inboxes: [ConnectionID: [Packet]] = [:]
    private(set) var closed: Set<ConnectionID> = []
    private var actions: [BrokerAction] = []

    init(_ settings: BrokerSettings = BrokerSettings(), policies: PolicyBook? = nil) {
        core = BrokerCore(settings: settings, policies: policies)
    }

    // MARK: Clients

    mutating func open(principal: Principal? = nil) -> ConnectionID {
        lastID += 1
        let id = ConnectionID(lastID)
        core.open(id, principal: principal, at: now)
        settle()
        return id
    }

    /// A connection whose CONNECT was accepted; its CONNACK is taken.
    mutating func connect(
        _ client: String, clean: Bool = true, keepAlive: UInt16 = 0, will: Message? = nil,
        principal: Principal? = nil
    ) throws -> ConnectionID {
        let id = open(principal: principal)
        let connect = Connect(
            clientID: client, cleanSession: clean, keepAlive: keepAlive, will: will)
        send(.connect(connect), on: id)
        let first = try #require(take(id, only: 1).first)
        guard case .connack(_, .accepted) = first else {
            Issue.record("\(client) was refused: \(first)")
            return id
        }
        return id
    }

    mutating func send(_ packet: Packet, on id: ConnectionID) {
        core.receive(packet, on: id, at: now)
        settle()
    }

    mutating func send(_ bytes: [UInt8], on id: ConnectionID) {
        core.receive(bytes, on: id, at: now)
        settle()
    }

    /// The SUBACK's codes.
    @discardableResult
    mutating func subscribe(
        _ id: ConnectionID, _ filters: (String, QoS)...
    ) throws -> [SubscribeReturnCode] {
        let entries = try filters.map { Subscribe.Entry(try #require(TopicFilter($0.0)), $0.1) }
        send(.subscribe(Subscribe(packetID: 77, entries: entries)), on: id)
        var codes: [SubscribeReturnCode] = []
        inboxes[id, default: []].removeAll { packet in
            guard case .suback(77, let found) = packet else { return false }
            codes = found
            return true
        }
        return codes
    }

    /// Publishes and finishes the handshake; `packetID` counts for QoS 1 and 2.
    mutating func publish(
        _ id: ConnectionID, _ topic: String, _ payload: String = "x", qos: QoS = .zero,
        retain: Bool = false, packetID: UInt16 = 9
    ) {
        let message = Message(
            topic: TopicName(topic), payload: Array(payload.utf8), qos: qos, retain: retain)
        send(.publish(Publish(message, packetID: qos == .zero ? 0 : packetID)), on: id)
        if qos == .two { send(.pubrel(packetID), on: id) }
        inboxes[id, default: []].removeAll {
            $0 == .puback(packetID) || $0 == .pubrec(packetID) || $0 == .pubcomp(packetID)
        }
    }

    mutating func lose(_ id: ConnectionID) {
        core.close(id, at: now)
        settle()
    }

    mutating func wait(seconds: Double) {
        now.microseconds += Int64(seconds * 1_000_000)
        core.advance(to: now)
        settle()
    }

    // MARK: What came

    /// Everything that came and was not taken yet, or the first `only` packets.
    mutating func take(_ id: ConnectionID, only: Int = .max) -> [Packet] {
        let all = inboxes[id, default: []]
        inboxes[id] = Array(all.dropFirst(min(only, all.count)))
        return Array(all.prefix(only))
    }

    /// The PUBLISH packets that came, each acknowledged in full if asked.
    mutating func deliveries(_ id: ConnectionID, acknowledged: Bool = true) -> [Publish] {
        var found: [Publish] = []
        while true {
            let packets = take(id)
            if packets.isEmpty { return found }
            for packet in packets {
                switch packet {
                case .publish(let publish):
                    found.append(publish)
                    guard acknowledged else { continue }
                    if publish.message.qos == .one { send(.puback(publish.packetID), on: id) }
                    if publish.message.qos == .two { send(.pubrec(publish.packetID), on: id) }
                case .pubrel(let packetID) where acknowledged: send(.pubcomp(packetID), on: id)
                default: break
                }
            }
        }
    }

    mutating func payloads(_ id: ConnectionID) -> [String] {
        deliveries(id).map { String(decoding: $0.message.payload, as: UTF8.self) }
    }

    func isClosed(_ id: ConnectionID) -> Bool { closed.contains(id) }

    // MARK: What must hold

    /// Gives the actions to the clients. Nothing is sent to a closed connection, nothing is closed
    /// twice, and all that goes out can be read.
    mutating func settle() {
        core.takeActions(into: &actions)
        for action in actions {
            switch action {
            case .send(let id, let packet):
                #expect(!closed.contains(id), "sent to a closed connection: \(packet)")
                var decoder = PacketDecoder(from: .broker)
                decoder.feed(packet.encoded)
                let decoded = Result { try decoder.next() }
                #expect((try? decoded.get()) == packet)
                inboxes[id, default: []].append(packet)
            case .close(let id): #expect(closed.insert(id).inserted, "closed twice: \(id)")
            }
        }
    }

    mutating func lines() -> [String] {
        var bytes: [UInt8] = []
        core.takeTranscript(appendingTo: &bytes)
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
    }
}

/// Numbers for tests: SplitMix64 (Steele, Lea, Flood, 2014), from a seed and nothing else.
struct SplitMix {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }
}
