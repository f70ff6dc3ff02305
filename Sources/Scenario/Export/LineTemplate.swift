import EventModel

/// The line that an export writes for the events of one content, with gaps for what differs.
final class LineTemplate {
    enum Part {
        case text([UInt8])
        case sequence, id, recorded
        case time(Precision)
    }

    /// How finely a time is written.
    enum Precision {
        case seconds, microseconds
        /// As many of 0, 3 or 6 digits as it needs.
        case needed

        func resolution(of time: Timestamp) -> Timestamp.Resolution {
            switch self {
            case .seconds: .second
            case .microseconds: .microsecond
            case .needed: time.resolution
            }
        }
    }

    static let null = Array("null".utf8)

    let content: EventContent
    private(set) var parts: [Part] = []
    private var pending = ""

    init(_ content: EventContent, _ format: ExportFormat) {
        self.content = content
        switch (format, content.form) {
        case (.jsonl, _), (.original, .jsonLines): addJSONLine()
        case (.eventbridge, .put): addEnvelope(.seconds, spelled: nil)
        case (.eventbridge, _): addEnvelope(.needed, spelled: nil)
        case (.original, .eventBridge):
            addEnvelope(.needed, spelled: content.envelopeMember("time")?.string)
        case (.original, .button):
            if let original = content.buttonEvent {
                pending = original.onOneLine
            } else {
                addEnvelope(.needed, spelled: nil)
            }
        case (.original, .put): addEnvelope(.needed, spelled: nil)
        }
        pending += "\n"
        flush()
    }

    private func flush() {
        if !pending.isEmpty { parts.append(.text(Array(pending.utf8))) }
        pending = ""
    }

    private func gap(_ part: Part) {
        flush()
        parts.append(part)
    }

    private func addJSONLine() {
        pending = "{\"sequence\":"
        gap(.sequence)
        pending = ",\"id\":"
        gap(.id)
        pending = ",\"time\":"
        gap(.time(.microseconds))
        pending = ",\"recorded\":"
        gap(.recorded)
        pending = ",\"source\":\(JSONText.quoted(content.source))"
        pending += ",\"detailType\":\(JSONText.quoted(content.detailType))"
        pending += ",\"device\":\(content.device.map(JSONText.quoted) ?? "null")"
        let detail = content.detail.onOneLine
        pending += ",\"detail\":\(detail)"
        if detail.utf8.count != content.detail.utf8.count {
            pending += ",\"detailText\":\(JSONText.quoted(content.detail))"
        }
        if content.form != .jsonLines { pending += ",\"form\":\"\(content.form.name)\"" }
        if let envelope = content.envelope { pending += ",\"envelope\":\(envelope)" }
        pending += "}"
    }

    /// - Parameter spelled: the time as the original spelled it, where that is to be given back.
    private func addEnvelope(_ precision: Precision, spelled: String?) {
        let rest = EnvelopeMembers(content)
        pending = "{"
        if let version = rest["version"] { pending += "\"version\":\(version)," }
        pending += "\"id\":"
        gap(.id)
        pending = ",\"detail-type\":\(JSONText.quoted(content.detailType))"
        pending += ",\"source\":\(JSONText.quoted(content.source))"
        if let account = rest["account"] { pending += ",\"account\":\(account)" }
        pending += ",\"time\":"
        if let spelled { pending += JSONText.quoted(spelled) } else { gap(.time(precision)) }
        for key in ["region", "resources"] {
            if let value = rest[key] { pending += ",\"\(key)\":\(value)" }
        }
        for (key, value) in rest.others { pending += ",\(key):\(value)" }
        pending += ",\"detail\":\(content.detail.onOneLine)}"
    }
}

/// The members of an envelope that the event does not hold itself, as JSON text.
private struct EnvelopeMembers {
    private var known: [String: String] = [:]
    /// The members that EventBridge does not always write, in their order; keys with their quotes.
    private(set) var others: [(key: String, value: String)] = []

    /// Events that never were in an envelope get the one that the deployed bus would give them.
    private static let deployed = [
        "version": "\"0\"", "account": "\"123456789012\"", "region": "\"ap-southeast-2\"",
        "resources": "[]",
    ]

    init(_ content: EventContent) {
        if content.form == .put || content.form == .button { known = EnvelopeMembers.deployed }
        guard var envelope = content.envelope else { return }
        let found = envelope.withUTF8 { text in
            let bytes = UnsafeRawBufferPointer(text)
            var found: [(name: String, key: String, value: String)] = []
            var reader = JSONReader(bytes)
            try? reader.forEachMember { (reader, key) throws(JSONError) in
                let value = try reader.skipValue(depth: 1)
                found.append(
                    (
                        reader.text(ofString: key), String(decoding: bytes[key], as: UTF8.self),
                        String(decoding: bytes[value], as: UTF8.self)
                    ))
            }
            return found
        }
        for (name, key, value) in found where name != "time" {
            if EnvelopeMembers.deployed[name] != nil {
                known[name] = value
            } else {
                others.append((key, value))
            }
        }
    }

    subscript(name: String) -> String? { known[name] }
}

extension EventContent {
    /// The button event that the button handler was given, byte for byte.
    var buttonEvent: String? {
        var detail = detail
        return detail.withUTF8 { text in
            let bytes = UnsafeRawBufferPointer(text)
            var reader = JSONReader(bytes)
            var found: Range<Int>?
            try? reader.forEachMember { (reader, key) throws(JSONError) in
                let value = try reader.skipValue(depth: 1)
                if reader.string(at: key, is: "button-event") { found = value }
            }
            return found.map { String(decoding: bytes[$0], as: UTF8.self) }
        }
    }
}

extension String {
    /// The JSON text itself, or without white space where it has line breaks.
    fileprivate var onOneLine: String {
        utf8.contains { $0 == 0x0A || $0 == 0x0D } ? JSONText.minified(self) : self
    }
}
