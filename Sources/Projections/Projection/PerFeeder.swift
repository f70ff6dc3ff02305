/// A value for each feeder, zero where nothing was said: an array behind a feeder's index.
public struct PerFeeder<Value: Sendable>: Sendable {
    @usableFromInline var values: [Value] = []
    /// The value of a feeder that no event has touched.
    public let zero: Value

    /// - Parameter zero: the value of a feeder that no event has touched.
    @inlinable public init(zero: Value) { self.zero = zero }

    @inlinable public subscript(feeder: FeederIndex) -> Value {
        @inline(__always) get {
            let place = Int(feeder.number)
            return place < values.count ? values[place] : zero
        }
        @inline(__always) _modify {
            let place = Int(feeder.number)
            if place >= values.count { grow(to: place) }
            yield &values[place]
        }
    }

    @usableFromInline mutating func grow(to place: Int) {
        values.append(contentsOf: repeatElement(zero, count: place + 1 - values.count))
    }

    /// Combines each feeder's value with that of a later part.
    public mutating func merge(_ later: PerFeeder, _ combine: (Value, Value) -> Value) {
        for place in later.values.indices {
            let feeder = FeederIndex(UInt32(place))
            self[feeder] = combine(self[feeder], later.values[place])
        }
    }
}

extension PerFeeder where Value: AdditiveArithmetic {
    @inlinable public init() { self.init(zero: .zero) }
}
