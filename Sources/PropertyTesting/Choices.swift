/// The choices of one case: replayed from a sequence, or drawn from a seed, and noted either way with the
/// spans in which they belong together.
public struct Choices: Sendable {
    /// A stretch of choices that one part of a value was made of.
    struct Span: Sendable {
        var label: UInt64
        var begin: Int
        var end: Int
        /// The span that it lies in; -1 for none.
        var parent: Int
    }

    /// The label of a program's steps.
    static let stepLabel: UInt64 = 0x3A32

    /// Why a generator's run is no case.
    public enum Invalid: Error, Sendable {
        /// A filter found nothing.
        case refused
        /// The sequence that is replayed has no more, or a case would be too large.
        case overrun
    }

    /// What was chosen so far.
    public private(set) var taken: [Choice] = []
    private(set) var spans: [Span] = []
    private var open: [Int] = []
    private let source: Source
    private var random: SplitMix
    private let limit: Int

    private enum Source: Sendable {
        case seed(size: Int)
        case script([Int])
    }

    /// A case drawn from a seed.
    ///
    /// - Parameter size: in percent: small cases have short lists and small numbers. At 0 every choice is
    ///   the simplest.
    public init(seed: UInt64, size: Int = 100, limit: Int = 8192) {
        source = .seed(size: min(max(size, 0), 100))
        random = SplitMix(state: seed)
        self.limit = limit
    }

    /// A case of these choices. One that its generator now bounds otherwise is brought within the bounds.
    ///
    /// - Parameter isExtended: whether the simplest follow where the generator wants more; else too few make
    ///   the case invalid.
    public init(replaying values: [Int], isExtended: Bool = false) {
        source = .script(values)
        random = SplitMix(state: 0)
        limit = isExtended ? max(8192, values.count) : values.count
    }

    /// How large lists should be, in percent of their mean.
    private var size: Int {
        if case .seed(let size) = source { size } else { 100 }
    }

    /// The next choice: that of the script, or what `draw` takes from the seed.
    private mutating func take(
        in bounds: ClosedRange<Int>, origin: Int, _ draw: (inout SplitMix, Int) -> Int
    ) throws(Invalid) -> Int {
        guard taken.count < limit else { throw .overrun }
        let value =
            switch source {
            case .script(let values): taken.count < values.count ? values[taken.count] : origin
            case .seed(0): origin
            case .seed(let size): draw(&random, size)
            }
        let choice = Choice(value, in: bounds, origin: origin)
        taken.append(choice)
        return choice.value
    }

    /// An integer between bounds.
    ///
    /// Drawn near the bounds and the origin more often than elsewhere: that is where mistakes are.
    public mutating func integer(
        in bounds: ClosedRange<Int>, origin: Int = 0
    ) throws(Invalid) -> Int {
        let before = taken
        return try take(in: bounds, origin: origin) { random, size in
            // What is equal by chance is rare, and much is only wrong where something is equal.
            if random.below(8) == 0, !before.isEmpty {
                let other = before[Int(random.below(UInt64(before.count)))]
                if other.bounds == bounds { return other.value }
            }
            return random.likely(in: bounds, near: origin, size: size)
        }
    }

    /// True in so many cases of a million; false is simpler.
    public mutating func chance(perMillion: Int) throws(Invalid) -> Bool {
        try take(in: 0...1, origin: 0) { random, _ in
            random.below(1_000_000) < UInt64(clamping: perMillion) ? 1 : 0
        } == 1
    }

    /// Whether a list goes on, which is rarer in small cases.
    mutating func goesOn(mean: Int) throws(Invalid) -> Bool {
        try take(in: 0...1, origin: 0) { random, size in
            let mean = max(0, mean) * size
            return random.below(UInt64(mean + 100)) < UInt64(mean) ? 1 : 0
        } == 1
    }

    /// One of as many as there are weights, as often as they say; the first is the simplest, and one of
    /// weight 0 is never taken: a replay that wants it is no case.
    public mutating func pick(weights: [Int]) throws(Invalid) -> Int {
        let total = weights.reduce(0) { $0 + max(0, $1) }
        guard total > 0 else { throw .refused }
        let first = weights.firstIndex { $0 > 0 } ?? 0
        let place = try take(in: 0...weights.count - 1, origin: first) { random, _ in
            var rest = Int(random.below(UInt64(total)))
            for (place, weight) in weights.enumerated() where weight > 0 {
                rest -= weight
                if rest < 0 { return place }
            }
            return first
        }
        guard weights[place] > 0 else { throw .refused }
        return place
    }

    /// What `body` takes belongs together: it is deleted, and put in another's place, as one.
    public mutating func span<Value>(
        _ label: UInt64, _ body: (inout Choices) throws -> Value
    ) rethrows -> Value {
        spans.append(
            Span(label: label, begin: taken.count, end: taken.count, parent: open.last ?? -1))
        open.append(spans.count - 1)
        let value = try body(&self)
        if let place = open.popLast() { spans[place].end = taken.count }
        return value
    }
}
