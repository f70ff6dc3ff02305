import EventModel
import EventPatterns
import Testing

@Suite struct `Reading a pattern` {
    @Test func `names the top-level members that it reads`() throws {
        let pattern = try EventPattern(
            parsing: """
                {"source":["s"],"detail":{"a":[1],"b":{"c":[2]}},
                 "$or":[{"region":["r"]},{"detail":{"d":[3]}}]}
                """)
        #expect(pattern.topLevelFields == ["detail", "region", "source"])
    }

    @Test func `an error has the service's form`() throws {
        let error = try #require(throws: PatternError.self) {
            try EventPattern(parsing: "{\n  \"a\": [\"é😺\", {\"prefix\": 1}]\r\n}")
        }
        #expect(error.kind == .pattern)
        #expect(error.line == 2)
        #expect(error.column == 28)
        #expect(
            error.description == """
                Event pattern is not valid. Reason: prefix match pattern must be a string at \
                [Source: (String)"{\n  "a": ["é😺", {"prefix": 1}]\r\n}"; line: 2, column: 28]
                """)
    }

    @Test func `a long pattern is shown in part`() throws {
        let text = #"{"a":[1],"b":1,"c":"\#(String(repeating: "x", count: 1000))"}"#
        let error = try #require(throws: PatternError.self) { try EventPattern(parsing: text) }
        #expect(
            error.description.contains("\"[truncated \(text.utf16.count - 500) chars]; line: 1"))
    }

    @Test(arguments: [
        (#"{"a":[{"numeric":5}]}"#, "Value of numeric must be an array."),
        (#"{"a":[{"numeric":[">",1,2]}]}"#, "Bad value in numeric range: 2"),
        (#"{"a":[{"numeric":[">",1,"<",2,3]}]}"#, "Too many terms in numeric range expression"),
        (#"{"a":[{"prefix":{}}]}"#, "Prefix expression name not found"),
        (#"{"a":[{"suffix":{}}]}"#, "Suffix expression name not found"),
        (#"{"a":[{"anything-but":{}}]}"#, "Anything-But expression name not found"),
        (
            #"{"a":[{"anything-but":{"equals-ignore-case":1}}]}"#,
            "Inside anything-but/equals-ignore-case list, number|start|null|boolean is not "
                + "supported."
        ),
        (
            #"{"a":[{"anything-but":{"wildcard":"a**"}}]}"#,
            "Consecutive wildcard characters at pos 2"
        ),
        (#"{"a":[{"cidr":"300.0.0.0/8"}]}"#, "Invalid IP address: 300.0.0.0"),
        (#"{"a":[{"exactly":1}]}"#, "exact match pattern must be a string"),
        (
            #"{"$or":[{"a":{"prefix":[1]}},{"b":[1]}]}"#,
            "prefix is Ruler reserved fieldName which cannot be used inside $or."
        ),
    ])
    func `reasons that the cases do not have`(pattern: String, reason: String) throws {
        let error = try #require(throws: PatternError.self) { try EventPattern(parsing: pattern) }
        #expect(error.kind == .pattern)
        #expect(error.reason == reason)
    }

    @Test func `every $or is multiplied out up to 1,000 times`() throws {
        func pattern(_ factors: [Int]) -> String {
            let members = factors.enumerated().map { place, count in
                let choices = (0..<count).map { #"{"f\#(place)":[\#($0)]}"# }
                return #""p\#(place)":{"$or":[\#(choices.joined(separator: ","))]}"#
            }
            return "{\(members.joined(separator: ","))}"
        }
        let matcher = RuleMatcher([try EventPattern(parsing: pattern([10, 10, 10]))])
        #expect(
            try matcher.matches(#"{"p0":{"f0":9},"p1":{"f1":0},"p2":{"f2":5}}"#) == [0])
        #expect(try matcher.matches(#"{"p0":{"f0":9},"p1":{"f1":0}}"#) == [])
        let error = try #require(throws: PatternError.self) {
            try EventPattern(parsing: pattern(Array(repeating: 10, count: 60)), limits: .none)
        }
        #expect(error.reason == "$or must not make more than 1000 combinations")
    }

    @Test func `a pattern cut anywhere or with any byte changed is read or refused`() {
        let text =
            #"{"a":[{"numeric":[">",0,"<=",5]},{"anything-but":{"prefix":["x"]}}],"# + "\n"
            + #""$or":[{"b":[{"cidr":"10.0.0.0/8"},null]},{"c":[{"wildcard":"a*\\*"},1e2]}]}"#
        let bytes = Array(text.utf8)
        var random = SeededNumbers(seed: 3)
        var valid = 0
        for count in bytes.indices {
            #expect(throws: PatternError.self) {
                try EventPattern(parsing: String(decoding: bytes[..<count], as: UTF8.self))
            }
        }
        for _ in 0..<5000 {
            var changed = bytes
            changed[Int.random(in: 0..<bytes.count, using: &random)] =
                UInt8.random(in: 0..<0x80, using: &random)
            do throws(PatternError) {
                _ = try EventPattern(parsing: String(decoding: changed, as: UTF8.self))
                valid += 1
            } catch {
                #expect(!error.reason.isEmpty)
            }
        }
        #expect((100...4500).contains(valid))
    }
}
