import EventModel

extension DeadLetter {
    /// The letter as one line of JSON, without the line's end: where it lies and why, and the event as
    /// its target was given it, in EventBridge's form. `sequence` is null for an event of no ledger.
    ///
    ///     {"queue":"…","target":"…","rule":"…","sequence":7,"reason":"MaximumRetryAttempts",
    ///      "attempts":3,"errorCode":"…","errorMessage":"…","at":"…","event":{…}}
    public func line(in queue: String) -> [UInt8] {
        let members: [(String, String)] = [
            ("queue", JSONText.quoted(queue)), ("target", JSONText.quoted(target)),
            ("rule", JSONText.quoted(rule)), ("sequence", event.sequence.map { "\($0)" } ?? "null"),
            ("reason", JSONText.quoted(condition.rawValue)), ("attempts", "\(attempts)"),
            ("errorCode", JSONText.quoted(errorCode)),
            ("errorMessage", JSONText.quoted(errorMessage)), ("at", JSONText.quoted(at.text)),
        ]
        var bytes = Array("{".utf8)
        for (key, value) in members { bytes += "\"\(key)\":\(value),".utf8 }
        var json: [UInt8] = []
        var spelling = EventSpelling()
        spelling.write(event, into: &json)
        bytes += "\"event\":".utf8
        bytes += json
        bytes.append(0x7D)
        return bytes
    }
}
