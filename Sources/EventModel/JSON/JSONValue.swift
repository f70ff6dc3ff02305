/// A JSON value as a tree, for the few places where a tree is wanted: numbers keep their text and
/// members their order. Events on their way are never turned into trees.
public enum JSONValue: Sendable, Equatable {
    case object([Member])
    case array([JSONValue])
    case string(String)
    /// A number, as the text that wrote it.
    case number(String)
    case bool(Bool)
    case null

    public struct Member: Sendable, Equatable {
        public var key: String
        public var value: JSONValue

        public init(_ key: String, _ value: JSONValue) {
            self.key = key
            self.value = value
        }
    }

    /// Reads one JSON value; after it only white space may follow.
    public init(parsing text: some StringProtocol) throws(JSONError) {
        let bytes = Array(text.utf8)
        let found = bytes.withUnsafeBytes { buffer in
            Result { () throws(JSONError) -> JSONValue in
                var reader = JSONReader(buffer)
                let value = try JSONValue(reading: &reader)
                reader.skipWhitespace()
                guard reader.isAtEnd else {
                    throw reader.fail("there is text after the JSON value")
                }
                return value
            }
        }
        self = try found.get()
    }

    /// Reads the value that begins at the reader's next byte.
    public init(reading reader: inout JSONReader, depth: Int = 0) throws(JSONError) {
        switch try reader.peekKind() {
        case .object:
            var members: [Member] = []
            try reader.forEachMember(depth: depth) { (reader, key) throws(JSONError) in
                let value = try JSONValue(reading: &reader, depth: depth + 1)
                members.append(Member(reader.text(ofString: key), value))
            }
            self = .object(members)
        case .array:
            var elements: [JSONValue] = []
            try reader.forEachElement(depth: depth) { (reader) throws(JSONError) in
                elements.append(try JSONValue(reading: &reader, depth: depth + 1))
            }
            self = .array(elements)
        case .string: self = .string(reader.text(ofString: try reader.skipString()))
        case .number:
            let range = try reader.skipValue()
            self = .number(String(decoding: reader.bytes[range], as: UTF8.self))
        case .bool: self = .bool(try reader.skipValue().count == 4)
        case .null:
            try reader.skipValue()
            self = .null
        }
    }

    public static func int(_ value: some BinaryInteger) -> JSONValue { .number(String(value)) }

    /// A string, or null where there is none.
    public static func optional(_ text: String?) -> JSONValue {
        text.map(JSONValue.string) ?? .null
    }

    /// The last member of this key, as most parsers take it; nil for anything but an object.
    public subscript(key: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members.last { $0.key.hasSameBytes(as: key) }?.value
    }

    public var string: String? { if case .string(let text) = self { text } else { nil } }
    public var int: Int? { if case .number(let text) = self { Int(text) } else { nil } }
    public var array: [JSONValue]? { if case .array(let elements) = self { elements } else { nil } }
}

extension JSONValue: ExpressibleByDictionaryLiteral, ExpressibleByArrayLiteral,
    ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral
{
    public init(dictionaryLiteral elements: (String, JSONValue)...) {
        self = .object(elements.map { Member($0, $1) })
    }
    public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    public init(stringLiteral value: String) { self = .string(value) }
    public init(integerLiteral value: Int) { self = .int(value) }
    public init(booleanLiteral value: Bool) { self = .bool(value) }
}

extension JSONValue {
    /// The text without insignificant white space, or with two spaces an indent.
    public func text(pretty: Bool = false) -> String {
        var text = ""
        write(to: &text, indent: pretty ? 0 : nil)
        return text
    }

    private func write(to text: inout String, indent: Int?) {
        func line(_ depth: Int) {
            if let indent { text += "\n" + String(repeating: "  ", count: indent + depth) }
        }
        switch self {
        case .null: text += "null"
        case .bool(let value): text += value ? "true" : "false"
        case .number(let number): text += number
        case .string(let string): JSONText.appendQuoted(string, to: &text)
        case .array(let elements):
            text += "["
            for (place, element) in elements.enumerated() {
                if place > 0 { text += "," }
                line(1)
                element.write(to: &text, indent: indent.map { $0 + 1 })
            }
            if !elements.isEmpty { line(0) }
            text += "]"
        case .object(let members):
            text += "{"
            for (place, member) in members.enumerated() {
                if place > 0 { text += "," }
                line(1)
                JSONText.appendQuoted(member.key, to: &text)
                text += indent == nil ? ":" : ": "
                member.value.write(to: &text, indent: indent.map { $0 + 1 })
            }
            if !members.isEmpty { line(0) }
            text += "}"
        }
    }
}

/// Small operations on JSON text.
public enum JSONText {
    /// Appends `string` in quotes, with only the escapes that JSON asks for.
    public static func appendQuoted(_ string: String, to text: inout String) {
        text += "\""
        if string.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x22 && $0 != 0x5C }) {
            text += string
        } else {
            for scalar in string.unicodeScalars {
                switch scalar {
                case "\"": text += "\\\""
                case "\\": text += "\\\\"
                case "\n": text += "\\n"
                case "\r": text += "\\r"
                case "\t": text += "\\t"
                case "\u{0}"..<"\u{20}":
                    let digits = String(scalar.value, radix: 16)
                    text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
                default: text.unicodeScalars.append(scalar)
                }
            }
        }
        text += "\""
    }

    /// `string` in quotes.
    public static func quoted(_ string: String) -> String {
        var text = ""
        appendQuoted(string, to: &text)
        return text
    }

    /// `string` in quotes and in ASCII alone, as Python's `json.dumps` spells it.
    public static func quotedASCII(_ string: String) -> String {
        var text = "\""
        for unit in string.utf16 {
            switch unit {
            case 0x22: text += "\\\""
            case 0x5C: text += "\\\\"
            case 0x08: text += "\\b"
            case 0x09: text += "\\t"
            case 0x0A: text += "\\n"
            case 0x0C: text += "\\f"
            case 0x0D: text += "\\r"
            case 0x20..<0x7F: text.unicodeScalars.append(UnicodeScalar(UInt8(unit)))
            default:
                let digits = String(unit, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            }
        }
        return text + "\""
    }

    /// The same JSON without white space between its tokens; all else stays byte for byte.
    public static func minified(_ json: String) -> String {
        var json = json
        return json.withUTF8 { bytes in
            String(unsafeUninitializedCapacity: bytes.count) { out in
                minify(bytes, into: out)
            }
        }
    }

    /// Writes at most as many bytes as there are, and returns how many.
    private static func minify(
        _ bytes: UnsafeBufferPointer<UInt8>, into out: UnsafeMutableBufferPointer<UInt8>
    ) -> Int {
        var count = 0
        var inString = false
        var escaped = false
        for byte in bytes {
            if inString {
                if escaped {
                    escaped = false
                } else if byte == 0x5C {
                    escaped = true
                } else if byte == 0x22 {
                    inString = false
                }
            } else {
                if byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { continue }
                inString = byte == 0x22
            }
            out[count] = byte
            count += 1
        }
        return count
    }
}
