import EventModel
import EventPatterns
import Testing

private func matches(_ pattern: String, _ event: String) throws -> Bool {
    try !RuleMatcher([EventPattern(parsing: pattern)]).matches(event).isEmpty
}

@Suite struct `The rule matcher` {
    @Test func `no rules match nothing, and the event is still checked`() throws {
        let matcher = RuleMatcher([])
        #expect(try matcher.matches(#"{"a":1}"#) == [])
        #expect(throws: JSONError.self) { try matcher.matches(#"{"a":}"#) }
    }

    @Test func `each rule is told once, in order`() throws {
        let patterns = try (0..<200).map { number in
            try EventPattern(
                parsing: #"{"$or":[{"a":[\#(number % 3)]},{"b":[{"exists":true}]}]}"#)
        }
        let matcher = RuleMatcher(patterns)
        #expect(try matcher.matches(#"{"a":1}"#) == (0..<200).filter { $0 % 3 == 1 })
        #expect(try matcher.matches(#"{"a":1,"b":0}"#) == Array(0..<200))
    }

    @Test func `one scratch serves many matchers and survives malformed events`() throws {
        let small = RuleMatcher([try EventPattern(parsing: #"{"a":[1]}"#)])
        let large = RuleMatcher(
            try (0..<100).map { try EventPattern(parsing: #"{"k\#($0)":[{"prefix":"x"}]}"#) })
        var scratch = MatchScratch()
        var found: [Int] = []
        func run(_ matcher: RuleMatcher, _ event: String) throws -> [Int] {
            try Array(event.utf8).withUnsafeBytes {
                try matcher.matches($0, into: &found, scratch: &scratch)
            }
            return found
        }
        for _ in 0..<3 {
            #expect(try run(small, #"{"a":[{"a":2},1]}"#) == [0])
            #expect(throws: JSONError.self) { try run(small, #"{"a":[{"a":1},1"#) }
            #expect(try run(large, #"{"k7":"xy","k99":["y","x"],"k5":"y"}"#) == [7, 99])
        }
    }

    @Test(arguments: [
        (#"{"a":{"b":["é\n"]}}"#, #"{"\u0061":{"b":"\u00e9\n"}}"#, true),
        (#"{"a":{"b":[1]}}"#, #"{"a\u002eb":1}"#, true),
        (#"{"a":{"":[1]}}"#, #"{"a.":1}"#, true),
        (#"{"":{"":[1]}}"#, #"{".":1}"#, true),
        (#"{"":[1]}"#, #"{".":1}"#, false),
        (#"{"a":["é"]}"#, "{\"a\":\"e\u{301}\"}", false),
        (#"{"a":[{"equals-ignore-case":"ß"}]}"#, #"{"a":"SS"}"#, true),
        (#"{"a":[{"equals-ignore-case":"ǅ"}]}"#, #"{"a":"ǅ"}"#, false),
        (#"{"a":[{"equals-ignore-case":"ǅ"}]}"#, #"{"a":"ǆ"}"#, true),
        (#"{"a":[{"equals-ignore-case":"😺"}]}"#, #"{"a":"😺"}"#, false),
        (#"{"a":[{"equals-ignore-case":"😺"}]}"#, #"{"a":"??"}"#, true),
        (#"{"a":[{"anything-but":{"prefix":[]}}]}"#, #"{"a":"x"}"#, false),
        (#"{"a":[{"exactly":"x"}]}"#, #"{"a":"x"}"#, true),
        (#"{"a":[1]} and more"#, #"{"a":1}"#, true),
        (#"{"a":["::ffff:10.0.0.1"]}"#, #"{"a":"10.0.0.1"}"#, false),
        (#"{"a":["::ffff:a00:1"]}"#, #"{"a":"10.0.0.1"}"#, true),
        (#"{"a":["10.0.0.1"]}"#, #"{"a":"010.00.0.01"}"#, true),
        (#"{"a":["1:2:3:4:5:6:7::"]}"#, #"{"a":"1:2:3:4:5:6:7:0"}"#, true),
        (#"{"a":["1:2:3:4:5:6:7:8"]}"#, #"{"a":"1:2:3:4:5:6:7:8::"}"#, false),
        (#"{"a":[{"cidr":"::/0"}]}"#, #"{"a":"10.0.0.1"}"#, true),
        (#"{"a":[{"cidr":"10.0.0.0/+8/"}]}"#, #"{"a":"10.255.0.1"}"#, true),
        (#"{"a":[{"numeric":["=",0]}]}"#, #"{"a":0e999999999999999999999}"#, true),
        (#"{"a":[{"numeric":["<",1]}]}"#, #"{"a":1e-999999999999999999999}"#, false),
        (#"{"a":[1e999999999999999999999]}"#, #"{"a":1e999999999999999999999}"#, true),
        (#"{"a":[{"numeric":["=",0.1]}]}"#, #"{"a":0.1000000000000000000000000}"#, true),
        (#"{"a":[123456789012345678]}"#, #"{"a":123456789012345678.0}"#, false),
        (#"{"a":[123456789012345680]}"#, #"{"a":1.2345678901234568e17}"#, true),
    ])
    func `unusual values`(pattern: String, event: String, isMatch: Bool) throws {
        #expect(try matches(pattern, event) == isMatch)
    }

    /// Absence is asked for the elements that the fields before it, in order, have chosen.
    @Test func `a field may be absent from the chosen element`() throws {
        let event = #"{"a":[{"x":1},{"x":2,"b":3,"y":3}]}"#
        #expect(try matches(#"{"a":{"x":[1],"y":[{"exists":false}]}}"#, event))
        #expect(try !matches(#"{"a":{"x":[2],"y":[{"exists":false}]}}"#, event))
        #expect(try !matches(#"{"a":{"b":[{"exists":false}],"x":[1]}}"#, event))
        #expect(try !matches(#"{"a":{"y":[{"exists":false}]}}"#, event))
    }

    /// Twelve fields that any of 40 elements satisfies, and one that none does: the choices must not
    /// multiply.
    @Test(.timeLimit(.minutes(1))) func `long arrays do not multiply`() throws {
        let names = (10..<22).map { "a\($0)" }
        let fields = names.map { #""\#($0)":{"p":[1],"q":[2]}"# }
        let pattern = "{\(fields.joined(separator: ",")),\"b\":{\"x\":[1],\"y\":[2]}}"
        let element = Array(repeating: #"{"p":1,"q":2}"#, count: 40).joined(separator: ",")
        let members = names.map { #""\#($0)":[\#(element)]"# }.joined(separator: ",")
        #expect(try !matches(pattern, #"{\#(members),"b":[{"x":1},{"y":2}]}"#))
        #expect(try matches(pattern, #"{\#(members),"b":[{"x":1},{"x":1,"y":2}]}"#))
    }

    @Test func `whatever is no JSON object is refused, as the JSON reader refuses it`() throws {
        let matcher = RuleMatcher([
            try EventPattern(parsing: #"{"a":{"b":[1]},"c":["x"],"d":[{"exists":true}]}"#)
        ])
        let event = Array(
            #"{"a":{"b":[1,-2.5e+3,true,null]},"z":{"y":["é","\u00e9\\"]},"c":"x","d":[[],{}]} "#
                .utf8)
        var random = SeededNumbers(seed: 7)
        var malformed = 0
        for _ in 0..<20_000 {
            var bytes = event
            for _ in 0..<Int.random(in: 1...2, using: &random) {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes.remove(at: place)
                default: bytes.insert(bytes.randomElement(using: &random) ?? 0, at: place)
                }
            }
            let (isObject, isTaken) = bytes.withUnsafeBytes { buffer in
                var reader = JSONReader(buffer)
                let isObject =
                    (try? reader.peekKind()) == .object && (try? reader.skipValue()) != nil
                reader.skipWhitespace()
                return (isObject && reader.isAtEnd, (try? matcher.matches(buffer)) != nil)
            }
            #expect(isObject == isTaken, "\(String(decoding: bytes, as: UTF8.self))")
            if !isObject { malformed += 1 }
        }
        #expect((5000...19_000).contains(malformed))
    }

    @Test func `deep nesting is refused and does no harm`() throws {
        let deep = String(repeating: "[", count: 100_000)
        let matcher = RuleMatcher([try EventPattern(parsing: #"{"a":[1]}"#)])
        #expect(throws: JSONError.self) { try matcher.matches(#"{"a":"# + deep) }
        #expect(throws: JSONError.self) { try matcher.matches(#"{"b":"# + deep) }
        let objects = String(repeating: #"{"a":"#, count: 100_000)
        #expect(throws: PatternError.self) { try EventPattern(parsing: objects) }
    }
}
