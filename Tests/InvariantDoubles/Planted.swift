import EventModel
import Invariants
import Projections

/// Fails when presses at given moments have all come, in order: which events a reduction must find is
/// known, and nothing else tells of them.
public struct Planted: Invariant {
    public static let name = "planted"
    public static let version = 1
    public static let sentence = "the planted presses never come all, in order"

    /// What is planted, for those that the engine makes by itself.
    @TaskLocal public static var moments: [Timestamp] = []

    private let moments: [Timestamp]
    private var come = 0

    public init(_ value: Int) { moments = Planted.moments }

    public mutating func apply(_ press: Press, _ history: borrowing History) -> Violation? {
        guard come < moments.count, press.time == moments[come] else { return nil }
        come += 1
        guard come == moments.count else { return nil }
        return Violation("planted", of: "everything", at: press.sequence, "all have come")
    }
}
