import EventModel

/// An event's content with what an import asks of it again and again.
struct KnownContent {
    var content: EventContent
    /// Equal for contents that are the same event's: white space, `replay-name` and device aside.
    var comparable: UInt64
    /// How finely the envelope spells the time, where it keeps the spelling.
    var spelled: Timestamp.Resolution?

    init(_ content: EventContent) {
        self.content = content
        var hash = SHA256()
        hash.update(counted: content.source)
        hash.update(counted: content.detailType)
        hash.update(counted: JSONText.minified(content.detail))
        hash.update(counted: content.comparableEnvelope)
        self.comparable = hash.digest().words.0
        guard let time = content.envelopeMember("time")?.string else { return }
        self.spelled = Array(time.utf8).withUnsafeBytes { try? Timestamp.parse($0).1 }
    }

    func resolution(of time: Timestamp) -> Timestamp.Resolution {
        spelled ?? (content.form == .put ? min(.millisecond, time.resolution) : time.resolution)
    }
}

/// Contents by the input's own bytes, so that a text that comes again is neither decoded nor
/// hashed again. Bounded: when it is full it is emptied.
struct ContentCache {
    private var entries: [UInt64: (key: [UInt8], known: KnownContent)] = [:]
    private var byteCount = 0
    private var key: [UInt8] = []

    private static let entryLimit = 8_192
    private static let byteLimit = 8 << 20
    private static let keyLimit = 4_096

    /// Begins the key of the next content.
    mutating func begin(_ tag: UInt8) {
        key.removeAll(keepingCapacity: true)
        key.append(tag)
    }

    /// Adds a part to the key. Parts are counted, so that no two lists of parts have one key.
    mutating func add(_ part: UnsafeRawBufferPointer) {
        withUnsafeBytes(of: UInt32(truncatingIfNeeded: part.count)) { key.append(contentsOf: $0) }
        key.append(contentsOf: part)
    }

    mutating func add(_ mark: UInt8) { key.append(mark) }

    /// The content of the key that was put together, made if it is not here.
    mutating func content(
        _ make: () throws(BadValue) -> EventContent
    ) throws(BadValue) -> KnownContent {
        guard key.count <= ContentCache.keyLimit else { return KnownContent(try make()) }
        let hash = key.withUnsafeBytes { quickHash($0) }
        if let entry = entries[hash], entry.key == key { return entry.known }
        let known = KnownContent(try make())
        byteCount += key.count
        if entries.count >= ContentCache.entryLimit || byteCount > ContentCache.byteLimit {
            entries.removeAll(keepingCapacity: true)
            byteCount = key.count
        }
        entries[hash] = (key, known)
        return known
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
