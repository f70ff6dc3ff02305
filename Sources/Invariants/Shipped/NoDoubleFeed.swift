import EventModel
import Projections

/// `no-double-feed`: one bowl is not filled twice within so many minutes.
///
/// A feed is held against the one before it in the ledger, by their own times: a late report may
/// stand before or after it.
public struct NoDoubleFeed: Invariant {
    public static let name = "no-double-feed"
    public static let version = 1
    public static let sentence = "one bowl is not filled twice within N minutes"
    public static let parameter: InvariantParameter? = InvariantParameter(
        unit: "minutes", standard: 10, range: 1...1_000_000)

    private struct Feed: Sendable, Equatable {
        var time: Int64
        var sequence: Int
    }

    private let minutes: Int
    private var left = PerFeeder<Feed?>(zero: nil)
    private var right = PerFeeder<Feed?>(zero: nil)

    public init(_ value: Int) { minutes = value }

    public mutating func apply(_ press: Press, _ history: borrowing History) -> Violation? {
        let feed = Feed(time: press.time.microseconds, sequence: press.sequence)
        var found: Violation?
        if press.click.fills(.left) {
            if let last = left[press.feeder] {
                found = violation(last, feed, .left, press, history)
            }
            left[press.feeder] = feed
        }
        if press.click.fills(.right) {
            if found == nil, let last = right[press.feeder] {
                found = violation(last, feed, .right, press, history)
            }
            right[press.feeder] = feed
        }
        return found
    }

    public func account(of feeder: FeederIndex, _ history: borrowing History) -> String? {
        func told(_ feed: Feed?) -> String {
            feed.map {
                "\(Timestamp(microseconds: $0.time).shortText) (sequence \($0.sequence))"
            } ?? "not yet"
        }
        return "left bowl filled \(told(left[feeder])), right bowl \(told(right[feeder]))"
    }

    private func violation(
        _ last: Feed, _ feed: Feed, _ bowl: Bowl, _ press: Press, _ history: borrowing History
    ) -> Violation? {
        // Writable times lie within 10,000 years, so neither difference nor product overflows.
        let apart = abs(feed.time - last.time)
        guard apart < Int64(minutes) * 60_000_000 else { return nil }
        let name = history.name(of: press.feeder)
        return Violation(
            "double-feed", of: "\(name) \(bowl.name)", at: press.sequence,
            witnesses: [last.sequence],
            "\(name)'s \(bowl.name) bowl was filled at"
                + " \(Timestamp(microseconds: last.time).shortText) and at \(press.time.shortText),"
                + " \(apart / 1_000_000) s apart; \(minutes) minutes must lie between")
    }
}
