import EventModel

/// One token of a pattern's JSON.
enum PatternToken {
    case beginObject, endObject, beginArray, endArray
    case name
    case string, number, `true`, `false`, null
}

/// The tokens of a pattern's text, one after the other.
///
/// It reads ahead exactly as the service's parser does, because the place and the order of its errors
/// depend on that: with a name it has read the beginning of the value, too; a string is read to its
/// end only when its text or the next token is asked for.
struct PatternTokens {
    private enum Container {
        case object, array
    }

    let bytes: [UInt8]
    /// What has been read so far.
    private(set) var offset = 0
    /// The last token; nil at the beginning and at the end of the text.
    private(set) var token: PatternToken?
    /// The last name.
    private(set) var name = ""

    private var open: [(container: Container, hasMembers: Bool)] = []
    /// The value that was read with a name.
    private var ahead: PatternToken?
    /// Where the string begins that has not been read to its end, its quote included.
    private var unread: Int?
    private var textOfToken = ""

    init(_ text: String) { bytes = Array(text.utf8) }

    /// The text of the last value, or the bracket that it begins or ends with.
    mutating func text() throws(PatternError) -> String {
        try finishString()
        return textOfToken
    }

    /// The next token; nil where the text has ended before anything began.
    @discardableResult
    mutating func next() throws(PatternError) -> PatternToken? {
        if let value = ahead {
            ahead = nil
            enter(value)
            token = value
            return value
        }
        try finishString()
        skipWhitespace()
        guard offset < bytes.count else {
            if !open.isEmpty { throw syntax("the text ended inside an object or an array") }
            token = nil
            return nil
        }
        if bytes[offset] == 0x5D || bytes[offset] == 0x7D {
            token = try close()
        } else if let container = open.last {
            if container.hasMembers { try skipComma() }
            open[open.count - 1].hasMembers = true
            if container.container == .object {
                try readName()
                token = .name
            } else {
                token = try readValue()
                if let token { enter(token) }
            }
        } else {
            token = try readValue()
            if let token { enter(token) }
        }
        return token
    }

    private mutating func enter(_ token: PatternToken) {
        switch token {
        case .beginObject: open.append((.object, false))
        case .beginArray: open.append((.array, false))
        default: break
        }
    }

    private mutating func close() throws(PatternError) -> PatternToken {
        let isArray = bytes[offset] == 0x5D
        guard let container = open.last, (container.container == .array) == isArray else {
            throw syntax("\(isArray ? "]" : "}") closes nothing that is open here")
        }
        open.removeLast()
        offset += 1
        textOfToken = isArray ? "]" : "}"
        return isArray ? .endArray : .endObject
    }

    private mutating func skipComma() throws(PatternError) {
        guard bytes[offset] == 0x2C else { throw syntax("a , was expected") }
        offset += 1
        skipWhitespace()
    }

    private mutating func readName() throws(PatternError) {
        guard offset < bytes.count, bytes[offset] == 0x22 else {
            throw syntax("a key in quotes was expected")
        }
        unread = offset
        try finishString()
        name = textOfToken
        skipWhitespace()
        guard offset < bytes.count, bytes[offset] == 0x3A else {
            throw syntax("a : was expected after the key")
        }
        offset += 1
        skipWhitespace()
        ahead = try readValue()
    }

    /// Reads the value that begins here: all of a number or a word, the first byte of the rest.
    private mutating func readValue() throws(PatternError) -> PatternToken {
        guard offset < bytes.count else { throw syntax("a value was expected, the text ended") }
        let start = offset
        switch bytes[offset] {
        case 0x7B, 0x5B:
            guard open.count < JSONReader.depthLimit else {
                throw syntax("the JSON is nested deeper than \(JSONReader.depthLimit) levels")
            }
            offset += 1
            textOfToken = bytes[start] == 0x7B ? "{" : "["
            return bytes[start] == 0x7B ? .beginObject : .beginArray
        case 0x22:
            unread = offset
            offset += 1
            return .string
        default:
            let kind = try read { (reader) throws(JSONError) in
                let kind = try reader.peekKind()
                try reader.skipValue()
                return kind
            }
            textOfToken = String(decoding: bytes[start..<offset], as: UTF8.self)
            if kind != .number, offset < bytes.count, continuesWord(bytes[offset]) {
                throw syntax("\(textOfToken) runs into the next character")
            }
            switch kind {
            case .number: return .number
            case .null: return .null
            default: return textOfToken == "true" ? .true : .false
            }
        }
    }

    private func continuesWord(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x5F, 0x24, 0x80...: true
        default: false
        }
    }

    private mutating func finishString() throws(PatternError) {
        guard let start = unread else { return }
        unread = nil
        textOfToken = try read(from: start) { (reader) throws(JSONError) in
            reader.text(ofString: try reader.skipString())
        }
    }

    private mutating func skipWhitespace() {
        while offset < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[offset]) { offset += 1 }
    }

    /// Lets a JSON reader go on from here, or from `start`.
    private mutating func read<T>(
        from start: Int? = nil, _ body: (inout JSONReader) throws(JSONError) -> T
    ) throws(PatternError) -> T {
        let from = start ?? offset
        let (result, end) = bytes.withUnsafeBytes { buffer in
            var reader = JSONReader(buffer, at: from)
            let result = Result { () throws(JSONError) -> T in try body(&reader) }
            return (result, reader.offset)
        }
        do {
            let value = try result.get()
            offset = end
            return value
        } catch {
            throw PatternError(
                .jsonSyntax, error.reason, in: bytes, at: min(error.offset, bytes.count))
        }
    }

    func syntax(_ reason: String) -> PatternError {
        PatternError(.jsonSyntax, reason, in: bytes, at: offset)
    }

    /// What the service says, with the place that it names.
    func invalid(_ reason: String) -> PatternError {
        PatternError(.pattern, reason, in: bytes, at: offset)
    }

    /// What the service says without a place.
    func invalidWithoutPlace(_ reason: String) -> PatternError {
        PatternError(.pattern, reason, in: bytes, at: nil)
    }
}
