import EventModel
import Projections

/// `daily-limit`: a feeder dispenses no more than so many grams on one local day, both bowls together.
public struct DailyLimit: Invariant {
    public static let name = "daily-limit"
    public static let version = 1
    public static let sentence = "a feeder dispenses no more than N grams on one local day"
    public static let parameter: InvariantParameter? = InvariantParameter(
        unit: "grams", standard: 300, range: 0...1_000_000_000)

    private struct Day: Sendable {
        var grams = 0
        var feeds: [Int] = []
    }

    private let limit: Int
    // Late reports may name any day, so all are kept.
    private var days = PerFeeder<[Int32: Day]>(zero: [:])

    public init(_ value: Int) { limit = value }

    public mutating func apply(_ press: Press, _ history: borrowing History) -> Violation? {
        let date = history.day(of: press)
        let grams = history.grams(of: press)
        let day: Day = {
            $0.grams = $0.grams.addingReportingOverflow(grams).partialValue
            $0.feeds.append(press.sequence)
            return $0
        }(&days[press.feeder][date.number, default: Day()])
        guard day.grams > limit else { return nil }
        let name = history.name(of: press.feeder)
        return Violation(
            "over-limit", of: name, at: press.sequence, witnesses: day.feeds,
            "\(name) dispensed \(day.grams) g on \(date); \(limit) g are the limit")
    }

    public func account(of feeder: FeederIndex, _ history: borrowing History) -> String? {
        guard let (number, day) = days[feeder].max(by: { $0.key < $1.key }) else {
            return "nothing dispensed yet"
        }
        return "\(day.grams) g on \(Timestamp.Day(number: number)), the latest day with a feed"
    }
}
