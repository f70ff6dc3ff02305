import EventModel

/// A message that a replay must send.
public struct ExpectedMessage: Sendable, Equatable {
    /// The event that it comes from.
    public var sequence: Int
    /// The target that sends it.
    public var target: String
    /// UTF-8; no wildcards.
    public var topic: [UInt8]
    /// The bytes that the function must send.
    public var payload: [UInt8]
    /// When it is sent in an `ordered` replay: the event's recorded time.
    public var at: Timestamp
    /// The minute in which the event says it happened, counted from 1970.
    public var minute: Int64
    /// 0 for the deployed function, 1 for the mended one.
    public var qos: Int

    /// What tells messages apart on the wire.
    public var key: MessageKey { MessageKey(topic: topic, payload: payload) }
}

/// A message as a subscriber sees it: nothing else says which event it came from.
public struct MessageKey: Hashable, Sendable, CustomStringConvertible {
    /// UTF-8, compared byte by byte.
    public var topic: [UInt8]
    /// Compared byte by byte.
    public var payload: [UInt8]

    /// A key of a message as it was received, or should be.
    public init(topic: [UInt8], payload: [UInt8]) {
        self.topic = topic
        self.payload = payload
    }

    public var description: String {
        String(decoding: topic, as: UTF8.self) + " " + String(decoding: payload, as: UTF8.self)
    }
}
