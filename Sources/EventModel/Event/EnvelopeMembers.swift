/// The members of an EventBridge envelope that the event does not hold itself, as JSON text.
public struct EnvelopeMembers {
    private var known: [String: String] = [:]
    /// The members that EventBridge does not always write, in their order; keys with their quotes.
    public private(set) var others: [(key: String, value: String)] = []

    /// Events that never were in an envelope get the one that the deployed bus would give them.
    private static let deployed = [
        "version": "\"0\"", "account": "\"123456789012\"", "region": "\"ap-southeast-2\"",
        "resources": "[]",
    ]

    /// - Parameter isSpelled: whether the envelope also says how a `jsonl` line was spelled, which
    ///   is no member.
    public init(_ content: EventContent, isSpelled: Bool) {
        if content.form == .put || content.form == .button { known = EnvelopeMembers.deployed }
        for (name, key, value) in content.envelopeTexts
        where name != "time" && !(isSpelled && name == EventContent.lineSpellingKey) {
            if EnvelopeMembers.deployed[name] != nil {
                known[name] = value
            } else {
                others.append((key, value))
            }
        }
    }

    /// `version`, `account`, `region` or `resources`; nil where the envelope had none.
    public subscript(name: String) -> String? { known[name] }
}

extension EventContent {
    /// The members of the envelope's rest; keys (with their quotes) and values as JSON text.
    public var envelopeTexts: [(name: String, key: String, value: String)] {
        guard var envelope else { return [] }
        return envelope.withUTF8 { text in
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
    }
}
