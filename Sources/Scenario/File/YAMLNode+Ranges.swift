import EventModel
import YAMLFile

extension YAMLNode {
    /// How often something happens, 0 to 1, in parts per million.
    func rate() throws(ScenarioError) -> Int { try micro("a rate", in: 0...1_000_000) }

    /// Days of the calendar: a day or a stretch of them, of one year or of every year.
    func dayStretch() throws(ScenarioError) -> DayStretch {
        let expected = "days such as 12-20..01-28, 2024-07-06..2024-07-21 or 12-25"
        let text = try text(expected)
        guard let stretch = DayStretch(text: text) else {
            throw fail("\(expected) were expected, not \"\(text)\"")
        }
        return stretch
    }

    /// Whole numbers such as `3-21`, or one of them.
    func wholeRange(
        _ what: String, in limits: ClosedRange<Int>
    ) throws(ScenarioError) -> ClosedRange<Int> {
        let bounds = "from \(limits.lowerBound) to \(limits.upperBound)"
        let expected = "\(what), a range such as 7-21 of whole numbers \(bounds),"
        let text = try text(expected)
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
            .map { Decimals.units(String($0), decimals: 0) }
        guard parts.count <= 2, let first = parts[0], let last = parts[parts.count - 1],
            first <= last, limits.contains(first), limits.contains(last)
        else { throw fail("\(expected) was expected, not \"\(text)\"") }
        return first...last
    }

    /// Lengths of time such as `5m-48h`, or one of them, in milliseconds, each above 0.
    func durationRange(
        _ what: String, atMost limit: Int64
    ) throws(ScenarioError) -> ClosedRange<Int64> {
        let expected =
            "\(what), a range such as 5m-48h of times from 1s to \(limit / 3_600_000)h,"
        let text = try text(expected)
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
            .map { Decimals.duration(String($0)) }
        guard parts.count <= 2, let first = parts[0], let last = parts[parts.count - 1],
            0 < first, first <= last, last <= limit
        else { throw fail("\(expected) was expected, not \"\(text)\"") }
        return first...last
    }
}
