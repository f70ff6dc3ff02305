import EventModel
import Projections

/// `fed-every-day`: from its first feed on, a feeder is fed on every local day.
///
/// Judged when the next feed comes, by what the ledger knew then, and at the end of the ledger: a
/// feed that is reported after that does not mend it. The last day of a ledger may be unfed yet.
public struct FedEveryDay: Invariant {
    public static let name = "fed-every-day"
    public static let version = 1
    public static let sentence = "a feeder is fed on every local day, but for N in a row"
    public static let parameter: InvariantParameter? = InvariantParameter(
        unit: "days", standard: 0, range: 0...100_000)

    private struct Feed: Sendable {
        var day: Int32
        var sequence: Int
        var zone: Int
    }

    private let allowed: Int
    /// The feed of each feeder's latest day.
    private var latest = PerFeeder<Feed?>(zero: nil)

    public init(_ value: Int) { allowed = value }

    public mutating func apply(_ press: Press, _ history: borrowing History) -> Violation? {
        let day = history.day(of: press)
        let before = latest[press.feeder]
        if let before, before.day > day.number { return nil }
        latest[press.feeder] = Feed(
            day: day.number, sequence: press.sequence, zone: history.place(of: press).zone)
        guard let before else { return nil }
        return violation(press.feeder, before, next: day.number, press.sequence, history)
    }

    public func atEnd(
        of time: Timestamp, sequence: Int, _ history: borrowing History
    ) -> Violation? {
        for place in history.feedersByName.indices {
            let feeder = history.feedersByName[place]
            guard let before = latest[feeder] else { continue }
            let today = history.zones[before.zone].day(at: time)
            if let found = violation(feeder, before, next: today.number, sequence, history) {
                return found
            }
        }
        return nil
    }

    public func account(of feeder: FeederIndex, _ history: borrowing History) -> String? {
        guard let feed = latest[feeder] else { return "not fed yet" }
        return
            "latest day with a feed \(Timestamp.Day(number: feed.day)) (sequence \(feed.sequence))"
    }

    private func violation(
        _ feeder: FeederIndex, _ before: Feed, next day: Int32, _ sequence: Int,
        _ history: borrowing History
    ) -> Violation? {
        let missing = Int(day) - Int(before.day) - 1
        guard missing > allowed else { return nil }
        let name = history.name(of: feeder)
        let first = Timestamp.Day(number: before.day + 1)
        let last = Timestamp.Day(number: day - 1)
        return Violation(
            "unfed", of: name, at: sequence, witnesses: [before.sequence],
            missing == 1
                ? "\(name) was not fed on \(first)"
                : "\(name) was not fed from \(first) to \(last), \(missing) days")
    }
}
