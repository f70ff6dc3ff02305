/// Why a text is no event pattern, in the words of EventBridge's `InvalidEventPatternException`.
public struct PatternError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What the text is instead of a pattern.
    public enum Kind: String, Sendable {
        /// The text is JSON as far as it was read, and no pattern.
        case pattern
        /// The text is no JSON.
        case jsonSyntax = "json-syntax"
    }

    /// Whether the text is no pattern, or no JSON at all.
    public let kind: Kind
    /// The service's words for what is wrong, without the place.
    public let reason: String
    /// The place after the last token that was read, counted from 1; the service names none for
    /// CIDR ranges and for a single number after `anything-but`.
    public let line: Int?
    /// In UTF-16 units, as the service counts.
    public let column: Int?
    /// The pattern's beginning, as the description shows it.
    let excerpt: String

    /// The most UTF-16 units of a pattern that a description shows.
    private static let excerptLimit = 500

    init(_ kind: Kind, _ reason: String, in bytes: [UInt8], at offset: Int?) {
        self.kind = kind
        self.reason = reason
        let text = String(decoding: bytes, as: UTF8.self)
        let left = text.utf16.count - PatternError.excerptLimit
        excerpt =
            left > 0
            ? "\"\(String(decoding: Array(text.utf16.prefix(PatternError.excerptLimit)), as: UTF16.self))\""
                + "[truncated \(left) chars]"
            : "\"\(text)\""
        guard let offset else {
            line = nil
            column = nil
            return
        }
        let (line, column) = PatternError.place(of: offset, in: bytes)
        self.line = line
        self.column = column
    }

    /// The service's message.
    public var description: String {
        let message = "Event pattern is not valid. Reason: \(reason)"
        guard let line, let column else { return message }
        return message + " at [Source: (String)\(excerpt); line: \(line), column: \(column)]"
    }

    /// The line and the column of the byte at `offset`. `\n`, `\r` and `\r\n` end a line.
    private static func place(of offset: Int, in bytes: [UInt8]) -> (line: Int, column: Int) {
        var line = 1
        var start = 0
        for (at, byte) in bytes[..<offset].enumerated() {
            let isLoneReturn = byte == 0x0D && !(at + 1 < bytes.count && bytes[at + 1] == 0x0A)
            if byte == 0x0A || isLoneReturn {
                line += 1
                start = at + 1
            }
        }
        let column = String(decoding: bytes[start..<offset], as: UTF8.self).utf16.count + 1
        return (line, column)
    }
}
