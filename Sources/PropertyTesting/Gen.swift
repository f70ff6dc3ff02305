/// Makes values out of choices.
///
///     let presses = Gen.integer(in: 0...23).list(of: 0...100)
///
/// A generator is a plain function, so one that depends on another's value shrinks as well as any, and
/// nobody writes a shrinker.
public struct Gen<Value>: Sendable {
    private let run: @Sendable (inout Choices) throws -> Value
    /// Tells spans of one generator from those of others.
    let label: UInt64

    /// - Parameters:
    ///   - label: the same for values that can take each other's place.
    ///   - run: takes the choices it needs, always the same for the same choices: no clock, no randomness of
    ///     its own. It throws `Choices.Invalid` where there is no case; any other error ends the search.
    public init(
        label: UInt64 = 0,
        _ run: @escaping @Sendable (inout Choices) throws -> Value
    ) {
        self.run = run
        self.label = label
    }

    /// A value, as one span of choices.
    public func draw(_ choices: inout Choices) throws -> Value {
        try choices.span(label, run)
    }

    /// Values made of these.
    public func map<Other>(_ transform: @escaping @Sendable (Value) -> Other) -> Gen<Other> {
        Gen<Other>(label: label &+ 1) { choices in transform(try draw(&choices)) }
    }

    /// Values of a generator that depends on one of these.
    public func flatMap<Other>(
        _ transform: @escaping @Sendable (Value) -> Gen<Other>
    ) -> Gen<Other> {
        Gen<Other>(label: label &+ 2) { choices in
            let value = try draw(&choices)
            return try transform(value).draw(&choices)
        }
    }

    /// Values that `isWanted`; where three draws find none it is no case.
    ///
    /// Where few are wanted, draw those instead of filtering: a property that gets too few cases fails.
    public func filter(_ isWanted: @escaping @Sendable (Value) -> Bool) -> Gen {
        Gen(label: label &+ 3) { choices in
            for _ in 0..<3 {
                let value = try draw(&choices)
                if isWanted(value) { return value }
            }
            throw Choices.Invalid.refused
        }
    }

    /// Such a value or nil, the simplest.
    public var optional: Gen<Value?> {
        Gen<Value?>(label: label &+ 6) { choices in
            guard try choices.chance(perMillion: 750_000) else { return nil }
            return try draw(&choices)
        }
    }
}
