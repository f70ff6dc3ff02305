import EventModel

/// Where a rule sends events. Whoever puts an event knows none of them.
public protocol Target: AnyObject {
    /// Takes one event in. Called once an attempt, in virtual time.
    ///
    /// - Throws: `TargetFailure` where this attempt failed and the bus shall try again or give up;
    ///   anything else ends the run.
    func receive(_ delivery: borrowing Delivery) throws
}

/// One attempt to give an event to a target.
public struct Delivery: ~Copyable {
    /// The event, which is also what an input is made of.
    public let event: BusEvent
    /// The name of the rule that matched.
    public let rule: String
    /// From 1.
    public let attempt: Int
    /// The moment of this attempt.
    public let now: Timestamp
    /// When the bus took the event in: before `now`, where this is a retry.
    public let put: Timestamp
    let envelope: EventEnvelope
    let input: TargetInput?

    /// Lends what the target is given: the event as JSON, or what the binding makes of it.
    ///
    /// - Throws: `TargetFailure` where the input cannot be made of this event; what `body` throws.
    public func withInput<R>(_ body: (UnsafeRawBufferPointer) throws -> R) throws -> R {
        let bytes = envelope.bytes(of: event)
        guard let input else { return try bytes.withUnsafeBytes(body) }
        let context = InputContext(
            ruleARN: envelope.bus.arn(ofRule: rule), ruleName: rule, ingestionTime: put)
        let made: [UInt8]
        do {
            made = try bytes.withUnsafeBytes {
                try input.input(for: $0, in: context)
            }
        } catch {
            throw TargetFailure(code: "INVALID_INPUT", reason: "\(error)", isPermanent: true)
        }
        return try made.withUnsafeBytes(body)
    }
}

/// Why a target did not take an event.
public struct TargetFailure: Error, Sendable, CustomStringConvertible {
    /// A word in the manner of the service, such as `SDK_CLIENT_ERROR`.
    public var code: String
    /// What went wrong, in a sentence.
    public var reason: String
    /// Whether no further attempt can help.
    public var isPermanent: Bool

    /// A failure that a further attempt may mend, unless told otherwise.
    public init(code: String, reason: String, isPermanent: Bool = false) {
        self.code = code
        self.reason = reason
        self.isPermanent = isPermanent
    }

    public var description: String { "\(code): \(reason)" }
}

/// The JSON of one event, written when somebody first asks, in room that is used again.
final class EventEnvelope {
    private var spelling = EventSpelling()
    private var bytes: [UInt8] = []
    private var written: (id: EventID, replay: String?)?

    /// The bus that the event is on.
    let bus: BusName

    init(bus: BusName) { self.bus = bus }

    /// Forgets the event that was written last.
    func clear() { written = nil }

    func bytes(of event: BusEvent) -> [UInt8] {
        if let written, written.id == event.event.id, written.replay == event.replayName {
            return bytes
        }
        spelling.write(event, into: &bytes)
        written = (event.event.id, event.replayName)
        return bytes
    }
}

/// What a bus is called, and where it lies.
public struct BusName: Sendable, Hashable {
    /// The name alone, as a topology file gives it.
    public var name: String
    /// The AWS account, twelve digits.
    public var account: String
    /// The AWS region.
    public var region: String

    /// A bus of an account in a region; nothing is checked.
    public init(name: String, account: String, region: String) {
        self.name = name
        self.account = account
        self.region = region
    }

    /// The name of a rule of this bus, as the service spells it.
    public func arn(ofRule rule: String) -> String {
        "arn:aws:events:\(region):\(account):rule/\(name)/\(rule)"
    }
}
