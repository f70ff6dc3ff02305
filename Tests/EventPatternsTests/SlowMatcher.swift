import EventModel

/// A second, plain way to an outcome: it takes a valid pattern's tree as it stands, flattens the event
/// into a list and tries everything. It shares no code with the module under test.
struct SlowMatcher {
    private struct Leaf {
        var path: String
        var value: JSONValue
        /// The elements around the value: an array's number and a place in it.
        var places: [Int: Int]
    }

    private typealias Branch = [(path: String, tests: [JSONValue])]

    private let branches: [Branch]

    init(pattern: String) throws {
        var branches: [Branch] = [[]]
        SlowMatcher.expand(try JSONValue(parsing: pattern), [], &branches)
        // Fixtures are ASCII, for which the order of Unicode is that of the service.
        self.branches = branches.map { $0.sorted { $0.path < $1.path } }
    }

    private static func expand(_ object: JSONValue, _ names: [String], _ branches: inout [Branch]) {
        guard case .object(let members) = object else { return }
        for member in members {
            let path = (names + [member.key]).joined(separator: ".")
            switch member.value {
            case .array(let choices) where member.key == "$or":
                let before = branches
                branches = choices.flatMap { choice in
                    var more = before
                    expand(choice, names, &more)
                    return more
                }
            case .array(let tests):
                for place in branches.indices {
                    branches[place].removeAll { $0.path == path }
                    branches[place].append((path, tests))
                }
            default: expand(member.value, names + [member.key], &branches)
            }
        }
    }

    func matches(event: JSONValue) -> Bool {
        var leaves: [Leaf] = []
        var arrays = 0
        func flatten(_ value: JSONValue, _ names: [String], _ places: [Int: Int]) {
            switch value {
            case .object(let members):
                for member in members { flatten(member.value, names + [member.key], places) }
            case .array(let elements):
                let array = arrays
                arrays += 1
                for (place, element) in elements.enumerated() {
                    var inner = places
                    if case .object = element { inner[array] = place }
                    if case .array = element { inner[array] = place }
                    flatten(element, names, inner)
                }
            default:
                leaves.append(
                    Leaf(path: names.joined(separator: "."), value: value, places: places))
            }
        }
        flatten(event, [], [:])
        return branches.contains { SlowMatcher.agrees($0[...], leaves, [:]) }
    }

    private static func agrees(
        _ branch: ArraySlice<(path: String, tests: [JSONValue])>, _ leaves: [Leaf],
        _ places: [Int: Int]
    ) -> Bool {
        guard let (path, tests) = branch.first else { return true }
        var isAbsent = true
        for leaf in leaves where leaf.path == path {
            guard leaf.places.allSatisfy({ places[$0] == nil || places[$0] == $1 }) else {
                continue
            }
            isAbsent = false
            guard tests.contains(where: { passes(leaf.value, $0) }) else { continue }
            let merged = places.merging(leaf.places) { first, _ in first }
            if agrees(branch.dropFirst(), leaves, merged) { return true }
        }
        return isAbsent && tests.contains { $0["exists"] == .bool(false) }
            && agrees(branch.dropFirst(), leaves, places)
    }

    /// One value against one test. Numbers are doubles: the generated ones have few digits.
    private static func passes(_ value: JSONValue, _ test: JSONValue) -> Bool {
        guard case .object(let members) = test, let member = members.first else {
            return equal(value, test)
        }
        switch member.key {
        case "exists": return member.value == .bool(true)
        case "anything-but": return !isExcluded(value, member.value)
        case "numeric": return compares(value, member.value.array ?? [])
        default:
            guard let text = value.string else { return false }
            return passes(text, member.key, member.value)
        }
    }

    private static func passes(_ text: String, _ operation: String, _ operand: JSONValue) -> Bool {
        if case .object = operand {
            let folded = operand["equals-ignore-case"]?.string ?? ""
            return passes(text.lowercased(), operation, .string(folded.lowercased()))
        }
        let other = operand.string ?? ""
        switch operation {
        // The service's strings have their quotes: a prefix may reach the closing one.
        case "prefix": return "\"\(text)\"".hasPrefix("\"" + other)
        case "suffix": return "\"\(text)\"".hasSuffix(other + "\"")
        case "equals-ignore-case": return text.lowercased() == other.lowercased()
        case "wildcard": return wildcard(Array(text)[...], Array(other)[...])
        case "cidr": return lies(text, in: other)
        default: return false
        }
    }

    private static func isExcluded(_ value: JSONValue, _ operand: JSONValue) -> Bool {
        switch operand {
        case .array(let values): return values.contains { equal(value, $0) }
        case .object(let members):
            guard let text = value.string, let member = members.first else { return false }
            let texts = member.value.array ?? [member.value]
            return texts.contains { passes(text, member.key, $0) }
        default: return equal(value, operand)
        }
    }

    private static func equal(_ value: JSONValue, _ other: JSONValue) -> Bool {
        guard case .number(let a) = value, case .number(let b) = other else {
            return value == other
        }
        return Double(a) == Double(b)
    }

    private static func compares(_ value: JSONValue, _ terms: [JSONValue]) -> Bool {
        guard case .number(let text) = value, let number = Double(text) else { return false }
        return stride(from: 0, to: terms.count, by: 2).allSatisfy { place in
            guard case .number(let bound) = terms[place + 1], let bound = Double(bound) else {
                return false
            }
            switch terms[place].string {
            case "=": return number == bound
            case "<": return number < bound
            case "<=": return number <= bound
            case ">": return number > bound
            default: return number >= bound
            }
        }
    }

    private static func wildcard(_ text: ArraySlice<Character>, _ pattern: ArraySlice<Character>)
        -> Bool
    {
        guard let first = pattern.first else { return text.isEmpty }
        if first == "*" {
            return wildcard(text, pattern.dropFirst())
                || !text.isEmpty && wildcard(text.dropFirst(), pattern)
        }
        return text.first == first && wildcard(text.dropFirst(), pattern.dropFirst())
    }

    /// IPv4 only, as the generated ones are.
    private static func lies(_ text: String, in cidr: String) -> Bool {
        func number(_ text: Substring) -> UInt64? {
            let parts = text.split(separator: ".").compactMap { UInt64($0) }
            return parts.count == 4 ? parts.reduce(0) { $0 * 256 + $1 } : nil
        }
        let parts = cidr.split(separator: "/")
        guard let address = number(text[...]), let base = number(parts[0]),
            let kept = UInt64(parts[1])
        else { return false }
        return address >> (32 - kept) == base >> (32 - kept)
    }
}
