import EventModel
import MQTTBroker
import Testing

/// Throws mutated packets at the core and checks what must hold of any input. A failure names its
/// seed and round, which repeat it.
@Suite struct `Any bytes at all` {
    /// A million mutated packets in all, in rounds of a broker each.
    @Test(arguments: [UInt64](0..<8)) func `do no harm`(seed: UInt64) throws {
        for round in 0..<50 {
            var fuzz = try BrokerFuzz(seed: seed << 32 | UInt64(round))
            while fuzz.mutatedCount < 2500 { fuzz.step() }
            fuzz.finish()
            try #require(fuzz.complaint == nil, "seed \(seed), round \(round)")
        }
    }

    @Test(arguments: [UInt64](0..<4)) func `give the same actions twice`(seed: UInt64) throws {
        func run() throws -> (UInt64, [UInt8]) {
            var fuzz = try BrokerFuzz(seed: seed)
            fuzz.isDigesting = true
            fuzz.core.recordsTranscript = true
            for _ in 0..<2500 { fuzz.step() }
            var lines: [UInt8] = []
            fuzz.core.takeTranscript(appendingTo: &lines)
            return (fuzz.digest, lines)
        }
        let (first, second) = (try run(), try run())
        #expect(first.0 == second.0)
        #expect(first.1 == second.1 && !first.1.isEmpty)
    }
}

private struct BrokerFuzz {
    var core: BrokerCore
    /// What did not hold.
    private(set) var complaint: String?
    /// Of all bytes that went out (FNV-1a).
    private(set) var digest: UInt64 = 0xCBF2_9CE4_8422_2325
    var isDigesting = false
    /// Packets sent with at least one mutation.
    private(set) var mutatedCount = 0
    private var sentCount = 0
    private var numbers: SplitMix
    private var now = Timestamp(seconds: 1_700_000_000)
    private var connections: [ConnectionID?] = Array(repeating: nil, count: 8)
    private var isOpen: [Bool] = [false]
    private var actions: [BrokerAction] = []
    private var out: [UInt8] = []
    private let corpus: [[UInt8]]

    init(seed: UInt64) throws {
        var settings = BrokerSettings(profile: seed % 2 == 0 ? .strict : .awsIoT)
        settings.maximumInFlight = 4
        settings.maximumQueuedMessages = 30
        settings.publishesPerSecond = nil
        let policies = seed % 4 == 3 ? try PolicyBook(parsing: BrokerFuzz.policies) : nil
        settings.bindsPoliciesByClientID = true
        core = BrokerCore(settings: settings, policies: policies)
        numbers = SplitMix(state: seed)
        corpus = try BrokerFuzz.makeCorpus()
    }

