import EventModel
import Ledger
import Projections

/// Begins a projection's test: these events happened, and were recorded in this order.
///
///     try given(
///         .press(.single, at: "2024-03-01T07:00:00Z"),
///         .press(.long, at: "2024-03-01T18:00:00Z")
///     )
///     .hydrate(BowlTotals.self, until: "2024-03-02T00:00:00Z")
///     .then { #expect($0.dispenses(.left) == 2) }
///
/// - Throws: `GivenError` for a time that is none.
public func given(_ events: GivenEvent...) throws -> Given { try Given(events) }

/// Why a test's given events cannot be had.
public struct GivenError: Error, CustomStringConvertible, Sendable {
    /// What is wrong, where, and what was expected.
    public let description: String
}

/// An event as a test writes it.
public struct GivenEvent: Sendable {
    var content: EventContent
    var time: String
    var recorded: String?
    var id: String?

    /// A press of a button; without a device it belongs to the feeder `default`.
    ///
    /// - Parameters:
    ///   - recorded: when the ledger took it in; by default at once.
    ///   - id: by default one of its own.
    public static func press(
        _ click: ClickKind, at time: String, device: String? = nil, recorded: String? = nil,
        id: String? = nil
    ) -> GivenEvent {
        let button = device.map { ", \"device-id\": \(JSONText.quoted($0))" } ?? ""
        return event(
            FeederSystem.detailType, "{\"click-type\": \"\(click.word)\"\(button)}", at: time,
            source: FeederSystem.source, device: device, recorded: recorded, id: id)
    }

    /// From here on a device belongs to a feeder in a zone, with these portions.
    public static func registration(
        of device: String, feeder: String, zone: String, left: Int = 25, right: Int = 25,
        at time: String, recorded: String? = nil
    ) -> GivenEvent {
        let registration = Registration(
            device: device, feeder: feeder, timeZone: zone, leftGrams: left, rightGrams: right)
        return GivenEvent(
            content: registration.content(envelope: nil), time: time, recorded: recorded)
    }

    /// Any other event.
    ///
    /// - Parameters:
    ///   - type: the detail type on the bus.
    ///   - detail: the text of a JSON object.
    public static func event(
        _ type: String, _ detail: String = "{}", at time: String, source: String = "test",
        device: String? = nil, recorded: String? = nil, id: String? = nil
    ) -> GivenEvent {
        GivenEvent(
            content: EventContent(
                source: source, detailType: type, device: device, detail: detail),
            time: time, recorded: recorded, id: id)
    }
}

/// Events that a test begins with.
public struct Given: Sendable {
    /// In the order in which they were recorded.
    public let events: [Event]

    /// - Throws: `GivenError` for a time that is none, naming the event.
    public init(_ given: [GivenEvent]) throws {
        func time(_ text: String, _ place: Int) throws -> Timestamp {
            do { return try Timestamp(text: text) } catch {
                throw GivenError(
                    description: "given event \(place + 1): \(text) is no time: \(error)")
            }
        }
        events = try given.enumerated().map { place, one in
            Event(
                id: EventID(one.id ?? "given-\(place + 1)"), time: try time(one.time, place),
                recorded: try one.recorded.map { try time($0, place) }, content: one.content)
        }
    }

    /// Hydrates a projection from a ledger of these events.
    ///
    /// - Parameters:
    ///   - point: `2024-03-02T00:00:00Z`, `seq:3`, `id:given-3`, `50%`, or `head` for all.
    ///   - asOf: what was known by this time.
    public func hydrate<P: Projection>(
        _ type: P.Type, until point: String = "head", asOf: String? = nil,
        settings: HydrationSettings = HydrationSettings()
    ) throws -> Hydrated<P> {
        try TemporaryFolder.with { folder in
            let path = folder + "/given.ledger"
            try GeneratedHistory.append(events, to: path)
            let ledger = try EventLedger(path: path)
            let knownBy = try asOf.map { try Timestamp(text: $0) }
            let database = try TimeZoneDatabase()
            let zone = try database.zone(settings.defaultZone)
            var hydration = try Hydration(
                ledger,
                to: ledger.resolve(try PointInTime(text: point, zone: zone), knownBy: knownBy),
                projections: [type], settings: settings, database: database)
            try hydration.run()
            guard let fold = hydration.folds[0] as? TypedFold<P> else {
                throw GivenError(description: "\(type) gave another fold")
            }
            return Hydrated(
                state: fold.state, history: hydration.history, events: fold.events,
                digest: fold.digest(hydration.history))
        }
    }
}

/// A projection's state, with all that reads it: the projection's own members, its tables, and
/// for the shipped projections a question for each answer.
@dynamicMemberLookup
public struct Hydrated<P: Projection>: Sendable {
    /// The projection's state after the last event.
    public let state: P
    /// The feeders and devices that the state speaks of.
    public let history: History
    /// How many events the projection was given.
    public let events: Int
    /// The digest of the state.
    public let digest: SHA256Digest

    /// A member of the state itself.
    public subscript<Value>(dynamicMember member: KeyPath<P, Value>) -> Value {
        state[keyPath: member]
    }

    /// Looks at the state; returns it, so that another `then` can follow.
    @discardableResult
    public func then(_ look: (Hydrated<P>) throws -> Void) rethrows -> Hydrated<P> {
        try look(self)
        return self
    }

    /// The rows of a table that the projection writes, by column.
    public func rows(_ table: String) throws -> [[String: Cell]] {
        try ProjectionTables(history: history, state.write)[table]
    }

    /// A value for a feeder by its name; the zero value where no event has named the feeder.
    public func value<Value>(
        _ values: PerFeeder<Value>, of feeder: String = FeederSystem.defaultFeeder
    ) -> Value {
        history.feeder(named: feeder).map { values[$0] } ?? values.zero
    }
}

extension Hydrated where P == BowlTotals {
    /// What was dispensed into a bowl; nothing where the feeder was never fed.
    public func total(
        _ bowl: Bowl, of feeder: String = FeederSystem.defaultFeeder
    ) -> BowlTotals.Total {
        let feeder = history.feeder(named: feeder)
        guard let found = state.totals(history).first(where: { $0.feeder == feeder }) else {
            return BowlTotals.Total()
        }
        return bowl == .left ? found.left : found.right
    }

    /// How often the bowl's motor ran.
    public func dispenses(
        _ bowl: Bowl, of feeder: String = FeederSystem.defaultFeeder
    ) -> Int { total(bowl, of: feeder).dispenses }

    /// Grams that fell into the bowl.
    public func grams(
        _ bowl: Bowl, of feeder: String = FeederSystem.defaultFeeder
    ) -> Int { total(bowl, of: feeder).grams }

    /// When the bowl's motor ran last, as text; nil where it never did.
    public func lastDispense(
        _ bowl: Bowl, of feeder: String = FeederSystem.defaultFeeder
    ) -> String? { total(bowl, of: feeder).lastDispense?.shortText }
}

extension Hydrated where P == FeedingStats {
    /// The days with a feed, in order.
    public func days(of feeder: String = FeederSystem.defaultFeeder) -> [FeedingDay] {
        let feeder = history.feeder(named: feeder)
        var days: [FeedingDay] = []
        state.forEachDay(history) {
            if $0 == feeder { days.append($1) }
        } feeder: { _, _ in
        }
        return days
    }

    /// A local day such as `2024-03-01`; nil where it had no feed.
    public func day(
        _ day: String, of feeder: String = FeederSystem.defaultFeeder
    ) -> FeedingDay? {
        days(of: feeder).first { $0.day.description == day }
    }
}
