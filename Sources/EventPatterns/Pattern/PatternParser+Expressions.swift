import EventModel

/// Match expressions, `{"prefix": "a"}` and its like.
extension PatternParser {
    /// Reads the expression whose object has begun, up to the object's end.
    mutating func parseExpression() throws(PatternError) -> ValueTest {
        guard try tokens.next() == .name else {
            throw tokens.invalid("Match expression name not found")
        }
        let name = tokens.name
        switch name.utf8.map({ $0 }) {
        case Array("exactly".utf8): return .exact(quoted(try onlyString("exact")))
        case Array("prefix".utf8): return try parsePrefix()
        case Array("suffix".utf8): return try parseSuffix()
        case Array("equals-ignore-case".utf8):
            return .ignoringCase(FoldedText(try onlyString(name), at: .both))
        case Array("wildcard".utf8): return .wildcard(try parseWildcard())
        case Array("anything-but".utf8): return try parseAnythingBut()
        case Array("numeric".utf8): return try parseNumeric()
        case Array("exists".utf8): return try parseExists()
        case Array("cidr".utf8): return try parseCIDR()
        default: throw tokens.invalid("Unrecognized match type \(name)")
        }
    }

    /// Reads a string and the end of the object that it is alone in.
    private mutating func onlyString(_ name: String) throws(PatternError) -> String {
        try tokens.next()
        let text = try string(name)
        try endExpression()
        return text
    }

    private mutating func string(_ name: String) throws(PatternError) -> String {
        guard tokens.token == .string else {
            throw tokens.invalid("\(name) match pattern must be a string")
        }
        return try tokens.text()
    }

    private mutating func endExpression() throws(PatternError) {
        guard try tokens.next() == .endObject else {
            throw tokens.invalid("Only one key allowed in match expression")
        }
    }

    private mutating func parsePrefix() throws(PatternError) -> ValueTest {
        if try tokens.next() == .beginObject {
            let text = try foldedAffix("Prefix")
            return .ignoringCase(FoldedText(text, at: .start))
        }
        let text = try string("prefix")
        try endExpression()
        return .prefix([0x22] + text.utf8)
    }

    private mutating func parseSuffix() throws(PatternError) -> ValueTest {
        if try tokens.next() == .beginObject {
            let text = try foldedAffix("Suffix")
            return .ignoringCase(FoldedText(text, at: .end))
        }
        let text = try string("suffix")
        try endExpression()
        return .suffix(text.utf8 + [0x22])
    }

    /// Reads `"equals-ignore-case": "text"` and the ends of both objects around it.
    private mutating func foldedAffix(_ operation: String) throws(PatternError) -> String {
        guard try tokens.next() == .name else {
            throw tokens.invalid("\(operation) expression name not found")
        }
        guard tokens.name.hasSameBytes(as: "equals-ignore-case") else {
            throw tokens.invalid("Unsupported \(operation.lowercased()) pattern: \(tokens.name)")
        }
        let text = try onlyString("equals-ignore-case")
        try endExpression()
        return text
    }

    private mutating func parseWildcard() throws(PatternError) -> Wildcard {
        try tokens.next()
        let text = try string("wildcard")
        let wildcard = try self.wildcard(text)
        try endExpression()
        return wildcard
    }

    func wildcard(_ text: String) throws(PatternError) -> Wildcard {
        do {
            return try Wildcard(quoted(text))
        } catch {
            throw tokens.invalid(error.reason)
        }
    }

    private mutating func parseExists() throws(PatternError) -> ValueTest {
        let token = try tokens.next()
        guard token == .true || token == .false else {
            throw tokens.invalid("exists match pattern must be either true or false.")
        }
        try endExpression()
        return token == .true ? .present : .absent
    }

    private mutating func parseCIDR() throws(PatternError) -> ValueTest {
        guard try tokens.next() == .string else {
            // The service's slip of the pen.
            throw tokens.invalid("prefix match pattern must be a string")
        }
        let text = try tokens.text()
        let range: AddressRange
        do {
            range = try AddressRange(cidr: text)
        } catch {
            throw tokens.invalidWithoutPlace(error.reason)
        }
        try endExpression()
        return .address(range)
    }
}
