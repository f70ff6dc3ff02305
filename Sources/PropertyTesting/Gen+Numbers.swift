extension Gen where Value: FixedWidthInteger & Sendable {
    /// Integers of any width up to 64 bits, near their bounds and the origin more often than elsewhere.
    ///
    /// - Parameter origin: the simplest; what lies above it is simpler than what lies as far below.
    public static func integer(
        in bounds: ClosedRange<Value> = Value.min...Value.max, origin: Value = 0
    ) -> Gen {
        precondition(Value.bitWidth <= 64, "integers of more than 64 bits cannot be drawn")
        if let low = Int(exactly: bounds.lowerBound), let high = Int(exactly: bounds.upperBound) {
            let start = Int(exactly: origin) ?? low
            return Gen(label: 0x1717) { choices in
                Value(truncatingIfNeeded: try choices.integer(in: low...high, origin: start))
            }
        }
        return unsigned(from: UInt64(clamping: bounds.lowerBound), to: UInt64(bounds.upperBound))
    }

    /// Beyond `Int.max`: the distance from the lower bound, its upper bit a choice of its own.
    private static func unsigned(from low: UInt64, to high: UInt64) -> Gen {
        let width = high - low
        let half = UInt64(Int.max)
        return Gen(label: 0x1718) { choices in
            guard width > half else {
                let distance = try choices.integer(in: 0...Int(width))
                return Value(truncatingIfNeeded: low + UInt64(distance))
            }
            let isFar = try choices.chance(perMillion: 250_000)
            let most = isFar ? width - half - 1 : half
            let distance = UInt64(try choices.integer(in: 0...Int(most)))
            return Value(truncatingIfNeeded: low + distance + (isFar ? half + 1 : 0))
        }
    }
}

extension Gen where Value == [UInt8] {
    /// Bytes of any value.
    public static func bytes(of count: ClosedRange<Int> = 0...64) -> Gen<[UInt8]> {
        Gen<UInt8>.integer().list(of: count)
    }
}
