import EventModel
import Projections

extension SettlingTrial {
    /// How many events may be left for each to be tried otherwise.
    static let explainable = 100

    /// Finds what of each event may be otherwise while all others stay, and the failure with them.
    ///
    /// A few values are tried of each part, so it is a hint for people and no proof.
    ///
    /// - Returns: false where it was stopped.
    mutating func explain(_ kept: inout [ReducedHistory.Kept]) throws -> Bool {
        for place in kept.indices {
            if reduction.isStopped() { return false }
            var free: [String] = []
            if let click = kept[place].event.content.click {
                free += try clicks(kept, place, click)
            } else if case .registration(let one) = kept[place].event.content.meaning {
                free += try registration(kept, place, one)
            }
            if let span = try span(kept, place) { free.append("\(span) earlier or later") }
            kept[place].free = free
        }
        return true
    }

    /// Whether all fail that have one event otherwise.
    private mutating func holds(
        _ kept: [ReducedHistory.Kept], _ place: Int, _ events: [Event]
    ) throws -> Bool {
        for event in events {
            var other = kept
            other[place].event = event
            guard try fails(other) else { return false }
        }
        return !events.isEmpty
    }

    private mutating func clicks(
        _ kept: [ReducedHistory.Kept], _ place: Int, _ own: ClickKind
    ) throws -> [String] {
        var found: [String] = []
        let others = ClickKind.allCases.filter { $0 != own }
        for click in others {
            var event = kept[place].event
            guard let content = event.content.clicking(click) else { return [] }
            event.content = content
            if try holds(kept, place, [event]) { found.append(click.word) }
        }
        return found.count == others.count ? ["any click"] : found
    }

    private mutating func registration(
        _ kept: [ReducedHistory.Kept], _ place: Int, _ own: Registration
    ) throws -> [String] {
        func event(_ change: (inout Registration) -> Void) -> Event {
            var (event, registration) = (kept[place].event, own)
            change(&registration)
            event.content = registration.content(envelope: nil)
            return event
        }
        let zones = ["UTC", "Pacific/Kiritimati", "Pacific/Pago_Pago"].map { zone in
            event { $0.timeZone = zone }
        }
        let portions = [0, 1, own.leftGrams + 1, Registration.gramsRange.upperBound].map { grams in
            event { ($0.leftGrams, $0.rightGrams) = (grams, grams) }
        }
        var found: [String] = []
        if try holds(kept, place, zones) { found.append("in any zone") }
        if try holds(kept, place, portions) { found.append("with any portions") }
        return found
    }

    /// The longest time, of a few, by which the event may come earlier and later.
    private mutating func span(
        _ kept: [ReducedHistory.Kept], _ place: Int
    ) throws -> String? {
        let spans: [(String, Int64)] = [
            ("a year", 365 * 86400), ("a day", 86400), ("an hour", 3600), ("a minute", 60),
            ("a second", 1),
        ]
        for (name, seconds) in spans {
            let events = [Int64(-1), 1].compactMap { way -> Event? in
                var event = kept[place].event
                event.time = Timestamp(
                    microseconds: event.time.microseconds &+ way * seconds * 1_000_000)
                return event.time.isWritable ? event : nil
            }
            if events.count == 2, try holds(kept, place, events) { return name }
        }
        return nil
    }
}
