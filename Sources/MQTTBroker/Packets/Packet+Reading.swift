extension Publish {
    init(reading reader: inout PacketReader, flags: UInt8) throws(ProtocolViolation) {
        let qos = QoS(rawValue: flags >> 1 & 3) ?? .zero
        let topic = try reader.topicName("topic name")
        let id = qos == .zero ? 0 : try reader.packetID()
        self.init(
            Message(topic: topic, payload: reader.rest(), qos: qos, retain: flags & 1 != 0),
            packetID: id, isDuplicate: flags & 8 != 0)
    }
}

extension Subscribe {
    init(reading reader: inout PacketReader) throws(ProtocolViolation) {
        packetID = try reader.packetID()
        entries = []
        repeat {
            let filter = try reader.topicFilter()
            guard let qos = QoS(rawValue: try reader.byte("requested QoS")) else {
                throw reader.fail("the requested QoS is not 0, 1 or 2 [MQTT-3-8.3-4]")
            }
            entries.append(Entry(filter, qos))
        } while !reader.isAtEnd
    }
}

extension Unsubscribe {
    init(reading reader: inout PacketReader) throws(ProtocolViolation) {
        packetID = try reader.packetID()
        filters = []
        repeat { filters.append(try reader.topicFilter()) } while !reader.isAtEnd
    }
}

extension Connect {
    /// What the flags' bits say: section 3.1.2.3.
    private enum Flag {
        static let reserved: UInt8 = 0x01
        static let cleanSession: UInt8 = 0x02
        static let will: UInt8 = 0x04
        static let willQoS: UInt8 = 0x18
        static let willRetain: UInt8 = 0x20
        static let password: UInt8 = 0x40
        static let userName: UInt8 = 0x80
    }

    init(reading reader: inout PacketReader) throws(ProtocolViolation) {
        try Connect.readProtocol(&reader)
        let flags = try reader.byte("flags")
        guard flags & Flag.reserved == 0 else {
            throw reader.fail("the reserved flag is set [MQTT-3.1.2-3]")
        }
        guard flags & Flag.will != 0 || flags & (Flag.willQoS | Flag.willRetain) == 0 else {
            throw reader.fail("will QoS or retain without a will [MQTT-3.1.2-11]")
        }
        guard let willQoS = QoS(rawValue: (flags & Flag.willQoS) >> 3) else {
            throw reader.fail("the will's QoS is 3 [MQTT-3.1.2-14]")
        }
        guard flags & Flag.password == 0 || flags & Flag.userName != 0 else {
            throw reader.fail("a password without a user name [MQTT-3.1.2-22]")
        }
        cleanSession = flags & Flag.cleanSession != 0
        keepAlive = try reader.word("keep-alive")
        clientID = Array(try reader.text("client id"))
        if flags & Flag.will != 0 {
            let topic = try reader.topicName("will topic")
            let payload = Array(try reader.binary("will message"))
            will = Message(
                topic: topic, payload: payload, qos: willQoS, retain: flags & Flag.willRetain != 0)
        }
        if flags & Flag.userName != 0 { userName = Array(try reader.text("user name")) }
        if flags & Flag.password != 0 { password = Array(try reader.binary("password")) }
    }

    /// Name and level stand first, so that all versions can read them.
    private static func readProtocol(_ reader: inout PacketReader) throws(ProtocolViolation) {
        let name = try reader.binary("protocol name")
        let level = try reader.byte("protocol level")
        // Version 3.1 had another name, and deserves the same answer as version 5.
        guard name.elementsEqual("MQTT".utf8) || name.elementsEqual("MQIsdp".utf8) else {
            throw reader.fail("the protocol name is not MQTT [MQTT-3.1.2-1]")
        }
        guard name.count == 4, level == 4 else {
            throw ProtocolViolation(
                "CONNECT: protocol level \(level); this broker speaks MQTT 3.1.1, level 4",
                kind: .unacceptableProtocolVersion)
        }
    }
}