    /// Clients with an even number may do all, those with an odd one not.
    private static var policies: String {
        let things = (0..<16).map {
            #""c\#($0)": {"policies": ["\#($0 % 2 == 0 ? "all" : "few")"]}"#
        }
        return #"""
            {"policies": {
               "all": {"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}},
               "few": {"Statement": [
                 {"Effect": "Allow", "Action": ["iot:Connect", "iot:Publish", "iot:Subscribe"],
                  "Resource": "*"},
                 {"Effect": "Deny", "Action": "iot:*", "Resource": "arn:aws:iot:*:*:topic/a/?"}]}},
             "things": {\#(things.joined(separator: ","))}}
            """#
    }

    private static func makeCorpus() throws -> [[UInt8]] {
        var packets: [Packet] = [.pingreq, .pingreq, .disconnect]
        for id: UInt16 in 1...5 {
            packets += [.puback(id), .pubrec(id), .pubrel(id), .pubcomp(id)]
        }
        for (topic, payload) in [("a/b", "x"), ("a/c", ""), ("$d/x", "é"), ("a", "\u{0}")] {
            for qos in QoS.allCases {
                for retain in [false, true] {
                    let message = Message(
                        topic: TopicName(topic), payload: Array(payload.utf8), qos: qos,
                        retain: retain)
                    let packetID = qos == .zero ? 0 : UInt16(packets.count % 5 + 1)
                    packets.append(.publish(Publish(message, packetID: packetID)))
                }
            }
        }
        for text in ["a/b", "a/+", "#", "+/#", "a/#", "$d/+", "a/b/c/d/e/f"] {
            let filter = try #require(TopicFilter(text))
            packets.append(.unsubscribe(Unsubscribe(packetID: 9, filters: [filter])))
            for qos in QoS.allCases {
                packets.append(.subscribe(Subscribe(packetID: 8, entries: [.init(filter, qos)])))
            }
        }
        return packets.map(\.encoded)
    }

    /// One packet, or one of the few other things that happen to a connection.
    mutating func step() {
        now.microseconds += Int64(numbers.below(200_000))
        let slot = numbers.below(connections.count)
        guard let id = connections[slot], isOpen[Int(id.rawValue)] else { return connect(slot) }
        switch numbers.below(200) {
        case 0: core.close(id, at: now)
        case 1: core.dropConnection(of: "c\(numbers.below(4))", at: now)
        case 2: core.loseNext(deliveries: 2, to: "c\(numbers.below(4))")
        case 3: core.loseNext(acknowledgements: 2, to: "c\(numbers.below(4))")
        case 4...20: core.advance(to: now)
        default:
            let packet = corpus[numbers.below(corpus.count)]
            deliver(numbers.below(8) > 0 ? mutated(packet) : packet, on: id)
        }
        if core.clientID(of: id) == nil { isOpen[Int(id.rawValue)] = false }
        settle(lastInput: id)
    }

    private mutating func connect(_ slot: Int) {
        let id = ConnectionID(UInt64(isOpen.count))
        connections[slot] = id
        isOpen.append(true)
        core.open(id, at: now)
        var will: Message?
        if numbers.below(2) == 0 {
            will = Message(
                topic: TopicName("a/w"), payload: [0x77],
                qos: QoS(rawValue: UInt8(numbers.below(3))) ?? .zero, retain: numbers.below(2) == 0)
        }
        let connect = Packet.connect(
            Connect(
                clientID: "c\(numbers.below(16))", cleanSession: numbers.below(2) == 0,
                keepAlive: UInt16(numbers.below(60)), will: will)
        ).encoded
        deliver(numbers.below(8) == 0 ? mutated(connect) : connect, on: id)
        settle(lastInput: id)
    }

    private mutating func deliver(_ bytes: [UInt8], on id: ConnectionID) {
        guard numbers.below(8) == 0 else { return core.receive(bytes, on: id, at: now) }
        let cut = numbers.below(bytes.count + 1)
        core.receive(Array(bytes[..<cut]), on: id, at: now)
        core.receive(Array(bytes[cut...]), on: id, at: now)
    }

    private mutating func mutated(_ packet: [UInt8]) -> [UInt8] {
        mutatedCount += 1
        var bytes = packet
        // Most are gentle, so that a connection lives to see several.
        for _ in 0...(numbers.below(4) == 0 ? numbers.below(3) : 0) {
            var place = numbers.below(max(1, bytes.count))
            if numbers.below(2) == 0 { place = max(place, bytes.count - 2) }
            switch numbers.below(6) {
            case 0...1 where place < bytes.count: bytes[place] ^= 1 << UInt8(numbers.below(8))
            case 2 where place < bytes.count:
                bytes[place] = [0, 1, 0x7F, 0x80, 0xFF][numbers.below(5)]
            case 3 where place < bytes.count: bytes.remove(at: place)
            case 4: bytes.insert(UInt8(truncatingIfNeeded: numbers.next()), at: place)
            default: bytes += corpus[numbers.below(corpus.count)].prefix(numbers.below(4))
            }
        }
        // Most keep their framing: what is wrong lies deeper, and what follows is still read.
        if numbers.below(8) > 0, bytes.count >= 2, bytes.count < 130 {
            bytes[0] = packet[0]
            bytes[1] = UInt8(bytes.count - 2)
        }
        return bytes
    }

    /// Nothing goes to a closed connection, nothing is closed twice, all that goes out can be read.
    private mutating func settle(lastInput: ConnectionID) {
        core.takeActions(into: &actions)
        var closed: Set<ConnectionID> = []
        for action in actions {
            switch action {
            case .send(let id, let packet):
                if closed.contains(id) { complaint = "sent to a closed connection" }
                // The connection that was just heard may have been answered and then closed.
                if !isOpen[Int(id.rawValue)], id != lastInput {
                    complaint = "sent to a connection that had ended"
                }
                // Reading all of them would take most of the time.
                sentCount += 1
                guard isDigesting || sentCount % 4 == 0 else { continue }
                out.removeAll(keepingCapacity: true)
                packet.encode(into: &out)
                if isDigesting {
                    for byte in out { digest = (digest ^ UInt64(byte)) &* 0x100_0000_01B3 }
                }
                var decoder = PacketDecoder(from: .broker)
                decoder.feed(out)
                if (try? decoder.next()) != packet { complaint = "\(packet) cannot be read" }
            case .close(let id):
                if !closed.insert(id).inserted { complaint = "closed twice" }
                isOpen[Int(id.rawValue)] = false
            }
        }
    }

    /// When all clients are gone and their sessions cleared, nothing is left.
    mutating func finish() {
        for place in isOpen.indices { core.close(ConnectionID(UInt64(place)), at: now) }
        if core.connectionCount != 0 { complaint = "a connection is left" }
        core.takeActions(into: &actions)
        core.heal()
        for client in core.knownClients {
            let id = ConnectionID(UInt64(isOpen.count))
            core.open(id, at: now)
            core.receive(.connect(Connect(clientID: client)), on: id, at: now)
            core.receive(.disconnect, on: id, at: now)
            core.close(id, at: now)
        }
        if core.sessionCount != 0 { complaint = "a session is left" }
        if core.subscribedLevelCount != 0 { complaint = "a subscription is left" }
        core.advance(to: now.later(seconds: 10_000_000))
        if core.nextDeadline != nil { complaint = "a deadline is left" }
    }
}

extension Timestamp {
    fileprivate func later(seconds: Int64) -> Timestamp {
        Timestamp(microseconds: microseconds + seconds * 1_000_000)
    }
}
