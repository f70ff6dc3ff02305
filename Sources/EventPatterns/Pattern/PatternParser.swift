import EventModel

/// Reads a pattern's objects and its `$or`; the match expressions are in the extensions.
///
/// The checks come in the order of event-ruler's JsonRuleCompiler, so that a text with two mistakes
/// gets the service's reason.
struct PatternParser {
    /// The service's limit for what `$or` may multiply out to.
    static let alternativeLimit = 1000

    /// Names that are kept for operators, and are no fields inside `$or`.
    private static let reservedInOr: [String] = [
        "exactly", "equals-ignore-case", "prefix", "suffix", "anything-but", "exists", "wildcard",
        "numeric", "cidr", "=", "<", "<=", ">", ">=", "regex", "not-wildcard",
        "not-equals-ignore-case", "date-after", "date-on-or-after", "date-before",
        "date-on-or-before", "in-date-range", "ip-address-in-range", "ip-address-not-in-range",
    ]

    var tokens: PatternTokens

    init(_ text: String) { tokens = PatternTokens(text) }

    mutating func parse() throws(PatternError) -> [Alternative] {
        guard try tokens.next() == .beginObject else {
            throw tokens.invalid("Filter is not an object")
        }
        var alternatives: [Alternative] = []
        try parseObject(into: &alternatives, path: [], isInOr: false)
        for place in alternatives.indices { alternatives[place].sort() }
        return alternatives
    }

    /// Reads the members of the object that has begun and adds them to every alternative.
    private mutating func parseObject(
        into alternatives: inout [Alternative], path: [UInt8], isInOr: Bool
    ) throws(PatternError) {
        var isEmpty = true
        while try tokens.next() != .endObject {
            isEmpty = false
            let name = tokens.name
            if name.hasSameBytes(as: "$or") {
                try parseOr(into: &alternatives, path: path)
                continue
            }
            if isInOr, PatternParser.reservedInOr.contains(where: { $0.hasSameBytes(as: name) }) {
                throw tokens.invalid(
                    "\(name) is Ruler reserved fieldName which cannot be used inside $or.")
            }
            let field = path.isEmpty && !isNested ? Array(name.utf8) : path + [0x2E] + name.utf8
            switch try tokens.next() {
            case .beginObject:
                depth += 1
                try parseObject(into: &alternatives, path: field, isInOr: isInOr)
                depth -= 1
            case .beginArray:
                let tests = try parseTests()
                if alternatives.isEmpty { alternatives.append(Alternative()) }
                for place in alternatives.indices { alternatives[place].set(field, to: tests) }
            default: throw tokens.invalid("\"\(name)\" must be an object or an array")
            }
        }
        if isEmpty { throw tokens.invalid("Empty objects are not allowed") }
    }

    /// How many objects with names are open: an empty name makes an empty path that is nested.
    private var depth = 0
    private var isNested: Bool { depth > 0 }

    /// Reads the array of `$or`: every alternative so far goes on in each of its objects.
    private mutating func parseOr(
        into alternatives: inout [Alternative], path: [UInt8]
    ) throws(PatternError) {
        guard try tokens.next() == .beginArray else {
            throw tokens.invalid("It must be an Array followed with $or.")
        }
        let before = alternatives.isEmpty ? [Alternative()] : alternatives
        alternatives = []
        var count = 0
        while let token = try tokens.next(), token != .endArray {
            guard token == .beginObject else {
                throw tokens.invalid("Only JSON object is allowed in array of $or relationship.")
            }
            count += 1
            var branch = before
            try parseObject(into: &branch, path: path, isInOr: true)
            alternatives += branch
            guard alternatives.count <= PatternParser.alternativeLimit else {
                throw tokens.invalid(
                    "$or must not make more than \(PatternParser.alternativeLimit) combinations")
            }
        }
        guard count >= 2 else {
            throw tokens.invalid("There must have at least 2 Objects in $or relationship.")
        }
    }

    /// Reads the array of a field: values and match expressions.
    private mutating func parseTests() throws(PatternError) -> [ValueTest] {
        var tests: [ValueTest] = []
        while let token = try tokens.next(), token != .endArray {
            switch token {
            case .beginObject: tests.append(try parseExpression())
            case .string:
                let text = try tokens.text()
                if let address = IPAddress(text.utf8) {
                    tests.append(.address(AddressRange(address)))
                } else {
                    tests.append(.exact(quoted(text)))
                }
            case .number:
                let text = try tokens.text()
                // A number that cannot be compared matches by its text alone.
                if let number = ComparableNumber(text.utf8) { tests.append(.number(number)) }
                tests.append(.exact(Array(text.utf8)))
            case .null, .true, .false: tests.append(.exact(Array(try tokens.text().utf8)))
            default:
                throw tokens.invalid("Match value must be String, number, true, false, or null")
            }
        }
        if tests.isEmpty { throw tokens.invalid("Empty arrays are not allowed") }
        return tests
    }
}

/// The UTF-8 of a string with the quotes that it has in JSON. Tests for strings carry them, so that no
/// number or word passes them.
func quoted(_ text: String) -> [UInt8] { [0x22] + text.utf8 + [0x22] }
