import EventModel

/// Days that follow each other: of one year, or the same ones of every year. Both ends belong to it.
///
///     2024-07-06..2024-07-21     these sixteen days
///     12-20..01-28               every year, over New Year's Eve
///     12-25                      every year
public struct DayStretch: Hashable, Sendable {
    private let ends: Ends

    private enum Ends: Hashable, Sendable {
        /// Days since 1970.
        case dated(Int32, Int32)
        /// Places in the year, as `place(of:)` has them.
        case yearly(Int, Int)
    }

    /// The stretch that this text writes; nil for any other text, and where it ends before it begins.
    public init?(text: String) {
        let parts = text.split(separator: "..", omittingEmptySubsequences: false).map(String.init)
        guard let first = parts.first, let last = parts.last, parts.count <= 2 else { return nil }
        if let from = try? Timestamp.Day(text: first), let until = try? Timestamp.Day(text: last) {
            guard from <= until else { return nil }
            ends = .dated(from.number, until.number)
        } else if let from = DayStretch.place(text: first), let until = DayStretch.place(text: last)
        {
            ends = .yearly(from, until)
        } else {
            return nil
        }
    }

    /// Whether the day is one of them.
    ///
    /// - Parameter place: its place in the year, which many stretches are asked about.
    func contains(_ day: Timestamp.Day, place: Int) -> Bool {
        switch ends {
        case .dated(let from, let until): from <= day.number && day.number <= until
        case .yearly(let from, let until) where from <= until: from <= place && place <= until
        case .yearly(let from, let until): place >= from || place <= until
        }
    }

    /// Where in its year a day stands: rises from day to day, and is the same in every year.
    static func place(of day: Timestamp.Day) -> Int {
        let date = day.date
        return date.month * 32 + date.day
    }

    /// `02-29` is a day of the years that have it.
    private static func place(text: String) -> Int? {
        guard text.utf8.count == 5, let day = try? Timestamp.Day(text: "2000-" + text) else {
            return nil
        }
        return place(of: day)
    }
}
