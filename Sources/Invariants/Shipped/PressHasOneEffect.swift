import EventModel
import Projections

/// `press-has-one-effect`: no press is in the ledger twice: one button, click and moment under two ids.
///
/// A ledger takes one id once, so two reports of one press differ in it, and both feed.
public struct PressHasOneEffect: Invariant {
    public static let name = "press-has-one-effect"
    public static let version = 1
    public static let sentence = "no press is reported under two ids, which would feed twice"

    private struct Report: Sendable {
        var time: Int64
        var click: ClickKind
        var sequence: Int
    }

    /// By device, then by the hour: a report may come years late, and a copy shares all other hours.
    private var reports: [UInt32: [Int64: [Report]]] = [:]

    public init(_ value: Int) {}

    public mutating func apply(_ press: Press, _ history: borrowing History) -> Violation? {
        let report = Report(
            time: press.time.microseconds, click: press.click, sequence: press.sequence)
        let first: Report? = {
            let known = $0.first { $0.time == report.time && $0.click == report.click }
            $0.append(report)
            return known
        }(&reports[press.device, default: [:]][report.time / 3_600_000_000, default: []])
        guard let first else { return nil }
        let button = history.device(of: press) ?? "a press without a button"
        return Violation(
            "reported-twice", of: button, at: press.sequence, witnesses: [first.sequence],
            "\(button) pressed \(press.click.word) at \(press.time.shortText) once, and it is in the"
                + " ledger under two ids")
    }

    public func account(of feeder: FeederIndex, _ history: borrowing History) -> String? {
        let presses = reports.values.reduce(0) { sum, hours in
            sum + hours.values.reduce(0) { $0 + $1.count }
        }
        return "presses so far \(presses), buttons \(reports.count)"
    }
}
