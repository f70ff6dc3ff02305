/// Repeatable random numbers (Steele, Lea and Flood, Fast Splittable Pseudorandom Number Generators, 2014).
struct SplitMix: Sendable {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
        return z ^ z >> 31
    }

    /// 0 up to, not including, `bound`, all as often (Lemire); 0 for no bound.
    mutating func below(_ bound: UInt64) -> UInt64 {
        guard bound > 0 else { return 0 }
        var product = next().multipliedFullWidth(by: bound)
        if product.low < bound {
            let least = (0 &- bound) % bound
            while product.low < least { product = next().multipliedFullWidth(by: bound) }
        }
        return product.high
    }

    mutating func uniform(in bounds: ClosedRange<Int>) -> Int {
        let width = UInt64(bitPattern: Int64(bounds.upperBound &- bounds.lowerBound))
        guard width < .max else { return Int(bitPattern: UInt(next())) }
        return bounds.lowerBound &+ Int(bitPattern: UInt(below(width + 1)))
    }

    /// One in eight near an edge or the origin, three in eight of few bits, the rest anywhere; of a small
    /// case, fewer anywhere.
    ///
    /// - Parameter size: in percent.
    mutating func likely(
        in bounds: ClosedRange<Int>, near origin: Int, size: Int
    ) -> Int {
        let width = UInt64(bitPattern: Int64(bounds.upperBound &- bounds.lowerBound))
        guard width > 16 else { return uniform(in: bounds) }
        let isSmall = below(100) >= UInt64(size)
        switch isSmall ? 1 : below(8) {
        case 0:
            let edges = [
                bounds.lowerBound, bounds.upperBound, origin, bounds.lowerBound + 1,
                bounds.upperBound - 1,
            ]
            return edges[Int(below(UInt64(edges.count)))]
        case 1...3:
            let all = UInt64(64 - width.leadingZeroBitCount)
            let bits = 1 + below(isSmall ? min(all, 4) : all)
            let distance = Int(bitPattern: UInt(next() >> (64 - bits)))
            let value = below(2) == 0 ? origin &+ distance : origin &- distance
            return bounds.contains(value) ? value : uniform(in: bounds)
        default: return uniform(in: bounds)
        }
    }
}
