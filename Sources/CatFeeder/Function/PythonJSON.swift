import EventModel

/// JSON as Python's `json.dumps` spells it: a space after `:` and `,`, ASCII only.
enum PythonJSON {
    static func append(_ value: JSONValue, to text: inout [UInt8]) {
        switch value {
        case .null: text += "null".utf8
        case .bool(let bool): text += (bool ? "true" : "false").utf8
        case .string(let string): text += JSONText.quotedASCII(string).utf8
        case .number(let number): text += spelled(number).utf8
        case .array(let elements):
            text.append(0x5B)
            for (place, element) in elements.enumerated() {
                if place > 0 { text += ", ".utf8 }
                append(element, to: &text)
            }
            text.append(0x5D)
        case .object(let members):
            text.append(0x7B)
            // Of two members of one name, Python keeps the first one's place and the last one's value.
            var last: [[UInt8]: JSONValue] = [:]
            for member in members { last[Array(member.key.utf8)] = member.value }
            var isFirst = true
            for member in members {
                guard let value = last.removeValue(forKey: Array(member.key.utf8)) else { continue }
                if !isFirst { text += ", ".utf8 }
                isFirst = false
                text += JSONText.quotedASCII(member.key).utf8
                text += ": ".utf8
                append(value, to: &text)
            }
            text.append(0x7D)
        }
    }

    /// Whole numbers keep their digits; others pass through a double, as in Python.
    private static func spelled(_ number: String) -> String {
        guard number.utf8.contains(where: { $0 == 0x2E || $0 | 0x20 == 0x65 }) else {
            return number == "-0" ? "0" : number
        }
        guard let double = Double(number), double.isFinite else {
            return number.hasPrefix("-") ? "-Infinity" : "Infinity"
        }
        return double.description
    }
}
