import EventModel
import Testing

@Suite struct `The pattern command` {
    private static let long = [
        "--pattern", #"{"detail":{"click-type":["LONG"]}}"#, "--event",
    ]

    @Test(
        arguments: [
            (#"{"detail":{"click-type":"LONG"}}"#, 0, "match\n"),
            (#"{"detail":{"click-type":"SINGLE"}}"#, 1, "no match\n"),
            (#"{"detail":{"click-type":"LONG"}"#, 65, ""),
            ("[]", 65, ""),
        ] as [(String, Int32, String)])
    func `tells match, no match and no event`(event: String, code: Int32, words: String) throws {
        let done = try Bench().run("pattern test", Self.long + [event])
        #expect(done.ending == .exit(code))
        #expect(done.output == words)
        #expect(done.errors.isEmpty == (code != 65))
    }

    @Test func `takes files`() throws {
        let bench = try Bench()
        try bench.write(#"{"a":[{"prefix":"x"}]}"#, to: "p")
        try bench.write(#"{"a":"xy"}"#, to: "e")
        #expect(try bench.good("pattern test --pattern @p --event @e") == "match\n")
        #expect(try bench.bad(66, "pattern test --pattern @p --event @gone").contains("gone"))
    }

    @Test func `says why a pattern is invalid`() throws {
        let words = ["--pattern", #"{"a":[{"exists":1}]}"#, "--event", "{}"]
        let reason = "exists match pattern must be either true or false."
        let errors = try Bench().bad(65, "pattern test", words)
        #expect(errors.contains("Event pattern is not valid. Reason: \(reason) at [Source: "))
        #expect(errors.contains("; line: 1, column: 18]"))
        let done = try Bench().run("pattern test --json", words)
        #expect(done.ending == .exit(65))
        #expect(
            done.output == """
                {"result":"invalid pattern","kind":"pattern","reason":"\(reason)","line":1,\
                "column":18}

                """)
    }

    @Test func `runs the service's cases`() throws {
        let cases = "\(Shipped.root)/Fixtures/eventbridge/patterns.jsonl"
        #expect(try Bench().good("pattern test --cases", [cases]) == "1030 passed, 0 failed\n")
    }

    @Test func `names the cases that fail`() throws {
        let bench = try Bench()
        func line(_ id: String, _ event: String) -> String {
            #"{"id":"\#(id)","pattern":"{\"a\":[1]}","event":"{\"a\":\#(event)}","#
                + #""valid":true,"match":true}"#
        }
        let good = line("g", "1")
        let bad = line("b", "2")
        let wrong =
            #"{"id":"w","pattern":"{\"a\":1}","event":"{}","valid":false,"match":false,"#
            + #""error":"x"}"#
        try bench.write([good, bad, wrong].joined(separator: "\n"), to: "cases")
        let done = try bench.run("pattern test --cases cases")
        #expect(done.ending == .exit(1))
        #expect(
            done.output == """
                b: expected match, got no match
                w: expected an invalid pattern, reason "x", got an invalid pattern, kind pattern, \
                reason "\\"a\\" must be an object or an array", line 1, column 7
                1 passed, 2 failed

                """)
        try bench.write("\(good)\n\n{\"id\":1}\n", to: "cases")
        #expect(try bench.bad(65, "pattern test --cases cases").contains("cases:3: \"id\" must"))
        try bench.write("\n", to: "none")
        #expect(try bench.bad(65, "pattern test --cases none").contains("there are no cases"))
    }

    @Test func `measures, and compares with what is expected`() throws {
        let bench = try Bench()
        try bench.write(#"{"name":"r","pattern":"{\"a\":[1]}"}"#, to: "rules")
        try bench.write("{\"a\":1}\n{\"a\":2}\n", to: "events")
        try bench.write(
            "{\"event\":0,\"rules\":[\"r\"]}\n{\"event\":1,\"rules\":[]}\n", to: "expected")
        let words = "pattern bench --rules rules --events events --rounds 1 --seconds 0"
        let report = try bench.json("\(words) --expected expected --json")
        #expect(report["matches"]?.integer == 1)
        #expect(report.keys == ["rules", "events", "matches", "eventsPerSecond"])
        try bench.write(
            "{\"event\":0,\"rules\":[]}\n{\"event\":1,\"rules\":[]}\n", to: "expected")
        #expect(try bench.bad(1, "\(words) --expected expected").contains("event 0: expected"))
    }

    @Test(arguments: ["test", "test --pattern {}", "test --cases a --event b", "bench --rules r"])
    func `wrong usage is told`(words: String) throws {
        #expect(try Bench().bad(64, "pattern \(words)").contains("no option") == false)
    }
}
