import Invariants
import Projections

/// `small-portions`: no press dispenses more than so many grams, into both bowls together.
public struct SmallPortions: Invariant {
    public static let name = "small-portions"
    public static let version = 1
    public static let sentence = "no press dispenses more than N grams"
    public static let parameter: InvariantParameter? = InvariantParameter(
        unit: "grams", standard: 100, range: 0...100_000)

    private let limit: Int

    public init(_ value: Int) { limit = value }

    public mutating func apply(_ press: Press, _ history: borrowing History) -> Violation? {
        let grams = history.grams(of: press)
        guard grams > limit else { return nil }
        let feeder = history.name(of: press.feeder)
        return Violation(
            "large-portion", of: feeder, at: press.sequence,
            "\(feeder) dispensed \(grams) g at once; \(limit) g are the limit")
    }
}
