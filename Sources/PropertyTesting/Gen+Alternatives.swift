extension Gen {
    /// Always this value.
    public static func just(_ value: Value) -> Gen where Value: Sendable {
        Gen(label: 0x1057) { _ in value }
    }

    /// One of these values, the first being the simplest.
    public static func element<Elements: Collection & Sendable>(of elements: Elements) -> Gen
    where Elements.Element == Value {
        precondition(!elements.isEmpty, "an element of nothing cannot be drawn")
        let last = elements.count - 1
        return Gen(label: 0xE1E7) { choices in
            let place = try choices.integer(in: 0...last)
            return elements[elements.index(elements.startIndex, offsetBy: place)]
        }
    }

    /// One of these, all as often, the first being the simplest.
    public static func oneOf(_ generators: [Gen]) -> Gen {
        precondition(!generators.isEmpty, "one of none cannot be drawn")
        return Gen(label: 0x01F0) { choices in
            try generators[choices.integer(in: 0...generators.count - 1)].draw(&choices)
        }
    }

    /// One of these, as often as its weight says, the first being the simplest.
    public static func weighted(_ generators: [(weight: Int, gen: Gen)]) -> Gen {
        let weights = generators.map(\.weight)
        precondition(weights.contains { $0 > 0 }, "one of none cannot be drawn")
        let all = generators.map(\.gen)
        return Gen(label: 0x01F1) { choices in
            try all[choices.pick(weights: weights)].draw(&choices)
        }
    }

    /// Values that hold values of their own kind; `deeper` gets the generator of those, which ends at a leaf
    /// after at most `depth` steps.
    public static func recursive(
        depth: Int = 5, leaf: Gen, deeper: @escaping @Sendable (Gen) -> Gen
    ) -> Gen {
        Gen(label: 0x2EC0) { choices in
            // The choice is there at the last level, too: what stands deep can then be put higher up.
            guard try choices.chance(perMillion: depth > 0 ? 500_000 : 0), depth > 0 else {
                return try leaf.draw(&choices)
            }
            return try deeper(recursive(depth: depth - 1, leaf: leaf, deeper: deeper))
                .draw(&choices)
        }
    }
}

extension Gen where Value == Bool {
    /// False, the simplest, and true.
    public static var bool: Gen<Bool> {
        Gen(label: 0xB001) { choices in try choices.chance(perMillion: 500_000) }
    }
}

/// Two values, one after the other.
public func zip<A, B>(_ a: Gen<A>, _ b: Gen<B>) -> Gen<(A, B)> {
    Gen<(A, B)>(label: 0x21F2) { choices in (try a.draw(&choices), try b.draw(&choices)) }
}

/// Three values, one after the other.
public func zip<A, B, C>(_ a: Gen<A>, _ b: Gen<B>, _ c: Gen<C>) -> Gen<(A, B, C)> {
    Gen<(A, B, C)>(label: 0x21F3) { choices in
        (try a.draw(&choices), try b.draw(&choices), try c.draw(&choices))
    }
}

/// Four values, one after the other.
public func zip<A, B, C, D>(
    _ a: Gen<A>, _ b: Gen<B>, _ c: Gen<C>, _ d: Gen<D>
) -> Gen<(A, B, C, D)> {
    Gen<(A, B, C, D)>(label: 0x21F4) { choices in
        (
            try a.draw(&choices), try b.draw(&choices), try c.draw(&choices), try d.draw(&choices)
        )
    }
}
