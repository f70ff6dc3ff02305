import EventModel
import Foundation
import Ledger

/// A second, slow and plain way to the tables of both projections: a list of events, dictionaries,
/// and Foundation's calendar. Shares nothing with `Projections` but the event model.
package struct ReferenceHistory {
    package var events: [(sequence: Int, event: Event)] = []
    package var defaultZone = "UTC"
    package var portion = 25
    package var doubleFeedMinutes = 10

    package init(_ ledger: EventLedger) throws {
        let last = try ledger.head().sequence
        guard last > 0 else { return }
        try ledger.forEachEvent(1...last) { events.append(($0, $1)) }
    }

    /// Events in the order of a ledger that nobody wrote.
    package init(_ events: [Event]) {
        self.events = events.enumerated().map { ($0 + 1, $1) }
    }

    /// A point as a test asks for it.
    package enum Point: CustomStringConvertible {
        case time(Timestamp)
        case sequence(Int)
        case id(String)
        case percent(Int)
        case head

        package var description: String {
            switch self {
            case .time(let time): time.shortText
            case .sequence(let number): "seq:\(number)"
            case .id(let id): "id:\(id)"
            case .percent(let percent): "\(percent)%"
            case .head: "head"
            }
        }
    }

    /// The events that count at a point, in order of the ledger.
    func events(until point: Point, asOf: Timestamp?) -> [(sequence: Int, event: Event)] {
        var counted = events
        switch point {
        case .time(let time): counted = events.filter { $0.event.time <= time }
        case .sequence(let number): counted = events.filter { $0.sequence <= number }
        case .id(let id):
            let number = events.first { $0.event.id.text == id }?.sequence ?? 0
            counted = events.filter { $0.sequence <= number }
        case .percent(let percent):
            counted = Array(events.prefix(events.count * percent / 100))
        case .head: break
        }
        guard let asOf else { return counted }
        return counted.filter { ($0.event.recorded ?? $0.event.time) <= asOf }
    }

    /// One press at one feeder.
    package struct Feed {
        var time: Timestamp
        var click: ClickKind
        var feeder: String
        var zone: String
        var left: Int
        var right: Int
    }

    /// Each press with the feeder that its button belonged to when the press came in.
    package func feeds(until point: Point, asOf: Timestamp?) -> [Feed] {
        // Names by their bytes: Swift takes both spellings of é for one.
        var homes: [Data: Registration] = [:]
        var feeds: [Feed] = []
        for (_, event) in events(until: point, asOf: asOf) {
            switch event.content.meaning {
            case .registration(let registration):
                homes[Data(registration.device.utf8)] = registration
            case .press(let click):
                let home = event.device.flatMap { homes[Data($0.utf8)] }
                feeds.append(
                    Feed(
                        time: event.time, click: click,
                        feeder: home?.feeder ?? event.device ?? "default",
                        zone: home?.timeZone ?? defaultZone, left: home?.leftGrams ?? portion,
                        right: home?.rightGrams ?? portion))
            case .other: break
            }
        }
        return feeds
    }

    /// Feeds by feeder, in order of names.
    func feedsByFeeder(until point: Point, asOf: Timestamp?) -> [(feeder: String, feeds: [Feed])] {
        var groups: [Data: [Feed]] = [:]
        for feed in feeds(until: point, asOf: asOf) {
            groups[Data(feed.feeder.utf8), default: []].append(feed)
        }
        return groups.sorted { $0.key.lexicographicallyPrecedes($1.key) }
            .map { ($0.value[0].feeder, $0.value) }
    }
}
