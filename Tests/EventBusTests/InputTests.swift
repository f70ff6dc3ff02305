import EventBus
import EventModel
import Testing

/// An event, and what a target makes of it.
struct InputCase: Sendable, CustomTestStringConvertible {
    var title: String
    var template: String
    var output: String
    var testDescription: String { title }

    init(_ title: String, _ template: String, _ output: String) {
        (self.title, self.template, self.output) = (title, template, output)
    }
}

enum Inputs {
    static let context = InputContext(
        ruleARN: "arn:aws:events:us-east-2:123456789012:rule/example", ruleName: "example",
        ingestionTime: Timestamp(microseconds: 1_447_277_394_000_000))

    /// The user guide's example event.
    static let instance = """
        {
          "version": "0",
          "id": "7bf73129-1428-4cd3-a780-95db273d1602",
          "detail-type": "EC2 Instance State-change Notification",
          "source": "aws.ec2",
          "account": "123456789012",
          "time": "2015-11-11T21:29:54Z",
          "region": "us-east-1",
          "resources": [
            "arn:aws:ec2:us-east-1:123456789012:instance/i-abcd1111"
          ],
          "detail": {
            "instance-id": "i-0123456789",
            "state": "RUNNING"
          }
        }
        """

    static func transform(
        _ event: String, _ variables: KeyValuePairs<String, String>, _ template: String
    ) throws(InputError) -> String {
        let transformer = InputTransformer(
            variables: variables.map { .init($0.key, $0.value) }, template: template)
        let input = try TargetInput(transformer: transformer)
        return String(decoding: try input.input(for: Array(event.utf8), in: context), as: UTF8.self)
    }

    static func select(_ event: String, _ path: String) throws(InputError) -> String {
        let input = try TargetInput(path: path)
        return String(decoding: try input.input(for: Array(event.utf8), in: context), as: UTF8.self)
    }
}

