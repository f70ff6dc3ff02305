import EventModel
import Testing

/// Reads one whole JSON text; the error's offset where it is none.
private func errorOffset(_ bytes: [UInt8]) -> Int? {
    bytes.withUnsafeBytes { buffer in
        var reader = JSONReader(buffer)
        do throws(JSONError) {
            try reader.skipValue()
            reader.skipWhitespace()
            return reader.isAtEnd ? nil : reader.offset
        } catch { return error.offset }
    }
}

@Suite struct `Reading JSON` {
    private static let valid = [
        "{}", "[]", " [ ] ", "{ }", "0", "-0", "-1.5e+10", "1E5", "0.0",
        "123456789012345678901234567890",
        "true", "false", "null", #""""#, #""a\"\\\/\b\f\n\r\tz""#, #""\u0000\u00e9\uD83D\uDE00""#,
        "\"é€😀\u{7F}\"", #"{"a":1,"a":[{"b":null}],"":{"c":{}}}"#, "\t\r\n [1 , 2]\n",
        "[[],[[]],{\"x\":[true,false,null]}]",
    ]

    @Test(arguments: valid) func `takes what is JSON`(text: String) throws {
        #expect(errorOffset(Array(text.utf8)) == nil)
        _ = try JSONValue(parsing: text)
    }

    @Test(arguments: [
        ("", 0), ("  ", 2), ("{", 1), ("[", 1), ("[1", 2), ("[1,", 3), ("[1,]", 3), ("[,1]", 1),
        ("{\"a\"}", 4), ("{\"a\":}", 5), ("{\"a\":1,}", 7), ("{a:1}", 1), ("{'a':1}", 1),
        ("{\"a\" 1}", 5), ("[1 2]", 3), ("1 2", 2), ("{}{}", 2), ("01", 1), ("-", 1), ("-a", 1),
        ("1.", 2), (".5", 0), ("1e", 2), ("1e+", 3), ("+1", 0), ("0x1", 1), ("NaN", 0),
        ("Infinity", 0),
        ("tru", 0), ("nul", 0), ("falsE", 0), ("truex", 4), ("\"a", 2), ("\"a\\", 3),
        ("\"\\x\"", 1),
        ("\"\\u12\"", 1), ("\"\\u12G4\"", 1), ("\"\\uD800\"", 1), ("\"\\uDC00\"", 1),
        ("\"a\\uD800\\u0041\"", 2), ("\"\\uD800\\uD800\"", 1), ("\"\u{1}\"", 1), ("\"\n\"", 1),
        ("// x", 0), ("[1}", 2), ("{\"a\":1]", 6), ("\u{FEFF}{}", 0), ("[\u{A0}1]", 1),
    ])
    func `says at which byte it is none`(text: String, offset: Int) {
        #expect(errorOffset(Array(text.utf8)) == offset)
        #expect(throws: JSONError.self) { try JSONValue(parsing: text) }
    }

    @Test func `every prefix of an object fails`() {
        let text = Array(
            #" {"a":[1.5e-3,true,null,"é\u00e9\uD83D\uDE00\\"],"b":{"c":false,"d":""},"e":[]} "#
                .utf8)
        #expect(errorOffset(text) == nil)
        for count in 0..<text.count - 1 {
            #expect(errorOffset(Array(text[..<count])) != nil)
        }
    }

    /// The Unicode Standard, table 3-7, with the bytes beside each bound.
    @Test(
        arguments: [
            ([0x7F], true), ([0x80], false), ([0xBF], false), ([0xC0, 0x80], false),
            ([0xC1, 0xBF], false),
            ([0xC2, 0x80], true), ([0xDF, 0xBF], true), ([0xC2], false), ([0xC2, 0x7F], false),
            ([0xC2, 0xC0], false), ([0xE0, 0x9F, 0xBF], false), ([0xE0, 0xA0, 0x80], true),
            ([0xED, 0x9F, 0xBF], true), ([0xED, 0xA0, 0x80], false), ([0xEF, 0xBF, 0xBF], true),
            ([0xE1, 0x80], false), ([0xE1, 0x80, 0x22], false), ([0xF0, 0x8F, 0xBF, 0xBF], false),
            ([0xF0, 0x90, 0x80, 0x80], true), ([0xF4, 0x8F, 0xBF, 0xBF], true),
            ([0xF4, 0x90, 0x80, 0x80], false), ([0xF5, 0x80, 0x80, 0x80], false), ([0xFF], false),
            ([0xF1, 0x80, 0x80], false), ([0xFE], false),
        ] as [([UInt8], Bool)])
    func `strings are UTF-8`(bytes: [UInt8], isValid: Bool) {
        #expect(errorOffset([0x22] + bytes + [0x22]) == (isValid ? nil : 1))
        #expect((String(validating: bytes, as: UTF8.self) != nil) == isValid)
        #expect(errorOffset(bytes) != nil)
    }

    @Test(arguments: ["[", "{\"a\":"])
    func `nesting ends at the limit`(open: String) {
        func nested(_ depth: Int) -> String {
            let close = open == "[" ? "]" : "}"
            return String(repeating: open, count: depth) + (open == "[" ? "" : "1")
                + String(repeating: close, count: depth)
        }
        let limit = JSONReader.depthLimit
        #expect(errorOffset(Array(nested(limit).utf8)) == nil)
        #expect(errorOffset(Array(nested(limit + 1).utf8)) == limit * open.utf8.count)
        let hostile = String(repeating: open, count: 1_000_000)
        #expect(errorOffset(Array(hostile.utf8)) == limit * open.utf8.count)
        #expect(throws: JSONError.self) { try JSONValue(parsing: hostile) }
    }

    @Test func `an error counts its bytes from 1 in its text`() {
        let error = #expect(throws: JSONError.self) { try JSONValue(parsing: "[1,]") }
        #expect(error?.description == "a JSON value was expected, not ] (byte 4)")
    }

    @Test(arguments: [
        (#""""#, ""), (#""abc""#, "abc"), (#""a\u0000b""#, "a\u{0}b"), (#""\uD83D\uDE00!""#, "😀!"),
        (#""\\u0041""#, #"\u0041"#), (#""\u005C\u0022""#, #"\""#),
        (#""\b\f\n\r\t\/""#, "\u{8}\u{C}\n\r\t/"),
        (#""é\u00E9e\u0301""#, "\u{E9}\u{E9}e\u{301}"), (#""\uFEFF""#, "\u{FEFF}"),
    ])
    func `a string's escapes are resolved`(json: String, text: String) {
        let bytes = Array(json.utf8)
        bytes.withUnsafeBytes { buffer in
            let found = JSONReader(buffer).text(ofString: 0..<buffer.count)
            #expect(found.utf8.elementsEqual(text.utf8))
        }
    }

    @Test(arguments: [
        (#""time""#, true), (#""t\u0069me""#, true), (#""Time""#, false), (#""tim""#, false),
        (#""timex""#, false), (#""\"ime""#, false),
    ])
    func `a key is known with and without escapes`(json: String, isTime: Bool) {
        let bytes = Array(json.utf8)
        bytes.withUnsafeBytes { buffer in
            #expect(JSONReader(buffer).string(at: 0..<buffer.count, is: "time") == isTime)
        }
    }
}
