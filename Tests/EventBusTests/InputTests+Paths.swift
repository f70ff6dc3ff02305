import EventBus
import EventModel
import Testing

@Suite struct InputPathTests {
    static let event = #"""
        {"detail-type": "AWS IoT 1-Click", "resources": ["arn:a", {"b": [10, 20]}],
         "detail": {"click-type": "SINGLE", "n": 1.50, "n": 0.10e1, "a b": 1, "it's": 2, "q\"q": 3,
                    "\u0061": {"x/y_z": [[1], []]}, "ke\u0301y": 4, "k\u00e9y": 5, "": 6}}
        """#

    @Test(arguments: [
        ("$.detail-type", #""AWS IoT 1-Click""#),
        ("$['detail-type']", #""AWS IoT 1-Click""#),
        ("$[\"detail-type\"]", #""AWS IoT 1-Click""#),
        ("$.detail.click-type", #""SINGLE""#),
        ("$.resources", #"["arn:a", {"b": [10, 20]}]"#),
        ("$.resources[0]", #""arn:a""#),
        ("$.resources[1].b[1]", "20"),
        ("$.resources[1]['b'][0]", "10"),
        ("$.detail.n", "0.10e1"),
        ("$.detail['a b']", "1"),
        ("$.detail[\"it's\"]", "2"),
        ("$.detail['it\\'s']", "2"),
        ("$.detail['q\"q']", "3"),
        ("$.detail.a.x/y_z[0][0]", "1"),
        ("$.detail['ke\u{301}y']", "4"),
        ("$.detail['k\u{E9}y']", "5"),
        ("$.detail['']", "6"),
    ])
    func `a path gives the value's bytes`(path: String, value: String) throws {
        #expect(try Inputs.select(Self.event, path) == value)
    }

    @Test func `the root is all of the event, as is no path at all`() throws {
        #expect(try Inputs.select(Self.event, "$") == Self.event)
        let bytes = Array(Self.event.utf8)
        #expect(try TargetInput.event.input(for: bytes, in: Inputs.context) == bytes)
    }

    @Test(arguments: [
        "$.none", "$.detail.none.more", "$.resources[2]", "$.resources[99999999999]",
        "$.detail[0]", "$.resources.b", "$.detail.click-type.x", "$.detail.a.x/y_z[1][0]",
        "$.Detail",
    ])
    func `what the event lacks is null`(path: String) throws {
        #expect(try Inputs.select(Self.event, path) == "null")
    }

    @Test(arguments: [
        ("", "must begin with \"$\""), ("detail", "must begin with \"$\""),
        ("$detail", "\".\" or \"[\" was expected, not \"d\""), ("$.", "a key was expected"),
        ("$..a", "not of the service's subset"), ("$.a..b", "not of the service's subset"),
        ("$.*", "wildcards are not modelled"), ("$.a[*]", "wildcards are not modelled"),
        ("$.a[", "a number from 0 or a key in quotes"), ("$.a[]", "a number from 0"),
        ("$.a[-1]", "a number from 0"), ("$.a[1:2]", "a \"]\" is missing"),
        ("$.a[99999999999999999999]", "a number from 0"), ("$.a[0", "a \"]\" is missing"),
        ("$.a['b", "a closing quote is missing"), ("$.a['b\\n']", "only the quote"),
        ("$.a b", "a key with \" \" stands in brackets"), ("$.a[0]b", "was expected, not \"b\""),
        ("$.a[?(@.b)]", "a number from 0"), ("$.größe", "a key with \"ö\" stands in brackets"),
    ])
    func `what is no path of the subset is refused when it is compiled`(
        path: String, reason: String
    ) throws {
        let error = try #require(throws: InputError.self) { try TargetInput(path: path) }
        guard case .path(path, let message) = error else {
            Issue.record("\(error)")
            return
        }
        #expect(message.contains(reason), "\(error)")
    }

    @Test(arguments: ["", "{", "{} {}", "{\"a\":01}", "nope", "{\"a\":\"\u{1}\"}"])
    func `an event that is no JSON is an error, never a crash`(event: String) throws {
        for path in ["$", "$.a"] {
            let error = try #require(throws: InputError.self) { try Inputs.select(event, path) }
            guard case .event = error else {
                Issue.record("\(error)")
                return
            }
        }
        #expect(throws: InputError.self) { try Inputs.transform(event, [:], "<aws.events.event>") }
    }

    @Test func `an event that is no object has no envelope`() throws {
        let error = try #require(throws: InputError.self) {
            try Inputs.transform("[1]", [:], "<aws.events.event>")
        }
        #expect(error == .event(JSONError(offset: 0, reason: "a { was expected")))
    }

    @Test func `cut anywhere or with any byte changed, an event makes JSON or an error`() throws {
        let template =
            #"{"e": <aws.events.event>, "j": <aws.events.event.json>, "a": <a>, "t": "<t>"}"#
        let input = try TargetInput(
            transformer: .init(
                variables: [.init("a", "$.detail.a.x/y_z[0]"), .init("t", "$.detail-type")],
                template: template))
        let event = Array(Self.event.utf8)
        var outputs = 0
        for place in event.indices {
            var changed = event
            for byte in [0x22, 0x5C, 0x7B, 0x5D, 0x00, 0xFF, 0x3C] as [UInt8] {
                changed[place] = byte
                for bytes in [changed, Array(event[..<place])] {
                    guard let output = try? input.input(for: bytes, in: Inputs.context) else {
                        continue
                    }
                    outputs += 1
                    _ = try JSONValue(parsing: String(decoding: output, as: UTF8.self))
                }
            }
        }
        #expect(outputs > 100)
    }
}
