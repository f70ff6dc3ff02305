import EventPatterns
import Testing

@Suite struct `A pattern that the service refuses for its size` {
    private func fails(_ pattern: String, _ limits: PatternLimits = .service) -> String? {
        do {
            _ = try EventPattern(parsing: pattern, limits: limits)
            return nil
        } catch { return "\(error)" }
    }

    /// The measure of a pattern, found by what is taken.
    private func measure(_ tests: String) -> Int {
        (0...60).first {
            fails("{\"a\":[\(tests)]}", PatternLimits(wildcardComplexity: $0)) == nil
        } ?? -1
    }

    @Test func `has more than 2,048 characters, or as many as it was said`() {
        func pattern(_ count: Int, of letter: Character = "x") -> String {
            "{\"a\":[\"" + String(repeating: letter, count: count - 10) + "\"]}"
        }
        #expect(pattern(2_048).count == 2_048 && fails(pattern(2_048)) == nil)
        #expect(
            fails(pattern(2_049)) == "Event pattern is not valid. Reason: the pattern has 2049"
                + " characters, and may have 2048")
        #expect(fails(pattern(4_096), PatternLimits(characters: 4_096)) == nil)
        #expect(fails(pattern(4_097), PatternLimits(characters: 4_096)) != nil)
        #expect(fails(pattern(100_000), .none) == nil)
        // Two UTF-16 units each, and two bytes of one unit each.
        #expect(fails(pattern(1_100, of: "😺")) != nil && fails(pattern(2_048, of: "é")) == nil)
    }

    /// Wildcards of one field and the measure that event-ruler's own tests state for them. Those tests
    /// leave out the quotes, which a rule has: a value's last quote makes one more of three of them.
    @Test(arguments: [
        (["*"], 2), (["*", "ab*c"], 4), (["abc"], 1), (["*ab"], 2), (["*aa"], 3), (["a*b"], 2),
        (["aa*"], 2), (["a*bc"], 2), (["a*bb"], 3), (["a*bcb"], 3), (["a*bbb"], 4),
        (["*ab*ad"], 4), (["*ab*d"], 3), (["*aba*"], 4), (["a*b*bb"], 5), (["a*b*cb"], 4),
        (["a*b*cd"], 3), (["a*b*b"], 4), (["a*bb*"], 4), (["ab*b*"], 3), (["ab*c", "x*xx"], 3),
        (["*abc", "*abcde"], 4), (["a*bcd", "ab*cd"], 4), (["a*bc", "a*bcde"], 4),
        (["a*aaa", "aa*aa"], 7), (["a*bc", "abc*d"], 4), (["a*aaa", "aaa*a"], 6),
        (["a*aax", "aaa*x"], 5), (["a*bc", "abc*"], 4), (["a*aa", "aaa*"], 5),
        (["abc*", "abcde*"], 4), (["ab*cd", "ab*wx", "ab*yz"], 6), (["*ab*b*b*"], 7),
        (["*a*a*a*a*a*a*a*a*"], 17), (["ab*c", "ab*c"], 2),
        (["F*eatureFeature", "Fe*atureFeature", "Fea*tureFeature"], 10),
        (["1*2345"], 2), (["*a*a*a*"], 7), (["a*a*a*a*a*a*"], 11),
        (
            [
                "aahed*", "aal*ii", "aargh*", "aarti*", "a*baca", "*abaci", "a*back", "ab*acs",
                "abaf*t", "*abaka", "ab*amp", "a*band", "*abase", "abash*", "abas*k", "ab*ate",
                "aba*ya", "abbas*", "abbed*", "ab*bes", "abbey*", "*abbot", "ab*cee", "abea*m",
                "abe*ar", "a*bele", "a*bers", "abet*s", "*abhor", "abi*de", "a*bies", "*abled",
            ], 45
        ),
    ])
    func `is measured by the beginnings of wildcards that a value can match`(
        wildcards: [String], measure: Int
    ) {
        for order in [wildcards, wildcards.reversed()] {
            let tests = order.map { "{\"wildcard\":\"\($0)\"}" }.joined(separator: ",")
            #expect(self.measure(tests) == measure, "\(order)")
            // Other tests of the field cost nothing, and `anything-but` costs the same.
            #expect(
                self.measure(tests + ",\"abc\",{\"prefix\":\"ab\"},{\"exists\":true}") == measure)
            let negated = tests.replacing("{\"w", with: "{\"anything-but\":{\"w")
                .replacing("\"}", with: "\"}}")
            #expect(self.measure(negated) == measure, "\(negated)")
        }
    }

    @Test func `is told so in the service's words, and three of four stacks are not`() {
        func pattern(_ names: [String]) -> String {
            let tests = names.map { "{\"wildcard\":\"*:stack/\($0)/*\"}" }
            return "{\"detail\":{\"stack-id\":[\(tests.joined(separator: ","))]}}"
        }
        let names = ["Network", "Shared", "Api", "Monitoring"]
        #expect(fails(pattern(Array(names.dropLast()))) == nil)
        #expect(
            fails(pattern(names)) == "Event pattern is not valid. Reason: Rule is too complex - try"
                + " using fewer wildcard characters or fewer repeating character sequences after a"
                + " wildcard character")
        #expect(fails(pattern(names), .none) == nil)
    }

    @Test(arguments: [
        (#"{"a":[{"wildcard":"*a*a*a*"}],"b":[{"wildcard":"*a*a*a*"}]}"#, 7),
        (#"{"$or":[{"a":[{"wildcard":"*a*a*"}]},{"a":[{"wildcard":"*b*b*"}]}]}"#, 8),
        (#"{"a":["x"],"$or":[{"b":[{"wildcard":"*a*"}]},{"b":[{"wildcard":"*a*"}]}]}"#, 3),
        (#"{"$or":[{"a":["x"],"b":[{"wildcard":"*a*"}]},{"a":["y"],"b":[{"wildcard":"*a"}]}]}"#, 3),
        (#"{"a":[{"exists":false}],"z":[{"wildcard":"*a*a*a*"}]}"#, 0),
        (#"{"a":["x",{"exists":false}],"z":[{"wildcard":"*a*a*a*"}]}"#, 7),
        (#"{"z":[{"exists":false}],"a":[{"wildcard":"*a*a*a*"}]}"#, 7), (#"{"a":["*a*a*a*"]}"#, 0),
    ])
    func `is measured field by field, where a value can come to it`(pattern: String, measure: Int) {
        let found = (0...60).first { fails(pattern, PatternLimits(wildcardComplexity: $0)) == nil }
        #expect(found == measure)
    }

    @Test func `is measured quickly, whatever it is`() {
        let letters = "abcdefghijklmnopqrstuvwxyz"
        let long = (0..<400).map { "\(letters.dropFirst($0 % 26).first ?? "a")\($0)" }.joined()
        let star = String(repeating: "F*e*a*t*u*r*e*", count: 140).dropLast()
        let begin = ContinuousClock.now
        #expect(fails("{\"a\":[{\"wildcard\":\"*\(long)\"}]}") == nil)
        #expect(fails("{\"a\":[{\"wildcard\":\"\(star)\"}]}") != nil)
        #expect(ContinuousClock.now - begin < .seconds(20))
    }
}
