import EventModel

extension ExpectedInput {
    /// What the target is given; nil where nothing can be.
    ///
    /// Over trees, plainly: what it is compared with works on bytes.
    ///
    /// - Parameter ingested: when the bus took the event in.
    func applied(
        to event: JSONValue, by rule: ExpectedRule, ingested: Timestamp
    ) -> JSONValue? {
        switch self {
        case .path(let path): return ExpectedInput.value(at: path, in: event)
        case .template(let paths, let text):
            return try? JSONValue(
                parsing: ExpectedInput.filled(text) { name in
                    switch name {
                    case "aws.events.event.json": return event
                    case "aws.events.event":
                        return event.without("detail").renaming("detail-type", "detailType")
                    case "aws.events.event.ingestion-time":
                        return .string(ingested.text(.second))
                    case "aws.events.rule-name": return .string(rule.name)
                    case "aws.events.rule-arn": return .string(rule.arn)
                    default:
                        guard let path = paths.first(where: { $0.name == name })?.path else {
                            return nil
                        }
                        // What the event lacks is an empty text.
                        return ExpectedInput.value(at: path, in: event) ?? ""
                    }
                })
        }
    }

    /// A template with values for its `<name>`s: as JSON, or in quotes as text.
    ///
    /// By scalars: a quote with an accent behind it is one character, and still a quote.
    private static func filled(_ template: String, _ value: (String) -> JSONValue?) -> String {
        var filled = String.UnicodeScalarView()
        var (isQuoted, isEscaped) = (false, false)
        var rest = template.unicodeScalars[...]
        while let scalar = rest.first {
            if scalar == "<", let end = rest.firstIndex(of: ">"),
                let found = value(String(rest[rest.index(after: rest.startIndex)..<end]))
            {
                let text = found.text().unicodeScalars
                filled += isQuoted && found.string != nil ? text.dropFirst().dropLast() : text[...]
                rest = rest[rest.index(after: end)...]
                continue
            }
            if scalar == "\"", !isEscaped { isQuoted.toggle() }
            isEscaped = scalar == "\\" && !isEscaped
            filled.append(scalar)
            rest.removeFirst()
        }
        return String(filled)
    }

    /// The value at a path such as `$.detail.click-type`, `$.resources[0]` or `$['detail-type']`.
    private static func value(at path: String, in event: JSONValue) -> JSONValue? {
        guard path.unicodeScalars.first == "$" else { return nil }
        var value = event
        var rest = path.unicodeScalars.dropFirst()
        while let first = rest.first {
            rest.removeFirst()
            let next: JSONValue?
            if first == "[", let quote = rest.first, quote == "'" || quote == "\"" {
                rest.removeFirst()
                next = value.last(unquoted(&rest, upTo: quote))
                rest = rest.dropFirst()
            } else if first == "[" {
                let digits = rest.prefix { $0 != "]" }
                rest = rest.dropFirst(digits.count + 1)
                let place = Int(String(digits))
                next = value.array.flatMap { all in
                    place.flatMap { all.indices.contains($0) ? all[$0] : nil }
                }
            } else {
                let name = rest.prefix { $0 != "." && $0 != "[" }
                rest = rest.dropFirst(name.count)
                next = value.last(String(name))
            }
            guard let next else { return nil }
            value = next
        }
        return value
    }

    /// A key in quotes without its escapes; `rest` goes on behind the closing quote.
    private static func unquoted(
        _ rest: inout Substring.UnicodeScalarView, upTo quote: Unicode.Scalar
    ) -> String {
        var name = String.UnicodeScalarView()
        while let next = rest.popFirst(), next != quote {
            name.append(next == "\\" ? rest.popFirst() ?? next : next)
        }
        return String(name)
    }
}

extension JSONValue {
    /// The last member of this name, which is the one that Python's `json.loads` keeps.
    func last(_ key: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members.last { $0.key.utf8.elementsEqual(key.utf8) }?.value
    }

    /// An object without the members of a name; anything else as it is.
    func without(_ key: String) -> JSONValue {
        guard case .object(let members) = self else { return self }
        return .object(members.filter { !$0.key.utf8.elementsEqual(key.utf8) })
    }

    /// An object with another name for a member; anything else as it is.
    func renaming(_ key: String, _ other: String) -> JSONValue {
        guard case .object(let members) = self else { return self }
        return .object(
            members.map { $0.key.utf8.elementsEqual(key.utf8) ? .init(other, $0.value) : $0 })
    }

    /// As Python's `json.dumps` spells it.
    var pythonText: String {
        switch self {
        case .null: "null"
        case .bool(let flag): flag ? "true" : "false"
        case .string(let text): JSONText.quotedASCII(text)
        case .number(let text):
            if text.contains(where: { ".eE".contains($0) }) {
                Double(text).map { $0.isFinite ? "\($0)" : $0 < 0 ? "-Infinity" : "Infinity" }
                    ?? text
            } else {
                text == "-0" ? "0" : text
            }
        case .array(let elements):
            "[" + elements.map(\.pythonText).joined(separator: ", ") + "]"
        case .object(let members):
            "{"
                + members.enumerated().filter { place, member in
                    !members[..<place].contains { $0.key.utf8.elementsEqual(member.key.utf8) }
                }
                .map { _, member in
                    JSONText.quotedASCII(member.key) + ": "
                        + (last(member.key)?.pythonText ?? "null")
                }
                .joined(separator: ", ") + "}"
        }
    }
}
