extension Event {
    /// How finely this event's time was given.
    public var timeResolution: Timestamp.Resolution {
        if let spelled = content.envelopeMember("time")?.string {
            let parsed = Array(spelled.utf8).withUnsafeBytes { try? Timestamp.parse($0) }
            if let parsed { return parsed.1 }
        }
        return content.form == .put ? min(.millisecond, time.resolution) : time.resolution
    }

    /// Why `other`, which has this event's id, is not the same event; nil where it is.
    ///
    /// The same: equal once `replay-name` and insignificant white space are left out, times
    /// compared at the coarser of the two resolutions. A device is compared where both name one.
    public func difference(from other: Event) -> String? {
        func differ(_ name: String, _ a: String, _ b: String) -> String {
            "\(name) is \(Event.excerpt(a)) in one and \(Event.excerpt(b)) in the other"
        }
        let resolution = max(timeResolution, other.timeResolution)
        if time.floored(to: resolution) != other.time.floored(to: resolution) {
            return differ("time", time.shortText, other.time.shortText)
        }
        guard content !== other.content, content.digest != other.content.digest else { return nil }
        let parts = [
            ("source", source, other.source),
            ("detail-type", detailType, other.detailType),
            ("device", device ?? other.device ?? "", other.device ?? device ?? ""),
            ("detail", JSONText.minified(detail), JSONText.minified(other.detail)),
            ("envelope", content.comparableEnvelope, other.content.comparableEnvelope),
        ]
        for (name, a, b) in parts where !a.hasSameBytes(as: b) { return differ(name, a, b) }
        return nil
    }

    private static func excerpt(_ text: String) -> String {
        text.count <= 160 ? text : text.prefix(160) + "… (\(text.utf8.count) bytes)"
    }
}

extension EventContent {
    /// A member of the envelope's rest; nil where it is not there.
    public func envelopeMember(_ key: String) -> JSONValue? {
        guard let envelope else { return nil }
        return (try? JSONValue(parsing: envelope))?[key]
    }

    /// The member of the envelope's rest that says how a `jsonl` line was spelled: which members it
    /// had, and how its times were written.
    public static let lineSpellingKey = "jsonl"

    /// The envelope's rest as the sameness of events sees it: no `replay-name`, no spelling of the
    /// time or of the line, members sorted by key.
    public var comparableEnvelope: String {
        guard let envelope, case .object(let members)? = try? JSONValue(parsing: envelope) else {
            return "{}"
        }
        let kept = members.filter {
            $0.key != "replay-name" && $0.key != "time"
                && (form != .jsonLines || $0.key != EventContent.lineSpellingKey)
        }
        return JSONValue.object(
            kept.sorted { Array($0.key.utf8).lexicographicallyPrecedes(Array($1.key.utf8)) }
        )
        .text()
    }
}
