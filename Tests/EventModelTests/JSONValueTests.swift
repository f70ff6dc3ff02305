import EventModel
import Testing

@Suite struct `JSON values` {
    @Test(arguments: [
        "{}", "[]", "null", "true", "-0.50e+7", #"{"a":1,"a":2,"b":[{},[],""]}"#,
        #""\u0000\u001f\"\\é""#,
        #"{"é":"\n\r\t"}"#,
    ])
    func `a text without white space comes back as it was`(text: String) throws {
        #expect(try JSONValue(parsing: text).text() == text)
    }

    @Test(arguments: [
        (#""\/""#, #""/""#), (#""\u00e9""#, #""é""#), (#" [ 1 , 2 ] "#, "[1,2]"),
        (#""\uD83D\uDE00""#, #""😀""#), (#""\u0008\u000c""#, #""\u0008\u000c""#),
    ])
    func `only the escapes that are needed are written`(text: String, written: String) throws {
        #expect(try JSONValue(parsing: text).text() == written)
    }

    @Test func `the last of members with one key counts`() throws {
        let value = try JSONValue(parsing: #"{"a":1,"b":2,"a":3}"#)
        #expect(value["a"]?.int == 3)
        #expect(value["c"] == nil)
        #expect(JSONValue.array([])["a"] == nil)
    }

    @Test func `keys are compared byte by byte`() {
        let value = JSONValue.object([.init("\u{E9}", 1), .init("e\u{301}", 2)])
        #expect(value["\u{E9}"]?.int == 1)
        #expect(value["e\u{301}"]?.int == 2)
    }

    @Test func `numbers keep their text`() throws {
        #expect(try JSONValue(parsing: "1.10") == .number("1.10"))
        #expect(try JSONValue(parsing: "1.10").int == nil)
        #expect(try JSONValue(parsing: "9223372036854775808").int == nil)
        #expect(JSONValue.int(UInt64.max).text() == "18446744073709551615")
    }

    @Test func `literals and pretty text`() {
        let value: JSONValue = ["a": [1, true, "x"], "b": [:], "c": .optional(nil)]
        #expect(value.text() == #"{"a":[1,true,"x"],"b":{},"c":null}"#)
        #expect(
            value.text(pretty: true) == """
                {
                  "a": [
                    1,
                    true,
                    "x"
                  ],
                  "b": {},
                  "c": null
                }
                """)
        #expect(value["a"]?.array?.count == 3)
        #expect(value["a"]?.string == nil)
    }

    @Test(arguments: [
        (#" { "a b" : "c \" d" , "e" : [ 1 ] } "#, #"{"a b":"c \" d","e":[1]}"#),
        (#""\\ ""#, #""\\ ""#), ("\t\r\n", ""), (#"{"a":"\\"} "#, #"{"a":"\\"}"#),
    ])
    func `minifying touches only what stands between tokens`(text: String, minified: String) {
        #expect(JSONText.minified(text) == minified)
    }

    @Test func `quoting every scalar below 256 is undone by reading`() throws {
        for value in UInt32(0)..<256 {
            let text = String(UnicodeScalar(value)!)
            #expect(try JSONValue(parsing: JSONText.quoted(text)).string == text)
        }
    }
}
