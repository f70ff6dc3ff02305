import EventModel

extension Timestamp.Day {
    /// The same date `years` calendar years later; March 1 where that year has no February 29.
    /// nil where it lies beyond the year 9999.
    public func adding(years: Int) -> Timestamp.Day? {
        let (year, month, day) = date
        return Timestamp.Day(year: year + years, month: month, day: day)
            ?? Timestamp.Day(year: year + years, month: 3, day: 1)
    }
}
