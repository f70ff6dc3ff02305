import EventModel

extension EventConverter {
    /// Reads a message as `mosquitto_sub -F %J` or `-F %j` writes it. The event's detail is the
    /// captured object, byte for byte; the id is that of a first occurrence.
    func convertCapture(_ object: RawObject) throws(BadValue) -> Converted {
        try object.refuseDoubles()
        _ = try CapturedMessage(object)
        var reader = JSONReader(object.bytes, at: object.range.lowerBound)
        // A level deeper than it stands here, as in the detail of a `jsonl` line.
        do throws(JSONError) { try reader.skipValue(depth: 1) } catch {
            throw BadValue(offset: error.offset, reason: error.reason)
        }
        guard let member = object.member(.timeStamp) else {
            throw BadValue(
                offset: object.range.lowerBound,
                reason:
                    "the message has no \"tst\"; expected the time at which mosquitto_sub got it")
        }
        let time = try CapturedMessage.time(of: member, in: object)
        let known = KnownContent(
            EventContent(
                source: CapturedMessage.source, detailType: CapturedMessage.detailType, device: nil,
                detail: object.verbatim(object.range)))
        return Converted(
            event: Event(
                id: EventID(of: object.slice(object.range), as: .mosquitto, occurrence: 1),
                time: time, content: known.content),
            comparable: known.comparable, resolution: known.resolution(of: time),
            format: .mosquitto)
    }
}

/// A message as `mosquitto_sub` captured it.
///
///     {"tst":"2023-03-12T07:15:04.123456Z+0000","topic":"cat-feeder/action","qos":0,"retain":0,
///      "payloadlen":59,"payload":{"event":"SINGLE","reportedTime":"2023-03-12T07:15:04Z"}}
public struct CapturedMessage: Sendable, Equatable {
    /// The source of imported messages: no rule of the deployed system matches it.
    public static let source = "com.feedmyfurbabies.capture"
    public static let detailType = "MQTT Message"

    public var topic: String
    /// The payload: of `%J` the JSON that it is, without white space; of `%j` its text.
    public var payload: String
    /// Whether the broker had kept the message and sent it on subscribing.
    public var isRetained = false

    /// The message that an imported event holds; nil where it is no captured message.
    public init?(_ event: Event) {
        guard event.source == Self.source, event.detailType == Self.detailType,
            let value = try? JSONValue(parsing: event.detail),
            let topic = value["topic"]?.string, let payload = value["payload"]
        else { return nil }
        self.topic = topic
        self.payload = payload.string ?? payload.text()
        isRetained = value["retain"].map { $0 == 1 || $0 == .bool(true) } ?? false
    }

    fileprivate init(_ object: RawObject) throws(BadValue) {
        let name = "message that mosquitto_sub wrote"
        topic = object.text(of: try object.required(.topic, "topic", in: name))
        guard let payload = object.member(.payload) else {
            throw BadValue(
                offset: object.range.lowerBound,
                reason: "the \(name) has no \"payload\"; expected one")
        }
        self.payload = object.verbatim(payload.value)
    }

    /// The time at which it was received. `mosquitto_sub` writes its local time, a `Z` all the same,
    /// and then the offset, which is what counts.
    fileprivate static func time(
        of member: RawMember, in object: RawObject
    ) throws(BadValue) -> Timestamp {
        guard member.kind == .string else {
            throw object.wrongKind(member, "a time such as \"2023-03-12T07:15:04.123456Z+0000\"")
        }
        var text = Array(object.text(of: member).utf8)
        if let mark = text.lastIndex(of: 0x5A), mark + 1 < text.count,
            text[mark + 1] == 0x2B || text[mark + 1] == 0x2D
        {
            text.remove(at: mark)
        }
        let found = text.withUnsafeBytes { bytes in
            Result { () throws(Timestamp.TextError) in try Timestamp.parse(bytes) }
        }
        do throws(Timestamp.TextError) { return try found.get().0 } catch {
            throw BadValue(
                offset: member.value.lowerBound,
                reason:
                    "\"tst\" is \(object.excerpt(member.value)): \(error); expected a time such "
                    + "as \"2023-03-12T07:15:04.123456Z+0000\"")
        }
    }
}

extension EventContent {
    /// The captured message, byte for byte, where the content is one.
    var capturedMessage: String? {
        source == CapturedMessage.source && detailType == CapturedMessage.detailType ? detail : nil
    }
}
