import EventModel
import Scenario
import Topology

/// The button handler with the bus that it puts on: a button event becomes an event of that bus.
public struct LiveHandler: Sendable {
    /// Whether the handler loses the time of the press.
    public let variant: ButtonHandler.Variant
    /// The bus that it puts on.
    public let bus: TopologyFile.Bus

    /// The handler that a topology names.
    public init(_ topology: TopologyFile) {
        variant = topology.buttonHandler == .deployed ? .deployed : .mended
        bus = topology.bus
    }

    /// What came of a button event.
    public struct Outcome: Sendable {
        /// What the handler put.
        public var put: ButtonHandler.Put
        /// What the bus made of it.
        public var event: Event
    }

    /// - Parameters:
    ///   - buttonEvent: JSON in any of the three forms of a button event.
    ///   - received: when it came to the handler, which puts at once: the event's time, where the
    ///     entry says none.
    ///   - salt: tells two events apart that are equal in all else.
    /// - Throws: `JSONError`, `ButtonHandler.Refusal`.
    public func handle(_ buttonEvent: String, received: Timestamp, salt: String) throws -> Outcome {
        let put = try ButtonHandler().put(try JSONValue(parsing: buttonEvent), as: variant)
        let envelope = ScenarioFile.Envelope(account: bus.account, region: bus.region)
        let content = EventContent(
            source: FeederSystem.source, detailType: FeederSystem.detailType, device: put.device,
            detail: put.detail, envelope: envelope.json)
        let event = Event(
            id: LiveHandler.id(of: buttonEvent, received: received, salt: salt),
            time: put.time ?? received, recorded: received, content: content)
        return Outcome(put: put, event: event)
    }

    /// The id that the bus gives: it must not depend on a source of randomness, and no two may be
    /// the same.
    private static func id(of buttonEvent: String, received: Timestamp, salt: String) -> EventID {
        var hash = SHA256()
        hash.update(counted: buttonEvent)
        hash.update(bigEndian: received.microseconds)
        hash.update(counted: salt)
        let words = hash.digest().words
        return EventID(time: received, random: (words.0, words.1))
    }
}
