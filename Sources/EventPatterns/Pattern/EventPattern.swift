import EventModel

/// An event pattern of EventBridge, read and checked: which events a rule is for.
///
///     let pattern = try EventPattern(parsing: #"{"source":["com.feedmyfurbabies"]}"#)
///     let matcher = RuleMatcher([pattern])
///
/// It has all operators of event-ruler 2.0.1: exact values, `prefix`, `suffix`,
/// `equals-ignore-case`, `wildcard`, `anything-but`, `numeric`, `exists`, `cidr` and `$or`.
public struct EventPattern: Sendable {
    /// The pattern's JSON, as it was given.
    public let text: String
    /// The ways to match: `$or` is multiplied out, in document order. One is enough.
    let alternatives: [Alternative]

    /// Reads a pattern.
    ///
    /// As the service's, the reading ends with the closing brace; text behind it is not looked at.
    /// - Parameter limits: how large and costly it may be.
    /// - Throws: what is wrong, in the service's words, with line and column.
    public init(
        parsing text: String, limits: PatternLimits = .service
    ) throws(PatternError) {
        self.text = text
        var parser = PatternParser(text)
        try limits.check(length: text, in: parser.tokens.bytes)
        alternatives = try parser.parse()
        try limits.check(alternatives, in: parser.tokens.bytes)
    }

    /// The names of the top-level members of an event that the pattern reads, sorted: `detail`,
    /// `source`. Two events whose top-level names have no dots and that agree on these members
    /// have the same outcome, so a caller may remember it.
    public var topLevelFields: [String] {
        var names: [String] = []
        for field in alternatives.flatMap(\.fields) {
            let name = String(decoding: field.path.prefix { $0 != 0x2E }, as: UTF8.self)
            if !names.contains(where: { $0.utf8.elementsEqual(name.utf8) }) { names.append(name) }
        }
        return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }
}

/// Fields that must all match.
struct Alternative: Sendable {
    struct Field: Sendable, Hashable {
        /// The names on the way to the field, joined with dots, as UTF-8.
        let path: [UInt8]
        /// One of them is enough.
        let tests: [ValueTest]
    }

    private(set) var fields: [Field] = []

    /// Sets the tests of a path, in place of those that it had.
    mutating func set(_ path: [UInt8], to tests: [ValueTest]) {
        fields.removeAll { $0.path == path }
        fields.append(Field(path: path, tests: tests))
    }

    /// Puts the fields into the order in which the service tries them, that of UTF-16: whether a
    /// field is absent is asked for the array elements that the fields before it have chosen.
    mutating func sort() {
        fields.sort {
            String(decoding: $0.path, as: UTF8.self).utf16
                .lexicographicallyPrecedes(String(decoding: $1.path, as: UTF8.self).utf16)
        }
    }
}
