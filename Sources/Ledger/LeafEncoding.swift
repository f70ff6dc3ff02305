import EventModel

/// The bytes behind an event's leaf hash, for whoever works it out with another program.
///
///     content hash = SHA-256(content)
///     leaf hash    = SHA-256(0x00 ‖ entry ‖ content hash)
///
/// `docs/ledger-format.md` says what each byte is.
public struct LeafEncoding: Sendable, Equatable {
    /// What the event says.
    public var content: [UInt8]
    /// The leaf's entry up to the content's hash: sequence, times and id.
    public var entry: [UInt8]

    /// - Parameter sequence: the event's place in the ledger.
    public init(_ event: Event, at sequence: Int) {
        content = LeafEncoding.content(event.content)
        entry = [LedgerLeaf.version]
        entry.append(bigEndian: Int64(sequence))
        entry.append(bigEndian: event.time.microseconds)
        entry.append(bigEndian: (event.recorded ?? event.time).microseconds)
        entry.append(counted: event.id.text)
    }

    private static func content(_ content: EventContent) -> [UInt8] {
        var bytes: [UInt8] = [1, content.form.rawValue]
        bytes.append(counted: content.source)
        bytes.append(counted: content.detailType)
        for text in [content.device, content.envelope] {
            bytes.append(text == nil ? 0 : 1)
            bytes.append(counted: text ?? "")
        }
        bytes.append(counted: content.detail)
        return bytes
    }

    /// The leaf hash that these bytes have.
    public var leafHash: SHA256Digest {
        let digest = content.withUnsafeBytes { SHA256.hash($0) }
        return (entry + digest.bytes).withUnsafeBytes { MerkleTree.leafHash($0) }
    }
}

extension [UInt8] {
    fileprivate mutating func append(bigEndian value: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: value.bigEndian) { append(contentsOf: $0) }
    }

    fileprivate mutating func append(counted text: String) {
        append(bigEndian: UInt32(text.utf8.count))
        append(contentsOf: text.utf8)
    }
}
