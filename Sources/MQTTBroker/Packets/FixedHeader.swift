/// A packet's first byte, checked: type and flags (section 2.2).
struct FixedHeader {
    let type: UInt8
    let flags: UInt8

    /// Refuses reserved types and flags, and packets that this sender may not send.
    init(_ byte: UInt8, from sender: PacketDecoder.Sender) throws(ProtocolViolation) {
        type = byte >> 4
        flags = byte & 0x0F
        guard type >= 1, type <= 14 else {
            throw ProtocolViolation("packet type \(type) is reserved (2.2.1)")
        }
        let isBrokers = type == 2 || type == 9 || type == 11 || type == 13
        let isClients = type == 1 || type == 8 || type == 10 || type == 12 || type == 14
        if sender == .client, isBrokers { throw ProtocolViolation("\(name) from a client (2.2.1)") }
        if sender == .broker, isClients { throw ProtocolViolation("\(name) from a broker (2.2.1)") }
        if type == 3 {
            guard flags & 0x06 != 0x06 else {
                throw ProtocolViolation("PUBLISH: QoS 3 [MQTT-3.3.1-4]")
            }
            guard flags & 0x0E != 0x08 else {
                throw ProtocolViolation("PUBLISH: DUP with QoS 0 [MQTT-3.3.1-2]")
            }
        } else {
            let wanted: UInt8 = type == 6 || type == 8 || type == 10 ? 2 : 0
            guard flags == wanted else {
                throw ProtocolViolation(
                    "\(name): flags \(flags), \(wanted) were expected [MQTT-2.2.2-2]")
            }
        }
    }

    var name: StaticString {
        switch type {
        case 1: "CONNECT"
        case 2: "CONNACK"
        case 3: "PUBLISH"
        case 4: "PUBACK"
        case 5: "PUBREC"
        case 6: "PUBREL"
        case 7: "PUBCOMP"
        case 8: "SUBSCRIBE"
        case 9: "SUBACK"
        case 10: "UNSUBSCRIBE"
        case 11: "UNSUBACK"
        case 12: "PINGREQ"
        case 13: "PINGRESP"
        default: "DISCONNECT"
        }
    }

    /// Refuses a length that no packet of this type has, before the body has come.
    func check(length: Int) throws(ProtocolViolation) {
        let possible: ClosedRange<Int> =
            switch type {
            // Header and five fields of at most 65,535 bytes; another version may have more.
            case 1: 2...400_000
            case 2, 4, 5, 6, 7, 11: 2...2
            case 3: 3...268_435_455
            case 8: 6...268_435_455
            case 9: 3...268_435_455
            case 10: 5...268_435_455
            default: 0...0
            }
        guard possible.contains(length) else {
            throw ProtocolViolation("\(name): no such packet has a remaining length of \(length)")
        }
    }

    /// The packet with this body.
    func packet(_ body: UnsafeRawBufferPointer) throws(ProtocolViolation) -> Packet {
        var reader = PacketReader(body, in: name)
        let packet: Packet
        switch type {
        case 1: packet = .connect(try Connect(reading: &reader))
        case 2:
            let present = try reader.byte("flags")
            guard present <= 1 else { throw reader.fail("reserved flags are set (3.2.2.1)") }
            packet = .connack(
                sessionPresent: present == 1,
                code: ConnectReturnCode(rawValue: try reader.byte("return code")))
        case 3: packet = .publish(try Publish(reading: &reader, flags: flags))
        case 4: packet = .puback(try reader.packetID())
        case 5: packet = .pubrec(try reader.packetID())
        case 6: packet = .pubrel(try reader.packetID())
        case 7: packet = .pubcomp(try reader.packetID())
        case 8: packet = .subscribe(try Subscribe(reading: &reader))
        case 9:
            let id = try reader.packetID()
            var codes: [SubscribeReturnCode] = []
            while !reader.isAtEnd {
                guard let code = SubscribeReturnCode(byte: try reader.byte("return code")) else {
                    throw reader.fail("a reserved return code [MQTT-3.9.3-2]")
                }
                codes.append(code)
            }
            packet = .suback(id, codes)
        case 10: packet = .unsubscribe(try Unsubscribe(reading: &reader))
        case 11: packet = .unsuback(try reader.packetID())
        case 12: packet = .pingreq
        case 13: packet = .pingresp
        default: packet = .disconnect
        }
        try reader.expectEnd()
        return packet
    }
}
