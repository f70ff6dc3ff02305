import EventBus
import EventModel
import MQTTBroker

/// What the cat feeder function sends its messages with.
public protocol MessagePublisher: AnyObject {
    /// - Throws: `LinkError` where the message is not surely out.
    func publish(_ message: Message, at now: Timestamp) throws
}

/// The rule's target: translates one bus event into one MQTT message.
///
///     {…,"time":"2023-03-12T07:15:04Z",…,"detail":{"click-type": "SINGLE"}}
///         ──> {"event": "SINGLE", "reportedTime": "2023-03-12T07:15:04Z"}
public final class FeederFunction: Target {
    /// Which form of the function runs.
    public enum Variant: String, CaseIterable, Sendable {
        /// Ignores that an event is replayed, and sends no id: a replay feeds the cats, and so does
        /// every redelivery.
        case deployed
        /// Leaves replays alone unless told otherwise; the message carries the event's id, so that
        /// the feeder can tell a copy, and the press's own time; QoS 1.
        case mended
    }

    /// What a function did.
    public struct Counts: Sendable, Equatable {
        /// Messages that are out.
        public var published = 0
        /// Replayed events that the mended function left alone.
        public var replaysIgnored = 0
    }

    /// Whether it has the deployed one's defects.
    public let variant: Variant
    /// What it did since it was made.
    public private(set) var counts = Counts()
    /// Called with each message that is out.
    public var onPublish: ((Message) -> Void)?
    private let publishesReplays: Bool
    private let publisher: any MessagePublisher
    private var route: TopicRoute

    /// - Parameter publishesReplays: whether the mended function acts on replayed events, too. The
    ///   deployed one always does.
    public init(
        _ variant: Variant, route: TopicRoute, publishesReplays: Bool = false,
        publisher: any MessagePublisher
    ) {
        self.variant = variant
        self.route = route
        self.publishesReplays = publishesReplays
        self.publisher = publisher
    }

    public func receive(_ delivery: borrowing Delivery) throws {
        let sequence = delivery.event.sequence
        let payload: [UInt8]? = try delivery.withInput { try self.payload(of: $0) }
        guard let payload else {
            counts.replaysIgnored += 1
            return
        }
        let topic = try route.topic(of: delivery.event.event.content, at: sequence)
        let message = Message(
            topic: topic, payload: payload, qos: variant == .deployed ? .zero : .one)
        try publisher.publish(message, at: delivery.now)
        counts.published += 1
        onPublish?(message)
    }

    /// The message's bytes, as Python's `json.dumps` writes them; nil for a replay that is left
    /// alone.
    private func payload(of input: UnsafeRawBufferPointer) throws -> [UInt8]? {
        var event = FunctionInput(input)
        do throws(JSONError) { try event.read() } catch {
            throw TargetFailure(
                code: "JSONDecodeError", reason: "the input is no JSON object: \(error)")
        }
        if variant == .mended, event.replayName != nil, !publishesReplays { return nil }
        guard event.detail != nil else { throw keyError("detail") }
        guard let click = event.click else { throw keyError("click-type") }
        let mendedTime = variant == .mended ? event.reportedTime : nil
        guard let time = mendedTime ?? event.time else { throw keyError("time") }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(128)
        bytes += "{\"event\": ".utf8
        try event.dump(click, into: &bytes)
        bytes += ", \"reportedTime\": ".utf8
        try event.dump(time, into: &bytes)
        if variant == .mended {
            guard let id = event.id else { throw keyError("id") }
            bytes += ", \"id\": ".utf8
            try event.dump(id, into: &bytes)
        }
        bytes.append(0x7D)
        return bytes
    }

    private func keyError(_ key: String) -> TargetFailure {
        TargetFailure(code: "KeyError", reason: "the event has no \"\(key)\"")
    }
}

/// The places of what the function reads in its input: ranges of bytes, nothing copied.
private struct FunctionInput {
    let bytes: UnsafeRawBufferPointer
    private(set) var id: Range<Int>?
    private(set) var time: Range<Int>?
    private(set) var detail: Range<Int>?
    private(set) var replayName: Range<Int>?
    private(set) var click: Range<Int>?
    private(set) var reportedTime: Range<Int>?

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    /// Of two members of one name the last counts, as for Python's `json.loads`.
    mutating func read() throws(JSONError) {
        var reader = JSONReader(bytes)
        try reader.forEachMember { (reader, key) throws(JSONError) in
            let value = try reader.skipValue(depth: 1)
            if reader.string(at: key, is: "detail") {
                detail = value
            } else if reader.string(at: key, is: "time") {
                time = value
            } else if reader.string(at: key, is: "id") {
                id = value
            } else if reader.string(at: key, is: "replay-name") {
                replayName = value
            }
        }
        reader.skipWhitespace()
        guard reader.isAtEnd else {
            throw JSONError(offset: reader.offset, reason: "the input goes on after the object")
        }
        guard let detail, bytes[detail.lowerBound] == 0x7B else { return }
        reader.offset = detail.lowerBound
        try reader.forEachMember(depth: 1) { (reader, key) throws(JSONError) in
            let value = try reader.skipValue(depth: 2)
            if reader.string(at: key, is: "click-type") {
                click = value
            } else if reader.string(at: key, is: "reported-time") {
                reportedTime = value
            }
        }
    }

    /// Writes the value as Python's `json.dumps` does.
    func dump(_ value: Range<Int>, into text: inout [UInt8]) throws {
        let plain = bytes[value].allSatisfy { $0 >= 0x20 && $0 < 0x7F && $0 != 0x5C }
        if plain, bytes[value.lowerBound] == 0x22 {
            text += bytes[value]
        } else {
            var reader = JSONReader(bytes, at: value.lowerBound)
            PythonJSON.append(try JSONValue(reading: &reader), to: &text)
        }
    }
}
