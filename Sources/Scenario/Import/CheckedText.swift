import EventModel

/// Checks of JSON that stands as text in a field or an attribute of another form.
///
/// What passes here can also stand in a `jsonl` line, so nothing enters a ledger that could not be
/// exported and imported again.
enum CheckedText {
    /// What an envelope must not hold, because an export writes it from the event.
    static let taken = ["id", "source", "detail-type", "detail"].map { Array($0.utf8) }

    /// The one JSON object that the text is, without white space around it.
    static func object(_ text: UnsafeRawBufferPointer) throws(JSONError) -> String {
        var reader = JSONReader(text)
        guard try reader.peekKind() == .object else {
            throw JSONError(offset: reader.offset, reason: "a JSON object was expected")
        }
        // A level deeper than it stands here, as in a `jsonl` line.
        let range = try reader.skipValue(depth: 1)
        reader.skipWhitespace()
        guard reader.isAtEnd else {
            throw JSONError(
                offset: reader.offset, reason: "nothing was expected after the JSON object")
        }
        return String(decoding: text[range], as: UTF8.self)
    }

    /// The envelope that the text is, without white space; nil where it is an empty object.
    static func envelope(
        _ text: UnsafeRawBufferPointer, of form: EventForm
    ) throws(JSONError) -> String? {
        _ = try object(text)
        var envelope = EnvelopeText()
        var names: [[UInt8]] = []
        var reader = JSONReader(text)
        try reader.forEachMember { (reader, key) throws(JSONError) in
            let value = try reader.skipValue(depth: 2)
            let name = reader.text(ofString: key)
            let bytes = Array(name.utf8)
            guard !taken.contains(bytes), !names.contains(bytes) else {
                throw JSONError(
                    offset: key.lowerBound,
                    reason: "\(JSONText.quoted(name)) cannot stand here: the event has it already")
            }
            names.append(bytes)
            let valueText = String(decoding: text[value], as: UTF8.self)
            if let reason = problem(of: name, valueText, form) {
                throw JSONError(offset: value.lowerBound, reason: reason)
            }
            envelope.add(
                String(decoding: text[key], as: UTF8.self), JSONText.minified(valueText))
        }
        return envelope.finished
    }

    /// Why a member cannot stand in an envelope; nil where it can.
    private static func problem(
        of name: String, _ value: String, _ form: EventForm
    ) -> String? {
        switch name {
        case "time":
            let text = (try? JSONValue(parsing: value))?.string
            if let text, (try? Timestamp(text: text)) != nil { return nil }
            return "the envelope's \"time\" is \(value.prefix(60)); expected a time"
        case LineSpelling.key where form == .jsonLines:
            if (try? JSONValue(parsing: value)).flatMap(LineSpelling.init) != nil { return nil }
            return "the envelope has a member \"jsonl\" of its own; expected none, or one as an "
                + "export writes it: it says how a line was spelled"
        default: return nil
        }
    }

    /// Whether the text is a JSON object that says, white space aside, what `detail` says.
    static func isObject(_ text: String, likewise detail: String) -> Bool {
        let found = Array(text.utf8).withUnsafeBytes { try? object($0) }
        guard found != nil else { return false }
        return JSONText.minified(text).utf8.elementsEqual(JSONText.minified(detail).utf8)
    }
}
