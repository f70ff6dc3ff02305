/// What names an event for ever: a UUID in its canonical text form, or any other text.
///
/// Nearly all ids are UUIDs, written in 36 lower-case characters. Those are held as two integers,
/// so that an id costs no allocation and 16 bytes in the ledger; every other text is kept as it
/// came. A UUID in capitals is such another text: ids are compared byte by byte.
public enum EventID: Hashable, Sendable {
    case uuid(UInt64, UInt64)
    /// Any text but a UUID in canonical form: `EventID(_:)` tells the two apart.
    case other(String)

    /// The id that this text is.
    public init(_ text: some StringProtocol) {
        var text = String(text)
        let parsed = text.withUTF8 { EventID.parseUUID(UnsafeRawBufferPointer($0)) }
        self = parsed ?? .other(text)
    }

    /// A version 8 UUID (RFC 9562: custom) from the first bytes of a digest.
    public init(derivedFrom digest: SHA256Digest) {
        self = .uuid(
            digest.words.0 & ~0xF000 | 0x8000,
            digest.words.1 & ~(3 << 62) | 1 << 63)
    }

    /// A version 7 UUID (RFC 9562): milliseconds, then 74 bits of `random`.
    ///
    /// Ids that rise with time keep the ledger's unique index dense: each new one goes to its end.
    public init(time: Timestamp, random: (UInt64, UInt64)) {
        let milliseconds = UInt64(max(0, time.microseconds / 1000)) & 0xFFFF_FFFF_FFFF
        self = .uuid(
            milliseconds << 16 | 0x7000 | random.0 & 0xFFF,
            random.1 & ~(3 << 62) | 1 << 63)
    }

    /// The id as text.
    public var text: String {
        switch self {
        case .other(let text): text
        case .uuid:
            String(unsafeUninitializedCapacity: 36) { buffer in
                writeUUID(into: UnsafeMutableRawBufferPointer(buffer))
                return 36
            }
        }
    }

    /// Writes the 36 characters of a UUID; writes nothing for any other id.
    public func writeUUID(into buffer: UnsafeMutableRawBufferPointer) {
        guard case .uuid(let high, let low) = self else { return }
        var at = 0
        for digit in 0..<32 {
            if digit == 8 || digit == 12 || digit == 16 || digit == 20 {
                buffer[at] = 0x2D
                at += 1
            }
            let word = digit < 16 ? high : low
            let value = UInt8(truncatingIfNeeded: word >> UInt64(60 - digit % 16 * 4)) & 15
            // Without a branch, which nothing could predict: 39 from "9" + 1 on to "a".
            buffer[at] = 0x30 &+ value &+ ((value &+ 6) >> 4) &* 39
            at += 1
        }
    }

    /// The UUID that these bytes write in canonical form, else nil.
    public static func parseUUID(_ bytes: UnsafeRawBufferPointer) -> EventID? {
        guard bytes.count == 36, bytes[8] == 0x2D, bytes[13] == 0x2D, bytes[18] == 0x2D,
            bytes[23] == 0x2D
        else { return nil }
        var areDigits = true
        // Digits without a branch, which nothing could predict: 0x30…0x39 and 0x61…0x66.
        func word(_ places: Range<Int>, after word: UInt64) -> UInt64 {
            var word = word
            for place in places {
                let byte = bytes[place]
                let isDigit = (byte &- 0x30 < 10) != (byte &- 0x61 < 6)
                areDigits = areDigits && isDigit
                word = word << 4 | UInt64((byte & 15) &+ (byte >> 6) &* 9)
            }
            return word
        }
        let high = word(14..<18, after: word(9..<13, after: word(0..<8, after: 0)))
        let low = word(24..<36, after: word(19..<23, after: 0))
        guard areDigits else { return nil }
        return .uuid(high, low)
    }
}

extension EventID: CustomStringConvertible {
    public var description: String { text }
}

extension EventID {
    // Swift's strings are equal where Unicode calls them canonically equivalent: "é" in one scalar
    // or in two. SQLite and every digest see two ids there, so they are two here.
    public static func == (a: EventID, b: EventID) -> Bool {
        switch (a, b) {
        case (.uuid(let high, let low), .uuid(let otherHigh, let otherLow)):
            high == otherHigh && low == otherLow
        case (.other(let text), .other(let other)): text.hasSameBytes(as: other)
        default: false
        }
    }

    public func hash(into hasher: inout Hasher) {
        switch self {
        case .uuid(let high, let low):
            hasher.combine(high)
            hasher.combine(low)
        case .other(let text): hasher.combine(bytesOf: text)
        }
    }
}

extension String {
    /// Whether both are the same bytes. `==` also takes canonically equivalent texts for equal.
    public func hasSameBytes(as other: String) -> Bool {
        guard utf8.count == other.utf8.count else { return false }
        var (one, other) = (self, other)
        return one.withUTF8 { one in other.withUTF8 { one.elementsEqual($0) } }
    }
}

extension Hasher {
    /// Adds a text's UTF-8 bytes: goes with `hasSameBytes(as:)`.
    public mutating func combine(bytesOf text: String) {
        var text = text
        text.withUTF8 { combine(bytes: UnsafeRawBufferPointer($0)) }
        combine(UInt8(0xFF))
    }
}
