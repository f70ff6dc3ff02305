/// How surely a message is delivered: MQTT 3.1.1, section 4.3.
public enum QoS: UInt8, CaseIterable, Sendable, Comparable {
    /// At most once.
    case zero
    /// At least once.
    case one
    /// Exactly once.
    case two

    public static func < (a: QoS, b: QoS) -> Bool { a.rawValue < b.rawValue }
}

/// A topic name: where a message is published to. Compared byte by byte, as the standard does:
/// Swift's `String` takes two spellings of one letter for equal.
public struct TopicName: Hashable, Sendable, CustomStringConvertible {
    /// UTF-8.
    public let bytes: [UInt8]

    /// A name from bytes, which are not checked.
    public init(bytes: [UInt8]) { self.bytes = bytes }
    /// A name from its text, which is not checked.
    public init(_ text: String) { bytes = Array(text.utf8) }

    public var description: String { String(decoding: bytes, as: UTF8.self) }
}

/// An application message: what a client publishes and a subscriber gets.
public struct Message: Hashable, Sendable {
    /// Where it is published to.
    public var topic: TopicName
    /// Any bytes; MQTT does not look into them.
    public var payload: [UInt8]
    /// The publisher's QoS; in a delivery the lower of both sides.
    public var qos: QoS
    /// In a PUBLISH to the broker: keep it for later subscribers. In a delivery: it was kept.
    public var retain: Bool

    /// A message, unless told otherwise of QoS 0 and not retained.
    public init(topic: TopicName, payload: [UInt8], qos: QoS = .zero, retain: Bool = false) {
        self.topic = topic
        self.payload = payload
        self.qos = qos
        self.retain = retain
    }
}
