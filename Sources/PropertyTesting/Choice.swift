/// One decision of a generator: an integer between bounds, simplest at its origin.
///
/// A generator is a function of a sequence of these. To shrink a value is to edit the sequence and run the
/// generator again, so nobody writes a shrinker (MacIver and Donaldson, Test-Case Reduction via Test-Case
/// Generation, ECOOP 2020).
public struct Choice: Sendable, Equatable {
    public var value: Int
    public let bounds: ClosedRange<Int>
    /// The simplest value; within the bounds.
    public let origin: Int

    public init(_ value: Int, in bounds: ClosedRange<Int>, origin: Int = 0) {
        self.bounds = bounds
        self.origin = min(max(origin, bounds.lowerBound), bounds.upperBound)
        self.value = min(max(value, bounds.lowerBound), bounds.upperBound)
    }

    /// How far from the simplest value: the order of simplicity, above the origin before below.
    var complexity: (distance: UInt, isBelow: Bool) {
        let isBelow = value < origin
        let distance =
            isBelow ? UInt(bitPattern: origin &- value) : UInt(bitPattern: value &- origin)
        return (distance, isBelow)
    }

    /// The choice of the same bounds at a distance from the origin; nil where they do not reach there.
    func at(distance: UInt, isBelow: Bool) -> Choice? {
        let limit =
            isBelow
            ? UInt(bitPattern: origin &- bounds.lowerBound)
            : UInt(bitPattern: bounds.upperBound &- origin)
        guard distance <= limit else { return nil }
        var choice = self
        choice.value =
            isBelow ? origin &- Int(bitPattern: distance) : origin &+ Int(bitPattern: distance)
        return choice
    }

    /// Whether it is a yes or no.
    var isFlag: Bool { bounds == 0...1 }

    var simplest: Choice {
        var choice = self
        choice.value = origin
        return choice
    }
}

/// Whether `a` comes before `b`: the shorter first, then the simpler from the left.
func isSimpler(_ a: [Choice], _ b: [Choice]) -> Bool {
    if a.count != b.count { return a.count < b.count }
    for (one, other) in zip(a, b) {
        let (left, right) = (one.complexity, other.complexity)
        if left.distance != right.distance { return left.distance < right.distance }
        if left.isBelow != right.isBelow { return !left.isBelow }
    }
    return false
}
