import EventModel

/// The random numbers of one domain under one root seed, by address.
///
///     key     = (root seed, stream-map version << 32 | domain)
///     counter = (draw index, slot, local day, entity)
///
/// A value depends on its address alone. Leaving a device out, generating another stretch of days
/// or using more threads changes no other value.
@frozen public struct RandomStream: Sendable {
    @usableFromInline let key: (UInt64, UInt64)

    public init(seed: UInt64, domain: RandomDomain) {
        key = (seed, UInt64(RandomDomain.streamMapVersion) << 32 | UInt64(domain.rawValue))
    }

    /// The four words at an address.
    @inlinable public func words(
        draw: UInt64 = 0, slot: UInt64 = 0, day: Int32 = 0, entity: UInt64 = 0
    ) -> Philox4x64.Words {
        Philox4x64.words(
            counter: (draw, slot, UInt64(bitPattern: Int64(day)), entity), key: key)
    }

    /// The draws that begin at an address.
    @inlinable public func draws(
        slot: UInt64 = 0, day: Int32 = 0, entity: UInt64 = 0
    ) -> RandomDraws {
        RandomDraws(stream: self, slot: slot, day: day, entity: entity)
    }

    /// The first eight bytes of the text's SHA-256: what a device, a habit or anything else with a
    /// name is called in an address. A place in a list would do no good: it changes when something
    /// before it is dropped.
    public static func entity(_ text: String) -> UInt64 {
        UInt64(bitPattern: SHA256.hash(text).prefix)
    }
}

/// The words of one address in order: those of draw index 0, then of 1, and so on.
///
/// It is not a `RandomNumberGenerator` on purpose: what Swift's `random(in:using:)` makes of a
/// generator may change between versions of Swift, and a history must not.
@frozen public struct RandomDraws: Sendable {
    @usableFromInline let stream: RandomStream
    @usableFromInline let slot: UInt64
    @usableFromInline let day: Int32
    @usableFromInline let entity: UInt64
    @usableFromInline var draw: UInt64 = 0
    @usableFromInline var words: Philox4x64.Words = (0, 0, 0, 0)
    @usableFromInline var used: UInt8 = 4

    @inlinable init(stream: RandomStream, slot: UInt64, day: Int32, entity: UInt64) {
        self.stream = stream
        self.slot = slot
        self.day = day
        self.entity = entity
    }

    /// The next 64 random bits.
    @inlinable public mutating func next() -> UInt64 {
        if used == 4 {
            words = stream.words(draw: draw, slot: slot, day: day, entity: entity)
            draw += 1
            used = 0
        }
        used += 1
        switch used {
        case 1: return words.0
        case 2: return words.1
        case 3: return words.2
        default: return words.3
        }
    }
}
