import EventModel

/// An event on its way over a bus.
public struct BusEvent: Sendable {
    /// The event as the ledger has it.
    public let event: Event
    /// The event's place in the ledger; nil where it has none.
    public let sequence: Int?
    /// The replay that sends the event again; nil where it happens for the first time.
    public let replayName: String?

    /// An event that comes from a ledger, a replay, both or neither.
    public init(_ event: Event, sequence: Int? = nil, replayName: String? = nil) {
        self.event = event
        self.sequence = sequence
        self.replayName = replayName
    }
}

/// Writes events as targets see them: EventBridge's JSON, `time` in whole seconds.
///
///     {"version":"0","id":"…","detail-type":"…","source":"…","account":"…","time":"…","region":"…",
///      "resources":[],"detail":{…},"replay-name":"…"}
///
/// What events of one content have in common is put together once.
struct EventSpelling {
    private struct Template {
        /// Up to the id, from the id to the time, from the time to the end.
        let parts: (head: [UInt8], middle: [UInt8], tail: [UInt8])

        init(_ content: EventContent) {
            let rest = EnvelopeMembers(content, isSpelled: content.form == .jsonLines)
            let version = rest["version"].map { "\"version\":\($0)," } ?? ""
            var middle = "\",\"detail-type\":\(JSONText.quoted(content.detailType))"
            middle += ",\"source\":\(JSONText.quoted(content.source))"
            middle += rest["account"].map { ",\"account\":\($0)" } ?? ""
            middle += ",\"time\":\""
            var tail = "\""
            for key in ["region", "resources"] {
                tail += rest[key].map { ",\"\(key)\":\($0)" } ?? ""
            }
            for (key, value) in rest.others where key != "\"replay-name\"" {
                tail += ",\(key):\(value)"
            }
            tail += ",\"detail\":\(content.detail)"
            parts = (Array("{\(version)\"id\":\"".utf8), Array(middle.utf8), Array(tail.utf8))
        }
    }

    private var templates = ContentMemo<Template>()
    private var replay: (name: String, member: [UInt8])?

    /// Writes `event` into `bytes`, whose room is used again.
    mutating func write(_ event: BusEvent, into bytes: inout [UInt8]) {
        let template = templates.value(of: event.event.content, Template.init)
        bytes.removeAll(keepingCapacity: true)
        bytes += template.parts.head
        if case .uuid = event.event.id {
            withUnsafeTemporaryAllocation(byteCount: 36, alignment: 1) { buffer in
                event.event.id.writeUUID(into: buffer)
                bytes += buffer
            }
        } else {
            // The id stands in quotes already.
            bytes += JSONText.quoted(event.event.id.text).utf8.dropFirst().dropLast()
        }
        bytes += template.parts.middle
        let time = event.event.time.floored(to: .second)
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 27) { buffer in
            bytes += buffer[..<time.write(.second, into: buffer)]
        }
        bytes += template.parts.tail
        if let name = event.replayName { bytes += replayMember(name) }
        bytes.append(0x7D)
    }

    private mutating func replayMember(_ name: String) -> [UInt8] {
        if let replay, replay.name.hasSameBytes(as: name) { return replay.member }
        let member = Array(",\"replay-name\":\(JSONText.quoted(name))".utf8)
        replay = (name, member)
        return member
    }
}
