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
        hash = InputDigest.reduce(
            InputDigest.multiply(hash, InputDigest.base),
            InputDigest.mix(sequence, microseconds) & InputDigest.prime)
        count += 1
    }

    /// Takes in the events at `first`, `first` + 1, …
    ///
    /// Eight at a time, by eight powers of B, so that one event does not wait for the one before.
    public mutating func add(first: Int, _ records: Span<EventRecord>) {
        let powers = InputDigest.powers
        var place = 0
        while place + 8 <= records.count {
            var low: UInt64 = 0
            var high: UInt64 = 0
            func add(_ value: UInt64, _ power: UInt64) {
                let product = value.multipliedFullWidth(by: power)
                let (sum, carry) = low.addingReportingOverflow(product.low)
                low = sum
                high &+= product.high &+ (carry ? 1 : 0)
            }
            add(hash, powers[8])
            for step in 0..<8 {
                let mixed = InputDigest.mix(
                    first + place + step, records[unchecked: place + step].time)
                add(mixed & InputDigest.prime, powers[7 - step])
            }
            // Nine products below 2^122 are below 2^126: bits 0…60, 61…121, and the few above.
            let folded = (low & InputDigest.prime) &+ ((high << 3 | low >> 61) & InputDigest.prime)
            let rest = folded &+ (high >> 58)
            hash = InputDigest.reduce(rest & InputDigest.prime, rest >> 61)
            place += 8
        }
        count += place
        while place < records.count {
            add(sequence: first + place, microseconds: records[unchecked: place].time)
            place += 1
        }
    }

    /// B to the powers of 0 to 8.
    private static let powers: InlineArray<9, UInt64> = {
        var powers = InlineArray<9, UInt64>(repeating: 1)
        for power in 1...8 { powers[power] = multiply(powers[power - 1], base) }
        return powers
    }()

    @inline(__always)
    private static func mix(_ sequence: Int, _ microseconds: Int64) -> UInt64 {
        var mixed = UInt64(bitPattern: microseconds) &* 0x9E37_79B9_7F4A_7C15
        mixed ^= UInt64(bitPattern: Int64(sequence)) &* 0xBF58_476D_1CE4_E5B9
        mixed ^= mixed >> 29
        return mixed
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
