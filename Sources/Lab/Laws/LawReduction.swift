import Invariants
import Projections

/// Takes events out of a history that breaks a law, as long as that law is the first that breaks.
///
/// Backwards, the longest run first, until no single event can go; so what is left shows nothing but
/// what it takes.
public struct LawReduction {
    /// What a reduction came to.
    public struct Outcome: Sendable, Equatable {
        /// Histories that were tried.
        public var probes: Int
        /// Whether each event that is left was tried alone; false where the limit was reached first.
        public var isMinimal: Bool
    }

    /// How many histories are tried at most, unless told otherwise.
    public static let limit = 1000

    private let check: LawCheck
    private let limit: Int
    private var probes = 0

    init(_ check: LawCheck, limit: Int) { (self.check, self.limit) = (check, limit) }

    /// The violation that the fewest events show.
    mutating func reduced(_ violation: LawViolation) throws -> LawViolation {
        guard limit > 0 else { return violation }
        let whole = violation.history
        var best = violation
        let (_, isMinimal) = try BackwardSweep.toFixpoint(whole.numbers) { numbers throws in
            guard probes < limit else { return nil }
            probes += 1
            guard let found = try check.again(violation, on: whole.keeping(numbers)) else {
                return false
            }
            best = found
            return true
        }
        best.reduction = Outcome(probes: probes, isMinimal: isMinimal)
        return best
    }
}
