/// Cuts a byte stream into packets, however it was split: pull.
///
///     decoder.feed(bytes)
///     while let packet = try decoder.next() { … }
///
/// Only bytes that have come are kept, never the length that a header claims; a header that can
/// be no packet is refused before its body has come. After an error the decoder is not usable.
public struct PacketDecoder: Sendable {
    /// Who sends the packets: the standard lets each side send only some of them.
    public enum Sender: Sendable { case client, broker, either }

    let sender: Sender
    /// The longest packet taken, header and all, in bytes.
    public var maximumPacketBytes: Int
    private var pending: [UInt8] = []
    private var start = 0

    /// A decoder of what this side sends; unless told otherwise, of packets of any length.
    public init(from sender: Sender = .client, maximumPacketBytes: Int = .max) {
        self.sender = sender
        self.maximumPacketBytes = maximumPacketBytes
    }

    /// How many bytes of an unfinished packet wait.
    public var pendingBytes: Int { pending.count - start }

    /// Takes bytes off the wire.
    public mutating func feed(_ bytes: UnsafeRawBufferPointer) {
        if start == pending.count {
            pending.removeAll(keepingCapacity: pending.capacity <= 65_536)
            start = 0
        } else if start > 4096, start > pending.count / 2 {
            pending.removeFirst(start)
            start = 0
        }
        pending.append(contentsOf: bytes)
    }

    /// Takes bytes in, cut anywhere.
    public mutating func feed(_ bytes: [UInt8]) { bytes.withUnsafeBytes { feed($0) } }

    /// The next whole packet; nil where more bytes are needed.
    public mutating func next() throws(ProtocolViolation) -> Packet? {
        guard start < pending.count else { return nil }
        let decoder = self
        var used = 0
        let found = pending.withUnsafeBytes { buffer in
            Result { () throws(ProtocolViolation) -> Packet? in
                try decoder.decode(
                    UnsafeRawBufferPointer(rebasing: buffer[decoder.start...]), &used)
            }
        }
        start += used
        return try found.get()
    }

    /// Decodes the packet at the front of `bytes` and says how long it was; nil where it is not
    /// whole yet. Touches nothing that was fed.
    func decode(
        _ bytes: UnsafeRawBufferPointer, _ used: inout Int
    ) throws(ProtocolViolation) -> Packet? {
        guard let first = bytes.first else { return nil }
        let header = try FixedHeader(first, from: sender)
        var length = 0
        var place = 1
        while true {
            guard place < bytes.count else { return nil }
            let byte = bytes[place]
            length |= Int(byte & 0x7F) << (7 * (place - 1))
            place += 1
            if byte < 0x80 { break }
            guard place <= 4 else {
                throw ProtocolViolation("the remaining length has more than 4 bytes (2.2.3)")
            }
        }
        try header.check(length: length)
        guard length <= maximumPacketBytes - place else {
            throw ProtocolViolation(
                "\(header.name): \(length + place) bytes, at most \(maximumPacketBytes) are taken",
                kind: .tooLarge)
        }
        guard bytes.count - place >= length else { return nil }
        used = place + length
        return try header.packet(UnsafeRawBufferPointer(rebasing: bytes[place..<place + length]))
    }
}