@Suite struct InputTransformerTests {
    /// "Amazon EventBridge input transformation", table "Input transform examples". The service
    /// passes JSON on without white space, though the table shows it with.
    @Test(arguments: [
        InputCase(
            "simple string", #""instance <instance> is in <state>""#,
            #""instance i-0123456789 is in RUNNING""#),
        InputCase(
            "string with escaped quotes", #""instance \"<instance>\" is in <state>""#,
            #""instance \"i-0123456789\" is in RUNNING""#),
        InputCase(
            "simple JSON", "{\n  \"instance\" : <instance>,\n  \"state\": <state>\n}",
            #"{"instance":"i-0123456789","state":"RUNNING"}"#),
        InputCase(
            "JSON with strings and variables",
            #"{ "instance" : <instance>, "state": "<state>", "#
                + #""instanceStatus": "instance \"<instance>\" is in <state>" }"#,
            #"{"instance":"i-0123456789","state":"RUNNING","#
                + #""instanceStatus":"instance \"i-0123456789\" is in RUNNING"}"#),
        InputCase(
            "JSON with variables and static information",
            #"{ "instance" : <instance>, "state": [ 9, <state>, true ], "Transformed" : "Yes" }"#,
            #"{"instance":"i-0123456789","state":[9,"RUNNING",true],"Transformed":"Yes"}"#),
        InputCase(
            "reserved variables in JSON",
            #"{"ruleArn" : <aws.events.rule-arn>, "ruleName" : <aws.events.rule-name>}"#,
            #"{"ruleArn":"arn:aws:events:us-east-2:123456789012:rule/example","ruleName":"example"}"#
        ),
        InputCase(
            "reserved variables in a string", #""<aws.events.rule-name> triggered""#,
            #""example triggered""#),
        InputCase(
            "CloudWatch log group",
            #"{ "timestamp" : <timestamp>, "message": "instance \"<instance>\" is in <state>" }"#,
            #"{"timestamp":"2015-11-11T21:29:54Z","#
                + #""message":"instance \"i-0123456789\" is in RUNNING"}"#),
    ])
    func `the documentation's examples come out`(example: InputCase) throws {
        let output = try Inputs.transform(
            Inputs.instance,
            [
                "timestamp": "$.time", "instance": "$.detail.instance-id",
                "state": "$.detail.state",
            ], example.template)
        #expect(output == example.output)
    }

    static let account = """
        {"version":"0","id":"8e7a","detail-type":"core.update","source":"core","account":"1",\
        "time":"2024-06-11T08:33:10Z","region":"us-east-1","resources":[],\
        "detail":{"command":"update-account","payload":{"acc_id":"0a78","sf_id":"b\\"az"},\
        "list":["HIGH", "LOW"],"on":true,"off":null,"n":1.50e+3}}
        """

    /// What the service was recorded to answer.
    @Test(arguments: [
        InputCase(
            "a missing value in a string", #""of <type>, info <missing>""#,
            #""of core.update, info ""#),
        InputCase(
            "a missing value in JSON", #"{"type": <type>,  "command": <missing>}"#,
            #"{"type":"core.update","command":""}"#),
        InputCase(
            "a string that looks like JSON", #""{[/Check of <type> type""#,
            #""{[/Check of core.update type""#),
        InputCase(
            "the reserved values in a string",
            #""<aws.events.rule-arn> <aws.events.rule-name> <aws.events.event.ingestion-time>""#,
            #""arn:aws:events:us-east-2:123456789012:rule/example example 2015-11-11T21:29:54Z""#),
        InputCase(
            "the event without its detail", #"{"originalEvent": <aws.events.event>}"#,
            #"{"originalEvent":{"version":"0","id":"8e7a","detailType":"core.update","#
                + #""source":"core","account":"1","time":"2024-06-11T08:33:10Z","#
                + #""region":"us-east-1","resources":[]}}"#),
        InputCase("all of the event", "<aws.events.event.json>", JSONText.minified(account)),
    ])
    func `what the service was seen to answer comes out`(example: InputCase) throws {
        #expect(try transform(example.template) == example.output)
    }

    @Test(arguments: [
        InputCase(
            "an object in a string loses its quotes", #""got <payload>""#,
            #""got {acc_id:0a78,sf_id:baz}""#),
        InputCase("a list in a string", #""got <list>""#, #""got [HIGH,LOW]""#),
        InputCase("numbers keep their text", #"[<n>, "<n>"]"#, #"[1.50e+3,"1.50e+3"]"#),
        InputCase("words", #"[<on>, "<on>", <off>, "<off>"]"#, #"[true,"true",null,"null"]"#),
        InputCase(
            "objects and lists", "[<payload>,<list>]",
            #"[{"acc_id":"0a78","sf_id":"b\"az"},["HIGH","LOW"]]"#),
        InputCase("escapes are kept", #"{"a": "<sf>", "b": <sf>}"#, #"{"a":"b\"az","b":"b\"az"}"#),
        InputCase("a bare variable", " <command> ", #""update-account""#),
        InputCase(
            "white space in strings stays", "{\"a b\" : \" <n>  x\"}", #"{"a b":" 1.50e+3  x"}"#),
        InputCase("a lone less-than is a character", #""1 < 2""#, #""1 < 2""#),
        InputCase("no variables at all", #"{"fixed": [1, 2]}"#, #"{"fixed":[1,2]}"#),
        InputCase("a backslash before a variable", #""\\<n>""#, #""\\1.50e+3""#),
    ])
    func `values are put in as JSON outside quotes and as text between them`(
        example: InputCase
    ) throws {
        #expect(try transform(example.template) == example.output)
    }

    @Test(arguments: [
        #"{"a": "<payload>"}"#, #"{"a": "x <list>", "b": 1}"#, #"["<payload>"]"#,
    ])
    func `what would be no JSON is not delivered`(template: String) throws {
        let error = try #require(throws: InputError.self) { try transform(template) }
        guard case .output = error else {
            Issue.record("\(error)")
            return
        }
        #expect(error.description.contains("must not stand between quotes"))
    }

    @Test(arguments: [
        (#""with <notdefinedkey>""#, "there is no variable \"notdefinedkey\"", 7),
        (#"{"a": <comand>}"#, "did you mean \"command\"?", 7),
        ("{<n>: 1}", "a key in quotes was expected", 2),
        (#"{"<n>": 1}"#, "cannot stand in an object's key", 6),
        (#"{"x <n> y" : 1}"#, "cannot stand in an object's key", 10),
        ("instance <n>", "a JSON value was expected, not i", 1),
        ("<n><n>", "there is text after", 4),
        ("[1<n>]", "expected after the element", 3),
        (#"{"a": <n>"#, "the text ended", 10),
        (#""\<n>""#, "is no JSON escape", 2),
        (#""\ud83d<n>\ude00""#, "a lone surrogate", 2),
        (#""\u00<n>41""#, "a \\u escape needs four hexadecimal digits", 2),
        (#""<aws.events.event>""#, "must stand outside quotes", 2),
        (#""<aws.events.event.json>""#, "must stand outside quotes", 2),
        ("", "1 to 8192 characters", 1),
        (#"""# + String(repeating: "x", count: 8191) + #"""#, "1 to 8192 characters", 1),
    ])
    func `a template that cannot make JSON is refused when it is compiled`(
        template: String, reason: String, byte: Int
    ) throws {
        let error = try #require(throws: InputError.self) { try transform(template) }
        guard case .template(let message, let offset) = error else {
            Issue.record("\(error)")
            return
        }
        #expect(message.contains(reason), "\(error)")
        #expect(offset + 1 == byte, "\(error)")
    }

    @Test(arguments: [
        ("", "1 to 256 letters"), ("a b", "1 to 256 letters"), ("a.b", "1 to 256 letters"),
        ("AWS.x", "reserved"), ("aws.events.event", "reserved"), ("a", "there already"),
        (String(repeating: "n", count: 257), "1 to 256 letters"),
    ])
    func `a name that may be none is refused`(name: String, reason: String) throws {
        let error = try #require(throws: InputError.self) {
            try Inputs.transform("{}", ["a": "$.a", name: "$.b"], "1")
        }
        guard case .variable(name, let message) = error else {
            Issue.record("\(error)")
            return
        }
        #expect(message.contains(reason))
    }

    @Test func `a hundred variables are taken, one more is not`() throws {
        func input(_ count: Int) throws -> TargetInput {
            let variables = (0..<count).map { InputTransformer.Variable("v\($0)", "$.a[\($0)]") }
            return try TargetInput(transformer: .init(variables: variables, template: "[<v99>]"))
        }
        let event = "{\"a\":[\((0..<100).map(String.init).joined(separator: ","))]}"
        let output = try input(100).input(for: Array(event.utf8), in: Inputs.context)
        #expect(String(decoding: output, as: UTF8.self) == "[99]")
        #expect(throws: InputError.tooManyVariables(101)) { try input(101) }
    }

    private func transform(_ template: String) throws(InputError) -> String {
        try Inputs.transform(
            Self.account,
            [
                "type": "$.detail-type", "command": "$.detail.command", "missing": "$.detail.none",
                "payload": "$.detail.payload", "sf": "$.detail.payload.sf_id",
                "list": "$.detail.list", "on": "$.detail.on", "off": "$.detail.off",
                "n": "$.detail.n",
            ], template)
    }
}
