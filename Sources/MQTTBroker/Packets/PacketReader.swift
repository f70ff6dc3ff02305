/// Reads the fields of one packet's body: bounds are checked, texts are checked, nothing traps.
struct PacketReader {
    let bytes: UnsafeRawBufferPointer
    /// The packet's name, for errors.
    let packet: StaticString
    var offset = 0

    init(_ bytes: UnsafeRawBufferPointer, in packet: StaticString) {
        self.bytes = bytes
        self.packet = packet
    }

    var isAtEnd: Bool { offset == bytes.count }

    func fail(_ reason: String) -> ProtocolViolation {
        ProtocolViolation("\(packet): \(reason)")
    }

    mutating func byte(_ what: StaticString) throws(ProtocolViolation) -> UInt8 {
        guard offset < bytes.count else { throw fail("the packet ends before its \(what)") }
        defer { offset += 1 }
        return bytes[offset]
    }

    mutating func word(_ what: StaticString) throws(ProtocolViolation) -> UInt16 {
        guard bytes.count - offset >= 2 else { throw fail("the packet ends before its \(what)") }
        defer { offset += 2 }
        return UInt16(bytes[offset]) << 8 | UInt16(bytes[offset + 1])
    }

    mutating func packetID() throws(ProtocolViolation) -> UInt16 {
        let id = try word("packet identifier")
        guard id != 0 else { throw fail("the packet identifier is 0 [MQTT-2.3.1-1]") }
        return id
    }

    /// Bytes with their length before them.
    mutating func binary(
        _ what: StaticString
    ) throws(ProtocolViolation) -> UnsafeRawBufferPointer {
        let count = Int(try word(what))
        guard bytes.count - offset >= count else {
            throw fail("the \(what) is longer than the packet: \(count) bytes")
        }
        defer { offset += count }
        return UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + count])
    }

    mutating func text(_ what: StaticString) throws(ProtocolViolation) -> UnsafeRawBufferPointer {
        let text = try binary(what)
        guard TopicSyntax.isText(text) else {
            throw fail("the \(what) is not UTF-8 without U+0000 [MQTT-1.5.3-1, MQTT-1.5.3-2]")
        }
        return text
    }

    /// A topic name: not empty, no wildcards.
    mutating func topicName(_ what: StaticString) throws(ProtocolViolation) -> TopicName {
        let name = try text(what)
        guard TopicSyntax.isName(name) else {
            throw fail("the \(what) is empty or has a wildcard [MQTT-3.3.2-2, MQTT-4.7.3-1]")
        }
        return TopicName(bytes: Array(name))
    }

    mutating func topicFilter() throws(ProtocolViolation) -> TopicFilter {
        let bytes = try text("topic filter")
        guard let filter = TopicFilter(bytes: Array(bytes)) else {
            throw fail("the topic filter is empty or has a misplaced wildcard [MQTT-4.7.1-2]")
        }
        return filter
    }

    /// All that is left.
    mutating func rest() -> [UInt8] {
        defer { offset = bytes.count }
        return Array(bytes[offset...])
    }

    func expectEnd() throws(ProtocolViolation) {
        guard isAtEnd else { throw fail("\(bytes.count - offset) bytes follow the last field") }
    }
}
