/// Why bytes are no JSON, and at which byte.
public struct JSONError: Error, Equatable, CustomStringConvertible {
    /// The offending byte, counted from the first byte that was given, from 0.
    public let offset: Int
    public let reason: String

    public init(offset: Int, reason: String) {
        self.offset = offset
        self.reason = reason
    }

    public var description: String { "\(reason) (byte \(offset + 1))" }
}

/// What kind of JSON value stands somewhere.
public enum JSONKind: Sendable, Equatable {
    case object, array, string, number, bool, null
}

/// Walks over JSON text (RFC 8259) without building objects: ranges of bytes, nothing copied.
///
/// Strict: UTF-8 is checked, control characters in strings, leading zeros and lone surrogates are
/// refused. Numbers keep their text, members their order, duplicate keys are seen. Nesting is
/// limited to `depthLimit`, so that hostile text cannot exhaust the stack.
public struct JSONReader {
    /// The deepest nesting that is read.
    public static let depthLimit = 512

    public let bytes: UnsafeRawBufferPointer
    /// The byte that is read next.
    public var offset: Int

    @inlinable public init(_ bytes: UnsafeRawBufferPointer, at offset: Int = 0) {
        self.bytes = bytes
        self.offset = offset
    }

    @inlinable public var isAtEnd: Bool { offset >= bytes.count }

    @inlinable public mutating func skipWhitespace() {
        while offset < bytes.count {
            let byte = bytes[offset]
            guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return }
            offset += 1
        }
    }

    /// The kind of the value that begins at the next byte that is no white space.
    public mutating func peekKind() throws(JSONError) -> JSONKind {
        skipWhitespace()
        guard offset < bytes.count else { throw fail("a JSON value was expected, the text ended") }
        switch bytes[offset] {
        case 0x7B: return .object
        case 0x5B: return .array
        case 0x22: return .string
        case 0x2D, 0x30...0x39: return .number
        case 0x74, 0x66: return .bool
        case 0x6E: return .null
        default: throw fail("a JSON value was expected, not \(JSONReader.name(of: bytes[offset]))")
        }
    }

    /// Skips one value with all that is in it and returns its bytes' range.
    @discardableResult
    public mutating func skipValue(depth: Int = 0) throws(JSONError) -> Range<Int> {
        let kind = try peekKind()
        let start = offset
        switch kind {
        case .object:
            try forEachMember(depth: depth) { (reader, _) throws(JSONError) in
                try reader.skipValue(depth: depth + 1)
            }
        case .array:
            try forEachElement(depth: depth) { (reader) throws(JSONError) in
                try reader.skipValue(depth: depth + 1)
            }
        case .string: try skipString()
        case .number: try skipNumber()
        case .bool: try skipWord(bytes[offset] == 0x74 ? "true" : "false")
        case .null: try skipWord("null")
        }
        return start..<offset
    }

    /// Reads the object that begins here. `body` gets each key (with its quotes) and must read or
    /// skip the member's value.
    @inline(__always)
    public mutating func forEachMember(
        depth: Int = 0, _ body: (inout JSONReader, Range<Int>) throws(JSONError) -> Void
    ) throws(JSONError) {
        try open(0x7B, depth, "{")
        skipWhitespace()
        if offset < bytes.count, bytes[offset] == 0x7D {
            offset += 1
            return
        }
        while true {
            skipWhitespace()
            let key = offset
            guard key < bytes.count, bytes[key] == 0x22 else {
                throw fail("a key in quotes was expected")
            }
            try skipString()
            let end = offset
            skipWhitespace()
            guard offset < bytes.count, bytes[offset] == 0x3A else {
                throw fail("a : was expected after the key")
            }
            offset += 1
            skipWhitespace()
            try body(&self, key..<end)
            if try isClosed(by: 0x7D, "a , or } was expected after the member") { return }
        }
    }

    /// Reads the array that begins here. `body` must read or skip each element.
    @inline(__always)
    public mutating func forEachElement(
        depth: Int = 0, _ body: (inout JSONReader) throws(JSONError) -> Void
    ) throws(JSONError) {
        try open(0x5B, depth, "[")
        skipWhitespace()
        if offset < bytes.count, bytes[offset] == 0x5D {
            offset += 1
            return
        }
        while true {
            skipWhitespace()
            try body(&self)
            if try isClosed(by: 0x5D, "a , or ] was expected after the element") { return }
        }
    }

    private mutating func open(_ byte: UInt8, _ depth: Int, _ name: String) throws(JSONError) {
        skipWhitespace()
        guard offset < bytes.count, bytes[offset] == byte else {
            throw fail("a \(name) was expected")
        }
        guard depth < JSONReader.depthLimit else {
            throw fail("the JSON is nested deeper than \(JSONReader.depthLimit) levels")
        }
        offset += 1
    }

    private mutating func isClosed(by close: UInt8, _ expected: String) throws(JSONError) -> Bool {
        skipWhitespace()
        guard offset < bytes.count, bytes[offset] == close || bytes[offset] == 0x2C else {
            throw fail(offset < bytes.count ? expected : expected + ", the text ended")
        }
        defer { offset += 1 }
        return bytes[offset] == close
    }

    func fail(_ reason: String) -> JSONError { JSONError(offset: offset, reason: reason) }

    public static func name(of byte: UInt8) -> String {
        byte > 0x20 && byte < 0x7F
            ? String(UnicodeScalar(byte)) : "byte 0x" + String(byte, radix: 16, uppercase: true)
    }
}
