import EventModel
import Lab
import Projections
import PropertyTesting
import Reference

/// The projections that write the tables `days` and `bowls`.
struct TablesPart: Sendable {
    var days: any Projection.Type = FeedingStats.self
    var bowls: any Projection.Type = BowlTotals.self
}

/// A short history of one button, at a time of year when its zone does something.
struct SmallHistory: Sendable {
    enum Step: Sendable {
        /// A registration with a portion that none before it had.
        case registration
        case press(ClickKind, hour: Int)
    }

    /// A zone, and the moment at which the history begins.
    struct Season: Sendable {
        var zone: String
        var begin: Int64

        static let all = [
            // Clocks go back at 2024-04-06T14:00Z: the seventh has 25 hours from here.
            Season(zone: "Pacific/Auckland", begin: 1_712_401_200),
            // The last hour of the 29th; then comes the 31st.
            Season(zone: "Pacific/Apia", begin: 1_325_235_600),
        ]
    }

    var season: Season
    var steps: [Step]

    static let any = zip(
        Gen.element(of: Season.all),
        Gen.oneOf([
            zip(Gen.element(of: ClickKind.allCases), Gen.integer(in: 0...24)).map {
                Step.press($0, hour: $1)
            },
            Gen.just(Step.registration),
        ]).list(of: 0...20)
    ).map { SmallHistory(season: $0, steps: $1) }

    /// The steps as events that come in this order.
    var events: [Event] {
        steps.enumerated().map { place, step in
            let id = EventID("event-\(place + 1)")
            switch step {
            case .registration:
                let portion = portion(at: place)
                let registration = Registration(
                    device: "B1", feeder: "kitchen", timeZone: season.zone, leftGrams: portion,
                    rightGrams: portion)
                return Event(
                    id: id, time: Timestamp(seconds: season.begin),
                    content: registration.content(envelope: nil))
            case .press(let click, let hour):
                return Event(
                    id: id, time: Timestamp(seconds: season.begin + Int64(hour) * 3600),
                    content: EventContent(
                        source: FeederSystem.source, detailType: FeederSystem.detailType,
                        device: "B1", detail: "{\"click-type\": \"\(click.word)\"}"))
            }
        }
    }

    /// An event a line.
    var lines: [String] {
        zip(steps, events).enumerated().map { place, one in
            switch one.0 {
            case .registration: "registration in \(season.zone), \(portion(at: place)) g a bowl"
            case .press(let click, _): "\(click.word) at \(one.1.time.shortText)"
            }
        }
    }

    private func portion(at place: Int) -> Int {
        let before = steps[..<place].count { if case .registration = $0 { true } else { false } }
        return 25 + 5 * before
    }

    /// The tables of a projection after all of it.
    func tables(_ type: any Projection.Type, _ zones: TimeZoneDatabase) throws -> ProjectionTables {
        let events = events
        let history = try History(
            devices: ["B1"],
            registrations: events.enumerated().compactMap { place, event in
                guard case .registration(let one) = event.content.meaning else { return nil }
                return (place + 1, event.time, one)
            }, settings: HydrationSettings(), database: zones)
        let fold = EventFold(history, [ProjectionFold.of(type)], devices: ["B1"])
        for (place, event) in events.enumerated() { try fold.take(event, sequence: place + 1) }
        try fold.flush()
        return try ProjectionTables(fold.folds[0], history)
    }
}

extension ProjectionTables {
    /// The first so many columns of a table, as text.
    fileprivate func rows(_ name: String, columns: Int) -> [[String]] {
        guard let table = tables.first(where: { $0.shape.name == name }) else { return [] }
        return table.rows.map { $0.prefix(columns).map(\.description) }
    }
}

extension Oracles {
    static let zones = Result { try TimeZoneDatabase() }

    /// The tables of feeds by local day and of grams by bowl are those of the reference, which uses
    /// Foundation's calendar and nothing of `Projections`.
    static let tables = Oracle<TablesPart>(
        "reference", of: TablesPart(), for: SmallHistory.any, lines: \.lines
    ) { history, part in
        let zones = try zones.get()
        let reference = ReferenceHistory(history.events)
        let days = try history.tables(part.days, zones).rows("days", columns: 3)
        let expected = reference.stats(until: .head, asOf: nil).days.map { Array($0.prefix(3)) }
        try require(days == expected, "feeds by day")
        let bowls = try history.tables(part.bowls, zones).rows("bowls", columns: 4)
        let grams = reference.bowls(until: .head, asOf: nil).map { Array($0.prefix(4)) }
        try require(bowls == grams, "grams by bowl")
    }
}
