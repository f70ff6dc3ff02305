import CDigest

/// A SHA-256 value: 32 bytes.
public struct SHA256Digest: Hashable, Sendable, BitwiseCopyable {
    /// The 32 bytes as four big-endian words, so that the value lives in registers.
    public var words: (UInt64, UInt64, UInt64, UInt64)

    public init(words: (UInt64, UInt64, UInt64, UInt64)) { self.words = words }

    /// The digest that these 32 bytes are; nil where there are not 32.
    public init?(bytes: some Collection<UInt8>) {
        guard bytes.count == 32 else { return nil }
        var words: [UInt64] = [0, 0, 0, 0]
        for (place, byte) in bytes.enumerated() {
            words[place / 8] = words[place / 8] << 8 | UInt64(byte)
        }
        self.words = (words[0], words[1], words[2], words[3])
    }

    /// The digest that these 64 hexadecimal digits write, in either case; nil for any other text.
    public init?(hex: some StringProtocol) {
        let digits = Array(hex.utf8)
        guard digits.count == 64 else { return nil }
        var bytes: [UInt8] = []
        for place in stride(from: 0, to: 64, by: 2) {
            guard let high = hexValue(digits[place]), let low = hexValue(digits[place + 1])
            else { return nil }
            bytes.append(high << 4 | low)
        }
        self.init(bytes: bytes)
    }

    /// The 32 bytes.
    public var bytes: [UInt8] { withBytes { Array($0) } }

    /// Lends the 32 bytes.
    @inlinable public func withBytes<R>(_ body: (UnsafeRawBufferPointer) -> R) -> R {
        var big = (
            words.0.bigEndian, words.1.bigEndian, words.2.bigEndian, words.3.bigEndian
        )
        return withUnsafeBytes(of: &big, body)
    }

    /// The first eight bytes as an integer: what a ledger row keeps of its leaf.
    public var prefix: Int64 { Int64(bitPattern: words.0) }

    /// 64 lower-case hexadecimal digits.
    public var hex: String {
        let digits = Array("0123456789abcdef".utf8)
        return String(
            decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    public static func == (a: SHA256Digest, b: SHA256Digest) -> Bool { a.words == b.words }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(words.0)
        hasher.combine(words.1)
    }
}

extension SHA256Digest: CustomStringConvertible {
    public var description: String { hex }
}

/// A running SHA-256 computation. FIPS 180-4, computed by libcrypto.
public struct SHA256: Sendable {
    private var state = cdigest_sha256()

    public init() { cdigest_sha256_init(&state) }

    public mutating func update(_ bytes: UnsafeRawBufferPointer) {
        cdigest_sha256_update(&state, bytes.baseAddress, bytes.count)
    }

    public mutating func update(_ text: String) {
        var text = text
        text.withUTF8 { update(UnsafeRawBufferPointer($0)) }
    }

    /// Adds the bytes of an integer, as many as its type has, most significant first.
    public mutating func update(bigEndian value: some FixedWidthInteger) {
        withUnsafeBytes(of: value.bigEndian) { update($0) }
    }

    /// Adds the UTF-8 length of `text` as four bytes, then its bytes, so that no two lists of
    /// texts have the same encoding.
    public mutating func update(counted text: String) {
        update(bigEndian: UInt32(text.utf8.count))
        update(text)
    }

    /// The digest of all that was added so far; more may be added after.
    public func digest() -> SHA256Digest {
        var copy = state
        var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
        withUnsafeMutableBytes(of: &words) {
            cdigest_sha256_final(&copy, $0.bindMemory(to: UInt8.self).baseAddress)
        }
        return SHA256Digest(
            words: (
                UInt64(bigEndian: words.0), UInt64(bigEndian: words.1),
                UInt64(bigEndian: words.2), UInt64(bigEndian: words.3)
            ))
    }

    /// The digest of `bytes` in one call.
    public static func hash(_ bytes: UnsafeRawBufferPointer) -> SHA256Digest {
        var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
        withUnsafeMutableBytes(of: &words) {
            cdigest_sha256_once(
                bytes.baseAddress, bytes.count, $0.bindMemory(to: UInt8.self).baseAddress)
        }
        return SHA256Digest(
            words: (
                UInt64(bigEndian: words.0), UInt64(bigEndian: words.1),
                UInt64(bigEndian: words.2), UInt64(bigEndian: words.3)
            ))
    }

    /// The digest of a text's UTF-8 bytes.
    public static func hash(_ text: String) -> SHA256Digest {
        var text = text
        return text.withUTF8 { hash(UnsafeRawBufferPointer($0)) }
    }
}

func hexValue(_ digit: UInt8) -> UInt8? {
    switch digit {
    case 0x30...0x39: digit - 0x30
    case 0x41...0x46: digit - 0x41 + 10
    case 0x61...0x66: digit - 0x61 + 10
    default: nil
    }
}
