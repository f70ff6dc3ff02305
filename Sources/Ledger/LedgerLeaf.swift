import EventModel

/// The Merkle leaf of an event: what the ledger's root vouches for.
///
/// The entry, all integers big-endian, is hashed as RFC 9162 hashes a leaf (a 0x00 before it):
///
///     offset  bytes  what
///     0       1      version of this encoding: 1
///     1       8      sequence
///     9       8      time, microseconds since 1970 UTC, signed
///     17      8      recorded time, likewise
///     25      4      n, the UTF-8 length of the id
///     29      n      the id's text
///     29+n    32     the content's digest (`EventContent.digest`)
///
/// The sequence is in it, so that a row which was moved is named and not only noticed. An event
/// with a UUID comes to 97 bytes with the prefix: two blocks of SHA-256.
enum LedgerLeaf {
    static let version: UInt8 = 1

    static func hash(
        sequence: Int, time: Timestamp, recorded: Timestamp, id: EventID, content: SHA256Digest
    ) -> SHA256Digest {
        if case .other(let text) = id {
            return hash(sequence, time, recorded, content, idCount: text.utf8.count) { buffer in
                var text = text
                text.withUTF8 { buffer.copyMemory(from: UnsafeRawBufferPointer($0)) }
            }
        }
        return hash(sequence, time, recorded, content, idCount: 36) { id.writeUUID(into: $0) }
    }

    @inline(__always)
    private static func hash(
        _ sequence: Int, _ time: Timestamp, _ recorded: Timestamp, _ content: SHA256Digest,
        idCount: Int, writeID: (UnsafeMutableRawBufferPointer) -> Void
    ) -> SHA256Digest {
        withUnsafeTemporaryAllocation(byteCount: 62 + idCount, alignment: 1) { buffer in
            buffer[0] = 0
            buffer[1] = version
            buffer.storeBytes(of: Int64(sequence).bigEndian, toByteOffset: 2, as: Int64.self)
            buffer.storeBytes(of: time.microseconds.bigEndian, toByteOffset: 10, as: Int64.self)
            buffer.storeBytes(of: recorded.microseconds.bigEndian, toByteOffset: 18, as: Int64.self)
            buffer.storeBytes(of: UInt32(idCount).bigEndian, toByteOffset: 26, as: UInt32.self)
            writeID(UnsafeMutableRawBufferPointer(rebasing: buffer[30..<30 + idCount]))
            content.withBytes { bytes in
                UnsafeMutableRawBufferPointer(rebasing: buffer[(30 + idCount)...])
                    .copyMemory(from: bytes)
            }
            return SHA256.hash(UnsafeRawBufferPointer(buffer))
        }
    }
}
