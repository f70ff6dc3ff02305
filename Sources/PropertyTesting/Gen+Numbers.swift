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
        return beyondInt(
            UInt64(clamping: bounds.lowerBound)...UInt64(clamping: bounds.upperBound),
            origin: UInt64(clamping: origin))
    }

    /// Beyond `Int.max`: with its upper bit turned over, a number of 64 bits is an `Int` in the same order.
    private static func beyondInt(_ bounds: ClosedRange<UInt64>, origin: UInt64) -> Gen {
        func turned(_ number: UInt64) -> Int { Int(bitPattern: UInt(number ^ 1 << 63)) }
        let (low, high) = (turned(bounds.lowerBound), turned(bounds.upperBound))
        let start = turned(origin)
        return Gen(label: 0x1718) { choices in
            let number = try choices.integer(in: low...high, origin: start)
            return Value(truncatingIfNeeded: UInt64(UInt(bitPattern: number)) ^ 1 << 63)
        }
    }
}

extension Gen where Value == [UInt8] {
    /// Bytes of any value.
    public static func bytes(of count: ClosedRange<Int> = 0...64) -> Gen<[UInt8]> {
        Gen<UInt8>.integer().list(of: count)
    }
}
