import MQTTBroker
import PropertyChecks
import PropertyTesting
import Testing

@Suite struct `Packets of any content` {
    private static let names = Gen<String>.text(of: 1...12)
        .map { text in
            String(text.unicodeScalars.filter { !"+#\0".unicodeScalars.contains($0) })
        }
        .filter { !$0.isEmpty }
    private static let qos = Gen.element(of: QoS.allCases)
    private static let ids = Gen<UInt16>.integer(in: 1...UInt16.max, origin: 1)
    /// Short ones of any bytes, and long ones, for which a decoder puts its buffer together again.
    private static let payloads = Gen.weighted([
        (6, Gen<[UInt8]>.bytes(of: 0...300)),
        (1, Gen.integer(in: 0...20_000).map { Array(repeating: 7, count: $0) }),
    ])
    private static let messages = zip(names, payloads, qos, .bool).map {
        Message(topic: TopicName($0), payload: $1, qos: $2, retain: $3)
    }
    private static let publishes = zip(messages, ids, .bool).map { message, id, isDuplicate in
        Packet.publish(
            Publish(
                message, packetID: message.qos == .zero ? 0 : id,
                isDuplicate: message.qos != .zero && isDuplicate))
    }
    private static let subscribes = zip(ids, zip(names, qos).list(of: 1...5)).map { id, entries in
        Packet.subscribe(
            Subscribe(
                packetID: id,
                entries: entries.compactMap { name, qos in
                    TopicFilter(name).map { .init($0, qos) }
                }))
    }
    private static let packets = Gen.oneOf([
        ids.map { .puback($0) }, ids.map { .pubrec($0) }, publishes, subscribes, .just(.pingreq),
    ])

    @Test func `are read as they were written, however the stream is split`() async throws {
        let streams = zip(Self.packets.list(of: 0...8), Gen.integer(in: 1...40, origin: 1))
        try await forAll(streams) { packets, size in
            let bytes = packets.flatMap(\.encoded)
            var decoder = PacketDecoder()
            var found: [Packet] = []
            for begin in stride(from: 0, to: bytes.count, by: size) {
                decoder.feed(Array(bytes[begin..<min(bytes.count, begin + size)]))
                while let packet = try decoder.next() { found.append(packet) }
            }
            #expect(found == packets)
        }
    }

    @Test func `and any bytes end in packets or in a violation, never in a trap`() async throws {
        try await forAll(Gen<[UInt8]>.bytes(of: 0...200), cases: 1_000) { bytes in
            var decoder = PacketDecoder()
            decoder.feed(bytes)
            var read = 0
            do {
                while let packet = try decoder.next() { read += packet.encoded.count }
            } catch { #expect(error is ProtocolViolation) }
            #expect(read <= bytes.count)
        }
    }
}

@Suite struct `A broker, for any filters and topics` {
    private static let level = Gen.element(of: ["a", "b", "", "$a"])
    private static let topics = level.list(of: 1...3).map { $0.joined(separator: "/") }
        .filter { !$0.isEmpty }
    private static let filters = zip(
        Gen.weighted([(3, level), (2, .just("+"))]).list(of: 1...3), .bool
    ).map { levels, isOpen in (levels + (isOpen ? ["#"] : [])).joined(separator: "/") }
        .filter { !$0.isEmpty }

    /// Level by level, as section 4.7 says it.
    private static func matches(_ filter: ArraySlice<String>, _ topic: ArraySlice<String>) -> Bool {
        guard let first = filter.first else { return topic.isEmpty }
        if first == "#" { return true }
        guard let level = topic.first, first == "+" || first == level else { return false }
        return matches(filter.dropFirst(), topic.dropFirst())
    }

    @Test func `delivers to a subscriber what its filters match, once`() async throws {
        let cases = zip(Self.filters.list(of: 1...4), Self.topics.list(of: 0...6))
        try await forAll(cases) { filters, topics in
            var bench = BrokerBench()
            let subscriber = try bench.connect("s")
            for filter in filters { try bench.subscribe(subscriber, (filter, .one)) }
            let publisher = try bench.connect("p")
            for (number, topic) in topics.enumerated() {
                bench.publish(publisher, topic, "\(number)", qos: .one)
            }
            let wanted = topics.indices.filter { number in
                let topic = topics[number].split(separator: "/", omittingEmptySubsequences: false)
                    .map(String.init)
                return filters.contains { text in
                    let filter = text.split(separator: "/", omittingEmptySubsequences: false)
                        .map(String.init)
                    let isHidden = topic[0].hasPrefix("$") && ["+", "#"].contains(filter[0])
                    return !isHidden && Self.matches(filter[...], topic[...])
                }
            }
            let found = bench.deliveries(subscriber).map {
                String(decoding: $0.message.payload, as: UTF8.self)
            }
            #expect(found == wanted.map { "\($0)" })
        }
    }
}
