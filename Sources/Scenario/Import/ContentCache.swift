import EventModel
import Foundation

/// An event's content with what an import asks of it again and again.
struct KnownContent {
    var content: EventContent
    /// Equal for contents that are the same event's: white space, `replay-name` and device aside.
    var comparable: UInt64
    /// How finely the envelope spells the time, where it keeps the spelling.
    var spelled: Timestamp.Resolution?

    /// - Parameter envelope: what is known of the content's envelope already.
    init(_ content: EventContent, envelope: KnownEnvelope? = nil) {
        self.content = content
        let envelope = envelope ?? KnownEnvelope(content)
        var hash = SHA256()
        hash.update(counted: content.source)
        hash.update(counted: content.detailType)
        hash.update(counted: JSONText.minified(content.detail))
        hash.update(bigEndian: envelope.comparable)
        self.comparable = hash.digest().words.0
        self.spelled = envelope.spelled
    }

    func resolution(of time: Timestamp) -> Timestamp.Resolution {
        spelled ?? (content.form == .put ? min(.millisecond, time.resolution) : time.resolution)
    }
}

/// What an import asks of the envelope of a content, and of all contents with the same one.
struct KnownEnvelope {
    var text: String?
    var comparable: UInt64
    var spelled: Timestamp.Resolution?

    init(_ content: EventContent) {
        text = content.envelope
        comparable = SHA256.hash(content.comparableEnvelope).words.0
        guard let time = content.envelopeMember("time")?.string else { return }
        spelled = Array(time.utf8).withUnsafeBytes { try? Timestamp.parse($0).1 }
    }
}

/// Contents by the input's own bytes, so that a text that comes again is neither decoded nor
/// hashed again. Bounded: when it is full it is emptied.
struct ContentCache {
    private var entries: [UInt64: (key: [UInt8], known: KnownContent)] = [:]
    private var byteCount = 0
    private var key = KeyBytes()
    /// The envelope of the content made last, which is most often that of the next one too.
    private var envelopeKey: [UInt8] = []
    private var envelope: KnownEnvelope?
    private var envelopeEnd = 0

    private static let entryLimit = 8_192
    private static let byteLimit = 8 << 20
    private static let keyLimit = 4_096

    /// Begins the key of the next content; the parts of its envelope come first.
    mutating func begin(_ tag: UInt8) {
        key.count = 0
        envelopeEnd = 0
        key.append(tag)
    }

    /// Adds a part to the key. Parts are counted, so that no two lists of parts have one key.
    mutating func add(_ part: UnsafeRawBufferPointer) { key.append(counted: part) }

    mutating func add(_ mark: UInt8) { key.append(mark) }

    /// Says that the parts so far were the envelope's.
    mutating func endEnvelope() {
        key.append(2)
        envelopeEnd = key.count
    }

    /// The content of the key that was put together, made if it is not here. `make` is given the
    /// envelope's text where that is known.
    mutating func content(
        _ make: (KnownEnvelope?) throws(BadValue) -> EventContent
    ) throws(BadValue) -> KnownContent {
        guard key.count <= ContentCache.keyLimit else { return KnownContent(try make(nil)) }
        let bytes = key.bytes
        let hash = quickHash(bytes)
        if let entry = entries[hash], isSame(entry.key, bytes) { return entry.known }
        let part = UnsafeRawBufferPointer(rebasing: bytes[..<envelopeEnd])
        let known: KnownContent
        if let envelope, isSame(envelopeKey, part) {
            known = KnownContent(try make(envelope), envelope: envelope)
        } else {
            let content = try make(nil)
            let found = KnownEnvelope(content)
            known = KnownContent(content, envelope: found)
            envelope = envelopeEnd > 0 ? found : nil
            envelopeKey = Array(part)
        }
        byteCount += bytes.count
        if entries.count >= ContentCache.entryLimit || byteCount > ContentCache.byteLimit {
            entries.removeAll(keepingCapacity: true)
            byteCount = bytes.count
        }
        entries[hash] = (Array(bytes), known)
        return known
    }

    private func isSame(_ key: [UInt8], _ bytes: UnsafeRawBufferPointer) -> Bool {
        key.count == bytes.count
            && (key.isEmpty
                || key.withUnsafeBytes { memcmp($0.baseAddress!, bytes.baseAddress!, $0.count) }
                    == 0)
    }
}

/// The bytes of a key while it is put together, in memory that is used again.
private final class KeyBytes {
    private var buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 4096, alignment: 8)
    var count = 0

    deinit { buffer.deallocate() }

    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: buffer[..<count]) }

    func append(_ byte: UInt8) {
        reserve(1)
        buffer[count] = byte
        count += 1
    }

    func append(counted part: UnsafeRawBufferPointer) {
        reserve(part.count + 4)
        let start = buffer.baseAddress! + count
        start.storeBytes(of: UInt32(truncatingIfNeeded: part.count), as: UInt32.self)
        if let source = part.baseAddress { memcpy(start + 4, source, part.count) }
        count += part.count + 4
    }

    private func reserve(_ needed: Int) {
        guard count + needed > buffer.count else { return }
        let larger = UnsafeMutableRawBufferPointer.allocate(
            byteCount: (count + needed) * 2, alignment: 8)
        larger.copyMemory(from: bytes)
        buffer.deallocate()
        buffer = larger
    }
}

/// A 64-bit hash of bytes: the same in every process, and no match for an adversary, so nothing
/// is believed because of it without a second look at the bytes.
func quickHash(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
    var state = 0x9E37_79B9_7F4A_7C15 ^ UInt64(bytes.count)
    var at = 0
    while at + 8 <= bytes.count {
        state = mix(state ^ bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self))
        at += 8
    }
    var rest: UInt64 = 0
    while at < bytes.count {
        rest = rest << 8 | UInt64(bytes[at])
        at += 1
    }
    return mix(state ^ rest)
}

@inline(__always)
func mix(_ value: UInt64) -> UInt64 {
    let (high, low) = value.multipliedFullWidth(by: 0xD6E8_FEB8_6659_FD93)
    return (high ^ low) &+ 0x2545_F491_4F6C_DD1D
}
