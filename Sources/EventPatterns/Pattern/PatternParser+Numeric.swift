import EventModel

/// `numeric`: one comparison, or a lower bound and an upper one.
extension PatternParser {
    mutating func parseNumeric() throws(PatternError) -> ValueTest {
        guard try tokens.next() == .beginArray else {
            throw tokens.invalid("Value of numeric must be an array.")
        }
        let first = try tokens.next()
        let text = try tokens.text()
        guard first == .string else {
            throw tokens.invalid("Invalid member in numeric match: \(text)")
        }
        let test = try parseComparison(text)
        guard try tokens.next() == .endObject else { throw tooManyElements() }
        return test
    }

    private func tooManyElements() -> PatternError {
        tokens.invalid("Too many elements in numeric expression")
    }

    private mutating func parseComparison(_ operation: String) throws(PatternError) -> ValueTest {
        try tokens.next()
        switch Array(operation.utf8) {
        case [0x3D]:  // =
            let number = try loneNumber("equals")
            return .number(try comparable(number))
        case [0x3C]:  // <
            let top = try loneNumber(operation)
            return .range(NumberRange(top: try comparable(top), includesTop: false))
        case [0x3C, 0x3D]:  // <=
            let top = try loneNumber(operation)
            return .range(NumberRange(top: try comparable(top), includesTop: true))
        case [0x3E]: return .range(try parseFromBottom(operation, includesBottom: false))
        case [0x3E, 0x3D]: return .range(try parseFromBottom(operation, includesBottom: true))
        default: throw tokens.invalid("Unrecognized numeric range operator: \(operation)")
        }
    }

    private mutating func number(_ operation: String) throws(PatternError) -> String {
        guard tokens.token == .number else {
            throw tokens.invalid("Value of \(operation) must be numeric")
        }
        return try tokens.text()
    }

    /// A number behind which the array ends.
    private mutating func loneNumber(_ operation: String) throws(PatternError) -> String {
        let text = try number(operation)
        guard try tokens.next() == .endArray else { throw tooManyElements() }
        return text
    }

    private func comparable(_ text: String) throws(PatternError) -> ComparableNumber {
        guard let number = ComparableNumber(text.utf8) else {
            throw tokens.invalid(PatternParser.cannotCompare(text))
        }
        return number
    }

    private mutating func parseFromBottom(
        _ operation: String, includesBottom: Bool
    ) throws(PatternError) -> NumberRange {
        let bottom = try number(operation)
        if try tokens.next() == .endArray {
            return NumberRange(bottom: try comparable(bottom), includesBottom: includesBottom)
        }
        let upper = try tokens.text()
        guard tokens.token == .string else {
            throw tokens.invalid("Bad value in numeric range: \(upper)")
        }
        guard upper.hasSameBytes(as: "<") || upper.hasSameBytes(as: "<=") else {
            throw tokens.invalid("Bad numeric range operator: \(upper)")
        }
        try tokens.next()
        let top = try number(upper)
        guard try tokens.next() == .endArray else {
            throw tokens.invalid("Too many terms in numeric range expression")
        }
        let range = NumberRange(
            bottom: try comparable(bottom), includesBottom: includesBottom,
            top: try comparable(top), includesTop: upper.hasSameBytes(as: "<="))
        guard range.bottom < range.top else {
            throw tokens.invalid("Bottom must be less than top")
        }
        return range
    }
}
