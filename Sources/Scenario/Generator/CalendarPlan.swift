import EventModel
import Simulation

/// A household's calendar in one zone, made ready for asking what a day is like.
struct CalendarPlan: Sendable {
    let days: HouseholdCalendar
    /// The household in random addresses: all its buttons rest while it is on a trip.
    let entity: UInt64
    /// How many trips a year has.
    let trips: PoissonTable?

    /// Whether nobody is there to press.
    func isAway(_ day: LocalDay, _ stream: RandomStream) -> Bool {
        if days.absences.contains(where: { $0.contains(day) }) { return true }
        guard let trips, let lengths = days.trips?.days else { return false }
        // A trip that began in the year before may reach into this one, none from further back.
        let year = day.day.date.year
        return [year - 1, year].contains { year in
            guard let first = Timestamp.Day(year: year, month: 1, day: 1) else { return false }
            var draws = stream.draws(day: Int32(truncatingIfNeeded: year), entity: entity)
            let count = trips.count(for: draws.next())
            for _ in 0..<count {
                let begin = first.number + Int32(draws.below(365))
                let length = lengths.lowerBound + Int(draws.below(UInt64(lengths.count)))
                if begin <= day.day.number, day.day.number < begin + Int32(length) { return true }
            }
            return false
        }
    }
}
