extension Packet {
    /// Appends the packet as it goes over the wire.
    ///
    /// Texts longer than 65,535 bytes and bodies longer than 268,435,455 cannot be written; such a
    /// packet cannot come out of the decoder, and whoever builds one by hand keeps the limits.
    public func encode(into bytes: inout [UInt8]) {
        switch self {
        case .publish(let publish): publish.encode(into: &bytes)
        case .connect(let connect): connect.encode(into: &bytes)
        case .connack(let present, let code):
            bytes.append(contentsOf: [0x20, 2, present ? 1 : 0, code.rawValue])
        case .puback(let id): bytes.appendAcknowledgement(0x40, id)
        case .pubrec(let id): bytes.appendAcknowledgement(0x50, id)
        case .pubrel(let id): bytes.appendAcknowledgement(0x62, id)
        case .pubcomp(let id): bytes.appendAcknowledgement(0x70, id)
        case .unsuback(let id): bytes.appendAcknowledgement(0xB0, id)
        case .subscribe(let subscribe):
            let length = subscribe.entries.reduce(2) { $0 + 3 + $1.filter.bytes.count }
            bytes.appendHeader(0x82, length: length)
            bytes.appendWord(subscribe.packetID)
            for entry in subscribe.entries {
                bytes.appendText(entry.filter.bytes)
                bytes.append(entry.qos.rawValue)
            }
        case .suback(let id, let codes):
            bytes.appendHeader(0x90, length: 2 + codes.count)
            bytes.appendWord(id)
            for code in codes { bytes.append(code.byte) }
        case .unsubscribe(let unsubscribe):
            let length = unsubscribe.filters.reduce(2) { $0 + 2 + $1.bytes.count }
            bytes.appendHeader(0xA2, length: length)
            bytes.appendWord(unsubscribe.packetID)
            for filter in unsubscribe.filters { bytes.appendText(filter.bytes) }
        case .pingreq: bytes.append(contentsOf: [0xC0, 0])
        case .pingresp: bytes.append(contentsOf: [0xD0, 0])
        case .disconnect: bytes.append(contentsOf: [0xE0, 0])
        }
    }

    /// The packet as it goes over the wire.
    public var encoded: [UInt8] {
        var bytes: [UInt8] = []
        encode(into: &bytes)
        return bytes
    }
}

extension Publish {
    /// Appends the packet as it goes over the wire.
    public func encode(into bytes: inout [UInt8]) {
        var first: UInt8 = 0x30 | message.qos.rawValue << 1
        if message.retain { first |= 1 }
        if isDuplicate { first |= 8 }
        let topic = message.topic.bytes
        let idBytes = message.qos == .zero ? 0 : 2
        bytes.appendHeader(first, length: 2 + topic.count + idBytes + message.payload.count)
        bytes.appendText(topic)
        if idBytes > 0 { bytes.appendWord(packetID) }
        bytes.append(contentsOf: message.payload)
    }

    /// How many bytes `encode(into:)` appends at most.
    public var encodedBytesMax: Int { 9 + message.topic.bytes.count + message.payload.count }
}

extension Connect {
    func encode(into bytes: inout [UInt8]) {
        var flags: UInt8 = cleanSession ? 0x02 : 0
        var length = 10 + 2 + clientID.count
        if let will {
            flags |= 0x04 | will.qos.rawValue << 3 | (will.retain ? 0x20 : 0)
            length += 4 + will.topic.bytes.count + will.payload.count
        }
        if let userName {
            flags |= 0x80
            length += 2 + userName.count
        }
        if let password {
            flags |= 0x40
            length += 2 + password.count
        }
        bytes.appendHeader(0x10, length: length)
        bytes.appendText(Array("MQTT".utf8))
        bytes.append(4)
        bytes.append(flags)
        bytes.appendWord(keepAlive)
        bytes.appendText(clientID)
        if let will {
            bytes.appendText(will.topic.bytes)
            bytes.appendText(will.payload)
        }
        if let userName { bytes.appendText(userName) }
        if let password { bytes.appendText(password) }
    }
}

extension [UInt8] {
    fileprivate mutating func appendHeader(_ first: UInt8, length: Int) {
        append(first)
        var rest = length
        while rest >= 0x80 {
            append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        append(UInt8(truncatingIfNeeded: rest))
    }

    fileprivate mutating func appendWord(_ word: UInt16) {
        append(UInt8(truncatingIfNeeded: word >> 8))
        append(UInt8(truncatingIfNeeded: word))
    }

    fileprivate mutating func appendText(_ text: [UInt8]) {
        appendWord(UInt16(truncatingIfNeeded: text.count))
        append(contentsOf: text)
    }

    fileprivate mutating func appendAcknowledgement(_ first: UInt8, _ id: UInt16) {
        append(first)
        append(2)
        appendWord(id)
    }
}
