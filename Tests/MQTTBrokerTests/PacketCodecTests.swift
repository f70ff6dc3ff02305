import MQTTBroker
import Testing

private func text(_ bytes: [UInt8]) -> [UInt8] {
    [UInt8(bytes.count >> 8), UInt8(bytes.count & 0xFF)] + bytes
}
private func text(_ string: String) -> [UInt8] { text(Array(string.utf8)) }

private func packet(_ first: UInt8, _ body: [UInt8]) -> [UInt8] {
    var bytes = [first]
    var rest = body.count
    repeat {
        bytes.append(UInt8(rest & 0x7F) | (rest > 0x7F ? 0x80 : 0))
        rest >>= 7
    } while rest > 0
    return bytes + body
}

private func filter(_ text: String) throws -> TopicFilter { try #require(TopicFilter(text)) }

/// Decodes a stream in pieces of at most `size` bytes; all packets up to the first error.
private func decode(
    _ bytes: [UInt8], pieces size: Int, from sender: PacketDecoder.Sender = .either
) -> (packets: [Packet], error: ProtocolViolation?) {
    var decoder = PacketDecoder(from: sender)
    var packets: [Packet] = []
    var at = 0
    do throws(ProtocolViolation) {
        while at < bytes.count {
            let end = min(bytes.count, at + size)
            decoder.feed(Array(bytes[at..<end]))
            at = end
            while let packet = try decoder.next() { packets.append(packet) }
        }
    } catch { return (packets, error) }
    return (packets, nil)
}

@Suite struct `Packets on the wire` {
    private static let hello = Message(topic: TopicName("a/b"), payload: Array("hello".utf8))

    private static func known() throws -> [(Packet, [UInt8])] {
        var first = hello
        first.qos = .one
        var second = hello
        second.qos = .two
        second.retain = true
        let will = Message(topic: TopicName("w"), payload: [0, 255], qos: .two, retain: true)
        return [
            (
                .connect(Connect(clientID: "c")),
                packet(0x10, text("MQTT") + [4, 2, 0, 0] + text("c"))
            ),
            (
                .connect(
                    Connect(
                        clientID: "ü", cleanSession: false, keepAlive: 0x1234, will: will,
                        userName: "u", password: [0, 1])),
                packet(
                    0x10,
                    text("MQTT") + [4, 0xF4, 0x12, 0x34] + text("ü") + text("w") + text([0, 255])
                        + text("u") + text([0, 1]))
            ),
            (.connack(sessionPresent: true, code: .accepted), [0x20, 2, 1, 0]),
            (.connack(sessionPresent: false, code: .forbiddenByAWSIoT), [0x20, 2, 0, 7]),
            (.publish(Publish(hello)), packet(0x30, text("a/b") + Array("hello".utf8))),
            (
                .publish(Publish(first, packetID: 0x0102, isDuplicate: true)),
                packet(0x3A, text("a/b") + [1, 2] + Array("hello".utf8))
            ),
            (
                .publish(Publish(second, packetID: 65_535)),
                packet(0x35, text("a/b") + [255, 255] + Array("hello".utf8))
            ),
            (
                .publish(Publish(Message(topic: TopicName("t"), payload: []))),
                packet(0x30, text("t"))
            ),
            (.puback(1), [0x40, 2, 0, 1]), (.pubrec(256), [0x50, 2, 1, 0]),
            (.pubrel(2), [0x62, 2, 0, 2]), (.pubcomp(3), [0x70, 2, 0, 3]),
            (
                .subscribe(
                    Subscribe(
                        packetID: 5,
                        entries: [.init(try filter("a/+"), .one), .init(try filter("#"), .two)])),
                packet(0x82, [0, 5] + text("a/+") + [1] + text("#") + [2])
            ),
            (.suback(5, [.granted(.one), .failure]), [0x90, 4, 0, 5, 1, 0x80]),
            (
                .unsubscribe(Unsubscribe(packetID: 6, filters: [try filter("a/+")])),
                packet(0xA2, [0, 6] + text("a/+"))
            ),
            (.unsuback(6), [0xB0, 2, 0, 6]), (.pingreq, [0xC0, 0]), (.pingresp, [0xD0, 0]),
            (.disconnect, [0xE0, 0]),
        ]
    }

    @Test func `are written as the standard says`() throws {
        for (packet, bytes) in try Self.known() { #expect(packet.encoded == bytes) }
    }

    @Test(arguments: [1, 2, 3, 7, Int.max])
    func `are read however the stream is split`(size: Int) throws {
        let known = try Self.known()
        for (packet, bytes) in known { #expect(decode(bytes, pieces: size).packets == [packet]) }
        let all = decode(known.flatMap(\.1), pieces: size)
        #expect(all.packets == known.map(\.0))
        #expect(all.error == nil)
    }

    @Test(arguments: [0, 121, 122, 16_377, 16_378, 2_097_145, 2_097_146])
    func `have lengths of one to four bytes`(count: Int) throws {
        let message = Message(topic: TopicName("topic"), payload: Array(repeating: 7, count: count))
        let bytes = Packet.publish(Publish(message)).encoded
        #expect(decode(bytes, pieces: 65_536).packets == [.publish(Publish(message))])
        let lengthBytes = bytes.count - count - 8
        #expect(lengthBytes == (count < 121 ? 1 : count < 16_377 ? 2 : count < 2_097_145 ? 3 : 4))
    }

    @Test func `wait for their last byte`() throws {
        for (packet, bytes) in try Self.known() where bytes.count > 2 {
            var decoder = PacketDecoder(from: .either)
            decoder.feed(Array(bytes.dropLast()))
            #expect(try decoder.next() == nil)
            #expect(decoder.pendingBytes == bytes.count - 1)
            decoder.feed([bytes[bytes.count - 1]])
            #expect(try decoder.next() == packet)
            #expect(decoder.pendingBytes == 0)
        }
    }
}

@Suite struct `Bytes that are no packets` {
    private static func connect(
        _ flags: UInt8, name: String = "MQTT", level: UInt8 = 4, _ rest: [UInt8] = text("c")
    ) -> [UInt8] {
        packet(0x10, text(name) + [level, flags, 0, 0] + rest)
    }

    static let malformed: [(String, [UInt8])] =
        [
            ("type 0", [0x00, 0]), ("type 15", [0xF0, 0]),
            ("five length bytes", [0x30, 0xFF, 0xFF, 0xFF, 0xFF, 1]),
            ("five length bytes, zero", [0x30, 0x80, 0x80, 0x80, 0x80, 0]),
            ("CONNECT flags", [0x11, 0]), ("CONNECT empty", [0x10, 0]),
            ("CONNECT name only", packet(0x10, text("MQTT"))),
            ("CONNECT name cut", packet(0x10, [0xFF, 0xFF] + Array("MQTT".utf8))),
            ("CONNECT name", connect(2, name: "MQTX")), ("CONNECT mqtt", connect(2, name: "mqtt")),
            ("CONNECT no name", connect(2, name: "")),
            ("CONNECT reserved flag", connect(3)), ("CONNECT will QoS 3", connect(0x1E)),
            ("CONNECT will QoS, no will", connect(0x0A)),
            ("CONNECT will retain, no will", connect(0x22)),
            ("CONNECT will without fields", connect(0x06)),
            ("CONNECT user without field", connect(0x82)),
            ("CONNECT password without user", connect(0x42, text("c") + text("p"))),
            ("CONNECT no client id", connect(2, [])),
            ("CONNECT client id cut", connect(2, [0, 32] + Array("abc".utf8))),
            ("CONNECT more bytes", connect(2, text("c") + [0])),
            ("CONNECT will topic wildcard", connect(6, text("c") + text("a/#") + text(""))),
            ("CONNECT will topic empty", connect(6, text("c") + text("") + text(""))),
            ("PUBLISH QoS 3", packet(0x36, text("a") + [0, 1])),
            ("PUBLISH DUP QoS 0", packet(0x38, text("a"))),
            ("PUBLISH empty", [0x30, 0]), ("PUBLISH topic cut", packet(0x30, [0, 16, 0x61])),
            ("PUBLISH topic empty", packet(0x30, text(""))),
            ("PUBLISH #", packet(0x30, text("a/#"))), ("PUBLISH +", packet(0x30, text("a+"))),
            ("PUBLISH # and a mark", packet(0x30, text("a/#\u{301}"))),
            ("PUBLISH no id", packet(0x32, text("a"))),
            ("PUBLISH half an id", packet(0x32, text("a") + [0])),
            ("PUBLISH id 0", packet(0x34, text("a") + [0, 0])),
            ("PUBACK flags", [0x41, 2, 0, 1]), ("PUBACK short", [0x40, 1, 0]),
            ("PUBACK empty", [0x40, 0]), ("PUBACK long", [0x40, 3, 0, 1, 0]),
            ("PUBACK id 0", [0x40, 2, 0, 0]), ("PUBREC flags", [0x52, 2, 0, 1]),
            ("PUBREL flags", [0x60, 2, 0, 1]), ("PUBCOMP flags", [0x72, 2, 0, 1]),
            ("SUBSCRIBE flags", packet(0x80, [0, 1] + text("a") + [0])),
            ("SUBSCRIBE id 0", packet(0x82, [0, 0] + text("a") + [0])),
            ("SUBSCRIBE no filter", packet(0x82, [0, 1])), ("SUBSCRIBE one byte", [0x82, 1, 0]),
            ("SUBSCRIBE no QoS", packet(0x82, [0, 1] + text("a"))),
            ("SUBSCRIBE QoS 3", packet(0x82, [0, 1] + text("a") + [3])),
            ("SUBSCRIBE reserved bits", packet(0x82, [0, 1] + text("a") + [4])),
            ("SUBSCRIBE second QoS", packet(0x82, [0, 1] + text("a") + [0] + text("b") + [0x80])),
            ("SUBSCRIBE empty filter", packet(0x82, [0, 1] + text("") + [0])),
            ("SUBSCRIBE bad filter", packet(0x82, [0, 1] + text("a#") + [0])),
            ("UNSUBSCRIBE flags", packet(0xA0, [0, 1] + text("a"))),
            ("UNSUBSCRIBE id 0", packet(0xA2, [0, 0] + text("a"))),
            ("UNSUBSCRIBE no filter", packet(0xA2, [0, 1])),
            ("UNSUBSCRIBE cut", packet(0xA2, [0, 1, 0, 5, 0x61])),
            ("PINGREQ flags", [0xC1, 0]), ("PINGREQ body", [0xC0, 1, 0]),
            ("DISCONNECT flags", [0xE1, 0]), ("DISCONNECT body", [0xE0, 1, 0]),
            ("HTTP", Array("GET / HTTP/1.1\r\n\r\n".utf8)), ("TLS", [0x16, 3, 1, 2, 0, 1, 0]),
            ("CONNACK from a client", [0x20, 2, 0, 0]), ("SUBACK", [0x90, 3, 0, 1, 0]),
            ("UNSUBACK", [0xB0, 2, 0, 1]), ("PINGRESP", [0xD0, 0]),
        ]

    private static let badTexts: [[UInt8]] = [
        [0x61, 0x00, 0x62], [0xFF], [0x61, 0xFE], [0xED, 0xA0, 0x80], [0xED, 0xBF, 0xBF],
        [0xC0, 0x80], [0xC0, 0xAF], [0x61, 0xE2, 0x82], [0xF0, 0x9F, 0x90], [0x80],
        [0xF4, 0x90, 0x80, 0x80], [0xE0, 0x80, 0x80], [0xF0, 0x80, 0x80, 0x80], [0xC3],
        [0xE2, 0x28, 0xA1], [0xF0, 0x9F, 0x28, 0x80], [0xF5, 0x80, 0x80, 0x80],
    ]

    @Test(arguments: [1, 3, Int.max])
    func `are refused however the stream is split`(size: Int) {
        for (name, bytes) in Self.malformed {
            let alone = decode(bytes, pieces: size, from: .client)
            #expect(alone.error?.kind == .malformed, "\(name)")
            #expect(alone.packets.isEmpty, "\(name)")
            let amid = decode([0xC0, 0] + bytes + [0xC0, 0], pieces: size, from: .client)
            #expect(amid.error != nil && amid.packets == [.pingreq], "\(name)")
        }
    }

    @Test(arguments: badTexts) func `hold no well-formed text`(bad: [UInt8]) {
        let packets = [
            packet(0x30, text(bad)), packet(0x82, [0, 1] + text(bad) + [0]),
            packet(0xA2, [0, 1] + text(bad)), Self.connect(2, text(bad)),
            Self.connect(6, text("c") + text(bad) + text("")),
            Self.connect(0x82, text("c") + text(bad)),
        ]
        for bytes in packets { #expect(decode(bytes, pieces: .max).error?.kind == .malformed) }
        #expect(TopicFilter(bytes: bad) == nil)
        #expect(TopicName(checking: bad) == nil)
    }

    @Test(arguments: [
        "\u{FEFF}a", "日本/猫", "\u{10FFFF}", "\u{7F}\u{80}\u{7FF}\u{800}\u{FFFF}", "\u{1}",
    ])
    func `are not those with unusual letters`(topic: String) {
        let bytes = packet(0x30, text(topic))
        let message = Message(topic: TopicName(topic), payload: [])
        #expect(decode(bytes, pieces: 1).packets == [.publish(Publish(message))])
    }

    @Test func `are refused before their body has come`() {
        for header: [UInt8] in [
            [0x40, 0x80, 1], [0xC0, 5], [0x10, 0xFF, 0xFF, 0xFF, 0x7F], [0x36],
        ] {
            #expect(decode(header, pieces: 1, from: .client).error != nil)
        }
    }

    @Test func `may be too long for the reader`() {
        var decoder = PacketDecoder(maximumPacketBytes: 100)
        decoder.feed([0x30, 99])
        #expect(throws: ProtocolViolation.self) { try decoder.next() }
        decoder = PacketDecoder(maximumPacketBytes: 101)
        decoder.feed([0x30, 99])
        #expect(throws: Never.self) { try decoder.next() }
    }

    @Test func `of another version are told apart`() {
        for (name, level) in [("MQTT", 5), ("MQTT", 127), ("MQTT", 3), ("MQIsdp", 3)]
            as [(String, UInt8)]
        {
            let found = decode(Self.connect(2, name: name, level: level), pieces: .max).error
            #expect(found?.kind == .unacceptableProtocolVersion)
        }
    }
}
