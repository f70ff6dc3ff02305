import EventModel
import Ledger
import Projections

/// A few events with the history that they make by themselves: the registrations among them, and no
/// others. Their sequences are their places, from 1 on.
public struct SmallHistory: Sendable {
    public let history: History
    private let steps: Steps

    /// - Parameter invariant: whose events are picked out.
    public init(
        _ events: [Event], for invariant: ChosenInvariant,
        settings: HydrationSettings = HydrationSettings(), database: TimeZoneDatabase
    ) throws {
        var codes = DeviceCodes()
        var registrations: [(sequence: Int, time: Timestamp, registration: Registration)] = []
        var records: [EventRecord] = []
        for (place, event) in events.enumerated() {
            records.append(
                EventRecord(
                    time: event.time.microseconds,
                    device: event.device.map { codes.code(of: $0) } ?? 0,
                    content: UInt32(place)))
            if case .registration(let one) = event.content.meaning {
                codes.code(of: one.device)
                registrations.append((place + 1, event.time, one))
            }
        }
        history = try History(
            devices: codes.devices, registrations: registrations, settings: settings,
            database: database)
        var reader = StepReader(history, devices: codes.devices, hears: invariant.type.hears)
        var steps = Steps()
        try reader.read(
            first: 1, records.span, ContentLookup(events.map(\.content), path: "these events"),
            into: &steps)
        self.steps = steps
    }

    /// The first violation, of one identity if it is given.
    public func violation(
        of invariant: ChosenInvariant, only identity: FailureIdentity? = nil
    ) -> Violation? {
        let watch = InvariantWatch.of(invariant)
        if let found = watch.take(steps.list[...], steps.heard, history, only: identity).violation {
            return found
        }
        return watch.atEnd(history).flatMap { found in
            identity.map { $0.matches(found) } ?? true ? found : nil
        }
    }

    /// How many events an invariant is given of it.
    public var count: Int { steps.list.count }
}
