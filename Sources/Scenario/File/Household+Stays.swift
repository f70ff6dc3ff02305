import EventModel

extension Household {
    /// What is otherwise from the begin of a day on.
    public struct Change: Hashable, Sendable {
        /// The first day on which it holds: it begins with that day in the zone that was before.
        public var day: Timestamp.Day
        /// Where the feeder stands then; nil where it did before.
        public var timeZone: String?
        /// Grams a dispense into the left bowl; nil for as many as before.
        public var leftGrams: Int?
        public var rightGrams: Int?
    }

    /// A time without a change: the feeder stands in one place, and its bowls hold the same.
    struct Stay: Hashable {
        var timeZone: String
        var leftGrams: Int
        var rightGrams: Int
        /// The first day; nil where there is nothing before it. It begins in `beginZone`.
        var from: Timestamp.Day?
        var beginZone: String
    }

    /// All of them, in order; at least one. Each ends where the next begins, the last with `until`.
    var stays: [Stay] {
        var stays = [
            Stay(
                timeZone: timeZone, leftGrams: leftGrams, rightGrams: rightGrams, from: from,
                beginZone: timeZone)
        ]
        for change in changes {
            var stay = stays[stays.count - 1]
            stay.beginZone = stay.timeZone
            stay.from = change.day
            stay.timeZone = change.timeZone ?? stay.timeZone
            stay.leftGrams = change.leftGrams ?? stay.leftGrams
            stay.rightGrams = change.rightGrams ?? stay.rightGrams
            stays.append(stay)
        }
        return stays
    }

    /// The registrations of the household's buttons in a stay.
    func registrations(of stay: Stay) -> [Registration] {
        buttons.map {
            Registration(
                device: $0, feeder: feeder, timeZone: stay.timeZone, leftGrams: stay.leftGrams,
                rightGrams: stay.rightGrams)
        }
    }
}
