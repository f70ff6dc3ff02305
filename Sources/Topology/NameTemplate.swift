import EventModel

/// A name with variables in it: `cat-feeder/${feeder}/action`.
///
/// `${feeder}` is the feeder's name in its registration, `${device}` the id of the button. What
/// may stand for a variable depends on what is named: a topic, a thing, or a part of a policy.
public struct NameTemplate: Hashable, Sendable, CustomStringConvertible {
    /// As it stands in the file.
    public let text: String
    /// What is named.
    public let kind: Kind
    let parts: [Part]

    /// What a template names, which decides what may stand in it.
    public enum Kind: Hashable, Sendable {
        /// An MQTT topic name, where a variable is a part of one level.
        case topic
        /// A thing of AWS IoT: 1 to 128 letters, digits, `:`, `_` and `-`.
        case thing
        /// A policy document. Variables of AWS IoT, such as `${iot:ClientId}`, stay as they are.
        case policy
    }

    /// What may stand between `${` and `}`, by its word.
    public enum Variable: String, CaseIterable, Hashable, Sendable {
        case feeder, device
    }

    enum Part: Hashable, Sendable {
        case text(String)
        case variable(Variable)
    }

    /// The variables in it, each once.
    public var variables: [Variable] {
        Variable.allCases.filter { parts.contains(.variable($0)) }
    }

    public var description: String { text }

    /// - Throws: what is wrong with the text, and what was expected.
    init(_ text: String, as kind: Kind) throws(Mistake) {
        self.text = text
        self.kind = kind
        parts = try NameTemplate.parts(of: text, kind)
        // What stands between the variables must fit already, whatever they become.
        let sample = parts.map { if case .text(let text) = $0 { text } else { "x" } }.joined()
        if let reason = kind.objection(to: sample) { throw Mistake(message: reason) }
    }

    /// Why a text is no template of its kind.
    struct Mistake: Error {
        var message: String
    }

    private static func parts(of text: String, _ kind: Kind) throws(Mistake) -> [Part] {
        var parts: [Part] = []
        var literal = ""
        // By scalars: a combining mark after a "}" makes another Character of it.
        var rest = text.unicodeScalars[...]
        while let start = rest.firstRange(of: "${".unicodeScalars) {
            literal += String(rest[..<start.lowerBound])
            guard let end = rest[start.upperBound...].firstIndex(of: "}") else {
                throw Mistake(message: "a } is missing after ${")
            }
            let name = String(rest[start.upperBound..<end])
            if let variable = Variable(rawValue: name) {
                if !literal.isEmpty { parts.append(.text(literal)) }
                literal = ""
                parts.append(.variable(variable))
            } else if kind == .policy, isPolicyVariable(name) {
                literal += String(rest[start.lowerBound...end])
            } else {
                let names = Variable.allCases.map(\.rawValue)
                throw Mistake(
                    message: "there is no variable \"\(name)\"; "
                        + Spelling.hint(for: name, among: names))
            }
            rest = rest[rest.index(after: end)...]
        }
        literal += String(rest)
        if !literal.isEmpty { parts.append(.text(literal)) }
        return parts
    }

    /// Whether AWS IoT fills this one in: `iot:ClientId`, or an escaped `*`, `?`, `$`.
    private static func isPolicyVariable(_ name: String) -> Bool {
        name.hasPrefix("iot:") || name.hasPrefix("aws:") || ["*", "?", "$"].contains(name)
    }
}

extension NameTemplate.Kind {
    /// Why this cannot be such a name; nil where it can.
    func objection(to name: String) -> String? {
        switch self {
        case .topic: NameTemplate.objection(toTopic: name)
        case .thing: NameTemplate.objection(toThing: name)
        // The document's form was checked when it was read.
        case .policy: nil
        }
    }
}

extension NameTemplate {
    /// MQTT 3.1.1, section 4.7: no wildcards, 1 to 65,535 bytes, no U+0000.
    static func objection(toTopic name: String) -> String? {
        let count = name.utf8.count
        guard count > 0 else { return "a topic name has at least one character" }
        guard count <= 65_535 else {
            return "a topic name has at most 65535 bytes of UTF-8, not \(count)"
        }
        for wildcard in ["+", "#"] as [UnicodeScalar] where name.unicodeScalars.contains(wildcard) {
            return "a topic name has no wildcards, and \"\(wildcard)\" is one;"
                + " wildcards stand in topic filters only"
        }
        return hasControl(name) ? "a topic name has no control characters" : nil
    }

    /// `[a-zA-Z0-9:_-]`, 1 to 128, as AWS IoT's CreateThing asks.
    static func objection(toThing name: String) -> String? {
        let isPlain = name.utf8.allSatisfy { isAlphanumeric($0) || ":_-".utf8.contains($0) }
        guard (1...128).contains(name.utf8.count), isPlain else {
            return "a thing's name has 1 to 128 letters, digits, \":\", \"_\" and \"-\""
        }
        return nil
    }

    static func hasControl(_ text: String) -> Bool {
        text.unicodeScalars.contains { $0.value < 0x20 || (0x7F...0x9F).contains($0.value) }
    }

    static func isAlphanumeric(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte & ~0x20)
    }
}
