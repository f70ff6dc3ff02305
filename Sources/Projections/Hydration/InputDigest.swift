/// A hash over what a fold was given, in order: tells a reordered, doubled or skipped event from
/// the right one, where counts and states do not.
///
/// A polynomial over the prime field of 2^61 - 1, so that it merges: the digest of a part and the
/// digest of the next give the digest of both. Not cryptographic; the ledger's root is.
///
///     H(e1 … en) = Σ h(ei) · B^(n-i)        H(a ‖ b) = H(a) · B^|b| + H(b)
public struct InputDigest: Sendable, Equatable {
    /// How many events were given.
    public private(set) var count = 0
    private var hash: UInt64 = 0

    @usableFromInline static let prime: UInt64 = (1 << 61) - 1
    private static let base: UInt64 = 0x0123_4567_89AB_CDEF % ((1 << 61) - 1)

    public init() {}

    /// The digest that `words` wrote.
    public init(count: Int, hash: UInt64) {
        self.count = count
        self.hash = hash % InputDigest.prime
    }

    /// The count and the hash, for a checkpoint.
    public var words: (count: Int, hash: UInt64) { (count, hash) }

    /// Takes in the event at `sequence` of time `microseconds`.
    @inline(__always)
    public mutating func add(sequence: Int, microseconds: Int64) {
        var mixed = UInt64(bitPattern: microseconds) &* 0x9E37_79B9_7F4A_7C15
        mixed ^= UInt64(bitPattern: Int64(sequence)) &* 0xBF58_476D_1CE4_E5B9
        mixed ^= mixed >> 29
        hash = InputDigest.reduce(
            InputDigest.multiply(hash, InputDigest.base), mixed & InputDigest.prime)
        count += 1
    }

    /// Takes in the digest of the part right after this one.
    public mutating func merge(_ later: InputDigest) {
        var power: UInt64 = 1
        var square = InputDigest.base
        var rest = later.count
        while rest > 0 {
            if rest & 1 == 1 { power = InputDigest.multiply(power, square) }
            square = InputDigest.multiply(square, square)
            rest >>= 1
        }
        hash = InputDigest.reduce(InputDigest.multiply(hash, power), later.hash)
        count += later.count
    }

    @inline(__always)
    private static func multiply(_ a: UInt64, _ b: UInt64) -> UInt64 {
        let (high, low) = a.multipliedFullWidth(by: b)
        return reduce(low & prime, high << 3 | low >> 61)
    }

    @inline(__always)
    private static func reduce(_ a: UInt64, _ b: UInt64) -> UInt64 {
        let sum = a + b
        return sum >= prime ? sum - prime : sum
    }
}

extension InputDigest: CustomStringConvertible {
    /// The count and 16 hexadecimal digits.
    public var description: String {
        let digits = String(hash, radix: 16)
        return "\(count):" + String(repeating: "0", count: 16 - digits.count) + digits
    }
}
