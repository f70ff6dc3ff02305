import EventModel
import Yams

extension YAMLNode {
    /// The value as JSON: mappings become objects with their keys in the file's order, plain
    /// scalars become `null`, `true`, `false` and numbers where JSON spells them so (the number's
    /// text is kept), and strings otherwise. Quoted scalars and blocks are strings.
    ///
    /// JSON's spelling, not YAML's: `yes`, `.5`, `+1` and `0x10` are strings here.
    public func json() throws(YAMLFileError) -> JSONValue {
        // Aliases can make a small file as large and as deep as they like.
        var budget = 65_536
        return try json(&budget, depth: 0)
    }

    private func json(_ budget: inout Int, depth: Int) throws(YAMLFileError) -> JSONValue {
        guard depth < JSONReader.depthLimit else {
            throw fail("the JSON is nested deeper than \(JSONReader.depthLimit) levels")
        }
        budget -= 1
        guard budget > 0 else {
            throw fail("the JSON has more than 65536 values; aliases may repeat too much")
        }
        switch node {
        case .scalar(let scalar): return YAMLNode.json(of: scalar)
        case .sequence(let sequence):
            var elements: [JSONValue] = []
            for element in sequence {
                elements.append(
                    try YAMLNode(node: element, file: file).json(&budget, depth: depth + 1))
            }
            return .array(elements)
        case .mapping:
            var members: [JSONValue.Member] = []
            for (_, name, value) in try self.members("an object") {
                members.append(.init(name, try value.json(&budget, depth: depth + 1)))
            }
            return .object(members)
        case .alias: throw fail("a value was expected, not an alias")
        }
    }

    private static func json(of scalar: Node.Scalar) -> JSONValue {
        guard scalar.style == .plain else { return .string(scalar.string) }
        switch scalar.string {
        case "", "~", "null": return .null
        default: break
        }
        switch try? JSONValue(parsing: scalar.string) {
        case .number: return .number(scalar.string)
        case .bool(let value): return .bool(value)
        default: return .string(scalar.string)
        }
    }

    /// The text of a JSON object: one written as JSON in a string stays as it is but for white
    /// space around it, a mapping is turned into JSON without white space.
    ///
    /// - Parameter what: what was expected, such as `an event pattern`.
    public func jsonObjectText(_ what: String) throws(YAMLFileError) -> String {
        let value: JSONValue
        let text: String
        if isMapping {
            value = try json()
            text = value.text()
        } else {
            let written = try self.text("\(what), a mapping or a string of JSON,")
            text = written.trimmed
            do {
                value = try JSONValue(parsing: text)
            } catch {
                throw fail("\(what) was expected, but this is no JSON: \(error)")
            }
        }
        guard case .object(let members) = value else {
            throw fail("\(what) was expected, a JSON object such as {\"key\": …}")
        }
        guard !members.isEmpty else { throw fail("\(what) was expected, not an empty object") }
        return text
    }
}

extension String {
    /// Without JSON's white space at both ends.
    fileprivate var trimmed: String {
        let isSpace: (Character) -> Bool = { [" ", "\n", "\r", "\r\n", "\t"].contains($0) }
        let end = lastIndex { !isSpace($0) }.map(index(after:)) ?? startIndex
        return String(self[..<end].drop(while: isSpace))
    }
}
