import EventModel

/// `anything-but` and what may be nested in it.
extension PatternParser {
    private enum Nested: String {
        case ignoringCase = "equals-ignore-case"
        case prefix, suffix, wildcard

        init?(utf8 name: String) {
            // Only ASCII: names that are merely canonically equal are others.
            guard name.utf8.allSatisfy({ $0 < 0x80 }) else { return nil }
            self.init(rawValue: name)
        }
    }

    mutating func parseAnythingBut() throws(PatternError) -> ValueTest {
        var nested: Nested?
        if try tokens.next() == .beginObject {
            guard try tokens.next() == .name else {
                throw tokens.invalid("Anything-But expression name not found")
            }
            guard let operation = Nested(utf8: tokens.name) else {
                throw tokens.invalid("Unsupported anything-but pattern: \(tokens.name)")
            }
            nested = operation
            try tokens.next()
        }
        let excluded: [ValueTest]
        switch (tokens.token, nested) {
        case (.beginArray, let operation?): excluded = try parseNestedList(operation)
        case (.beginArray, nil): excluded = try parseList()
        case (.string, let operation?), (.number, let operation?):
            excluded = [try parseNested(operation)]
        case (.string, nil): excluded = [.exact(quoted(try tokens.text()))]
        case (.number, nil):
            let text = try tokens.text()
            guard let number = ComparableNumber(text.utf8) else {
                throw tokens.invalidWithoutPlace(PatternParser.cannotCompare(text))
            }
            excluded = [.number(number)]
        default:
            throw tokens.invalid(
                "Value of anything-but must be an array or single string/number value.")
        }
        try endAnythingBut()
        if nested != nil { try endAnythingBut() }
        // The service accepts an empty nested list, and never matches it.
        return excluded.isEmpty ? .never : .anythingBut(excluded)
    }

    static func cannotCompare(_ number: String) -> String { "Cannot compare number : \(number)" }

    private mutating func endAnythingBut() throws(PatternError) {
        guard try tokens.next() == .endObject else {
            // In the service, too, whatever the expression.
            throw tokens.invalid("Too many elements in numeric expression")
        }
    }

    /// Strings or numbers, not both.
    private mutating func parseList() throws(PatternError) -> [ValueTest] {
        var strings: [ValueTest] = []
        var numbers: [ValueTest] = []
        while let token = try tokens.next(), token != .endArray {
            switch token {
            case .string: strings.append(.exact(quoted(try tokens.text())))
            case .number:
                let text = try tokens.text()
                guard let number = ComparableNumber(text.utf8) else {
                    throw tokens.invalid(PatternParser.cannotCompare(text))
                }
                numbers.append(.number(number))
            default:
                throw tokens.invalid(
                    "Inside anything but list, start|null|boolean is not supported.")
            }
        }
        guard strings.isEmpty != numbers.isEmpty else {
            throw tokens.invalid(
                "Inside anything but list, either all values are number or string, "
                    + "mixed type is not supported")
        }
        return strings + numbers
    }

    private mutating func parseNestedList(_ operation: Nested) throws(PatternError) -> [ValueTest] {
        var texts: [String] = []
        while let token = try tokens.next(), token != .endArray {
            texts.append(try nestedText(operation))
        }
        var tests: [ValueTest] = []
        for text in texts { tests.append(try test(operation, text)) }
        return tests
    }

    private mutating func parseNested(_ operation: Nested) throws(PatternError) -> ValueTest {
        let text = try nestedText(operation)
        return try test(operation, text)
    }

    /// The token's text, which must be a string's.
    private mutating func nestedText(_ operation: Nested) throws(PatternError) -> String {
        guard tokens.token == .string else {
            switch operation {
            case .ignoringCase:
                throw tokens.invalid(
                    "Inside anything-but/equals-ignore-case list, "
                        + "number|start|null|boolean is not supported.")
            case .wildcard: throw tokens.invalid("wildcard match pattern must be a string")
            case .prefix, .suffix:
                throw tokens.invalid("prefix/suffix match pattern must be a string")
            }
        }
        let text = try tokens.text()
        if text.isEmpty, operation == .prefix || operation == .suffix {
            throw tokens.invalid("Null prefix/suffix not allowed")
        }
        return text
    }

    private func test(_ operation: Nested, _ text: String) throws(PatternError) -> ValueTest {
        switch operation {
        case .ignoringCase: .ignoringCase(FoldedText(text, at: .both))
        case .prefix: .prefix([0x22] + text.utf8)
        case .suffix: .suffix(text.utf8 + [0x22])
        case .wildcard: .wildcard(try wildcard(text))
        }
    }
}
