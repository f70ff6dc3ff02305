/// What the laws were tried on, where all of them hold.
public struct LawReport: Sendable, Equatable, CustomStringConvertible {
    /// The projection's name.
    public var projection: String
    /// How many laws say something of it: two ask for a claim that it need not make.
    public var laws = 0
    /// How many histories there were.
    public var histories = 0
    /// How many events they have.
    public var events = 0
    /// How many ends of a process were tried: after every batch and every write of short histories.
    public var crashes = 0

    public var description: String {
        "\(projection) keeps \(Figures.count(laws, "law")) on"
            + " \(Figures.count(histories, "history", "histories")) of"
            + " \(Figures.count(events, "event")), \(Figures.count(crashes, "crash", "crashes"))"
            + " among what was tried"
    }
}

extension LawReport {
    static func += (report: inout LawReport, other: LawReport) {
        report.laws = max(report.laws, other.laws)
        report.histories += other.histories
        report.events += other.events
        report.crashes += other.crashes
    }
}

/// Counts what is tried.
final class LawTally {
    var crashes = 0
}
