import EventBus
import EventModel
import Testing

@Suite struct `The function spells values as json.dumps` {
    /// JSON that a click type may be, and what Python 3.13's `json.dumps(json.loads(…))` makes of it.
    static let spellings: [(given: String, python: String)] = [
        (#""SINGLE""#, #""SINGLE""#),
        (#""\u0053INGLE""#, #""SINGLE""#),
        (#""S\/D""#, #""S/D""#),
        (#""caf\u00e9""#, #""caf\u00e9""#),
        (#""café""#, #""caf\u00e9""#),
        (#""cafe\#u{301}""#, #""cafe\u0301""#),
        (#""\ud83d\udc08""#, #""\ud83d\udc08""#),
        (#""🐈""#, #""\ud83d\udc08""#),
        (#""\b\f\n\r\t\"\\\u0001\u007f""#, #""\b\f\n\r\t\"\\\u0001\u007f""#),
        (#""a\#u{7F}b""#, #""a\u007fb""#),
        (#""\#u{2028}""#, #""\u2028""#),
        (#""""#, #""""#),
        (#"null"#, #"null"#),
        (#"true"#, #"true"#),
        (#"false"#, #"false"#),
        (#"0"#, #"0"#),
        (#"-0"#, #"0"#),
        (#"12345678901234567890123"#, #"12345678901234567890123"#),
        (#"1.0"#, #"1.0"#),
        (#"-0.0"#, #"-0.0"#),
        (#"1.50"#, #"1.5"#),
        (#"1e2"#, #"100.0"#),
        (#"1E-7"#, #"1e-07"#),
        (#"1e16"#, #"1e+16"#),
        (#"1.2e16"#, #"1.2e+16"#),
        (#"9007199254740993.0"#, #"9007199254740992.0"#),
        (#"17976931348623157e292"#, #"1.7976931348623157e+308"#),
        (#"1e400"#, #"Infinity"#),
        (#"-1e400"#, #"-Infinity"#),
        (#"5e-324"#, #"5e-324"#),
        (#"0.1"#, #"0.1"#),
        (#"123456789.123456789"#, #"123456789.12345679"#),
        (#"0.0001"#, #"0.0001"#),
        (#"0.00001"#, #"1e-05"#),
        (#"1e15"#, #"1000000000000000.0"#),
        (#"1e22"#, #"1e+22"#),
        (#"1e23"#, #"1e+23"#),
        (#"12345678901234567.0"#, #"1.2345678901234568e+16"#),
        (#"[1,2.0,[] ,{}]"#, #"[1, 2.0, [], {}]"#),
        (#"{"b":1,"a":[true,null]}"#, #"{"b": 1, "a": [true, null]}"#),
        (#"{"a":1,"b":2,"a":3}"#, #"{"a": 3, "b": 2}"#),
        (#"{"é":"\/"}"#, #"{"\u00e9": "/"}"#),
    ]

    @Test(arguments: spellings.indices)
    func `whatever the click type is`(place: Int) throws {
        let (given, python) = Self.spellings[place]
        let sent = try Sent(detail: "{\"click-type\": \(given)}")
        #expect(
            sent.payloads == [
                "{\"event\": \(python), \"reportedTime\": \"2023-03-12T07:15:04Z\"}"
            ], "\(given)")
    }
}
