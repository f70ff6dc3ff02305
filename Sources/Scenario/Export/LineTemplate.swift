import EventModel

/// The line that an export writes for the events of one content, with gaps for what differs.
final class LineTemplate {
    enum Part {
        case text([UInt8])
        case sequence, id
        case time(Precision)
        case recorded(Precision)
        /// As a field of a csv: without quotes, unless the id needs them.
        case plainID, plainTime, plainRecorded
        /// Nineteen digits, so that texts sort as numbers do.
        case paddedSequence
    }

    /// How finely a time is written.
    enum Precision {
        case seconds, microseconds
        /// As many of 0, 3 or 6 digits as it needs.
        case needed
        /// As finely as this, and finer where it needs to be.
        case atLeast(Timestamp.Resolution)
        /// As this JSON text, where it is that moment; else with microseconds.
        case spelled([UInt8], Timestamp)

        func resolution(of time: Timestamp) -> Timestamp.Resolution {
            switch self {
            case .seconds: .second
            case .microseconds, .spelled: .microsecond
            case .needed: time.resolution
            case .atLeast(let resolution): min(resolution, time.resolution)
            }
        }
    }

    static let null = Array("null".utf8)

    let content: EventContent
    private(set) var parts: [Part] = []
    /// Text that is no part yet.
    var pending = ""

    init(_ content: EventContent, _ format: ExportFormat) {
        self.content = content
        switch (format, content.form) {
        case (.jsonl, _): addJSONLine(nil)
        case (.csv, _): addRow()
        case (.parquet, _): break
        case (.cloudevents, _), (.cloudeventsBatch, _): addCloudEvent()
        case (.original, .jsonLines): addJSONLine(content.lineSpelling)
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
        case (.original, .put):
            if let message = content.capturedMessage {
                pending = message.onOneLine
            } else {
                addEnvelope(.needed, spelled: nil)
            }
        }
        pending += format.lineEnd
        flush()
    }

    private func flush() {
        if !pending.isEmpty { parts.append(.text(Array(pending.utf8))) }
        pending = ""
    }

    func gap(_ part: Part) {
        flush()
        parts.append(part)
    }

    /// - Parameter spelling: how the line was written by hand, where that is to be given back.
    private func addJSONLine(_ spelling: LineSpelling?) {
        let line = spelling ?? LineSpelling()
        pending = "{"
        if !line.omits.contains("sequence") {
            pending += "\"sequence\":"
            gap(.sequence)
            pending = ","
        }
        pending += "\"id\":"
        gap(.id)
        pending = ",\"time\":"
        gap(.time(line.time.precision))
        if case .null = line.recorded {
            pending = ",\"recorded\":null"
        } else if !line.omits.contains("recorded") {
            pending = ",\"recorded\":"
            gap(.recorded(line.recorded.precision))
        }
        pending += ",\"source\":\(JSONText.quoted(content.source))"
        pending += ",\"detailType\":\(JSONText.quoted(content.detailType))"
        if !line.omits.contains("device") {
            pending += ",\"device\":\(content.device.map(JSONText.quoted) ?? "null")"
        }
        pending += ",\"detail\":\(content.detail.onOneLine)"
        let hasText = content.detail.hasLineBreaks && !line.omits.contains("detailText")
        if hasText || line.adds.contains("detailText") {
            pending += ",\"detailText\":\(JSONText.quoted(content.detail))"
        }
        if content.form != .jsonLines || line.adds.contains("form") {
            pending += ",\"form\":\"\(content.form.name)\""
        }
        if let spelling {
            addEnvelope(of: spelling)
        } else if let envelope = content.envelope {
            pending += ",\"envelope\":\(envelope)"
        }
        pending += "}"
    }

    /// The envelope without what only an import has put there, and the members that stood beside it.
    private func addEnvelope(of spelling: LineSpelling) {
        var envelope = EnvelopeText()
        var others = ""
        for member in content.envelopeTexts where !member.name.hasSameBytes(as: LineSpelling.key) {
            if spelling.members.contains(Array(member.name.utf8)) {
                others += ",\(member.key):\(member.value)"
            } else {
                envelope.add(member.key, member.value)
            }
        }
        let text = envelope.finished ?? (spelling.adds.contains("envelope") ? "{}" : nil)
        if let text { pending += ",\"envelope\":\(text)" }
        pending += others
    }

    /// - Parameter spelled: the time as the original spelled it, where that is to be given back.
    private func addEnvelope(_ precision: Precision, spelled: String?) {
        let rest = EnvelopeMembers(content, isSpelled: content.lineSpelling != nil)
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

extension LineSpelling.Time {
    fileprivate var precision: LineTemplate.Precision {
        switch self {
        case .canonical, .null: .microseconds
        case .utc(let resolution): .atLeast(resolution)
        case .text(let text):
            if let time = try? Timestamp(text: text) {
                .spelled(Array(JSONText.quoted(text).utf8), time)
            } else {
                .microseconds
            }
        }
    }
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
    /// Whether this JSON text has line breaks, which stand between its tokens.
    var hasLineBreaks: Bool { utf8.contains { $0 == 0x0A || $0 == 0x0D } }

    /// The JSON text itself, or without white space where it has line breaks.
    var onOneLine: String { hasLineBreaks ? JSONText.minified(self) : self }
}
