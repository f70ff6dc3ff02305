import EventModel
import EventPatterns
import Testing

@Suite struct `Patterns as the service has them` {
    @Test func `there are 1,030 cases`() {
        #expect(ServiceCase.all.count == 1030)
        #expect(Set(ServiceCase.all.map(\.id)).count == 1030)
    }

    @Test(arguments: ServiceCase.all.filter(\.isValid))
    func `a valid pattern matches what it should`(test: ServiceCase) throws {
        let matcher = RuleMatcher([try EventPattern(parsing: test.pattern)])
        if test.isEventValid {
            #expect(try matcher.matches(test.event) == (test.isMatch ? [0] : []))
        } else {
            #expect(throws: JSONError.self) { try matcher.matches(test.event) }
        }
    }

    @Test(arguments: ServiceCase.all.filter { !$0.isValid })
    func `an invalid pattern gets the service's reason and place`(test: ServiceCase) throws {
        let error = try #require(throws: PatternError.self) {
            try EventPattern(parsing: test.pattern)
        }
        #expect(error.kind.rawValue == test.errorKind)
        // The reference says nothing of a text that is no JSON.
        guard error.kind == .pattern else { return }
        #expect(error.reason == test.error)
        #expect(error.line == test.errorLine)
        #expect(error.column == test.errorColumn)
    }

    /// All patterns in one matcher: no rule disturbs another.
    @Test func `rules match the same alone and together`() throws {
        let cases = ServiceCase.all.filter { $0.isValid && $0.isEventValid }
        let patterns = try cases.map { try EventPattern(parsing: $0.pattern) }
        let together = RuleMatcher(patterns)
        for (place, test) in cases.enumerated() {
            let found = try together.matches(test.event)
            #expect(found.contains(place) == test.isMatch, "\(test.id)")
            #expect(found == found.sorted())
        }
    }

    @Test(arguments: [("rules.jsonl", true), ("rules-exact.jsonl", false)])
    func `300 rules match 2,000 events as the reference says`(
        rules: String, isExpected: Bool
    ) throws {
        let patterns = try Fixture.patterns(rules)
        let matcher = RuleMatcher(patterns)
        let alone = patterns.map { RuleMatcher([$0]) }
        let events = try Fixture.lines("events.jsonl")
        let names = try Fixture.lines(rules).map { try JSONValue(parsing: $0)["name"]?.string }
        let expected = try Fixture.lines("expected-matches.jsonl")
        var scratch = MatchScratch()
        var found: [Int] = []
        #expect(events.count == 2000)
        for (place, event) in events.enumerated() {
            try Array(event.utf8).withUnsafeBytes {
                try matcher.matches($0, into: &found, scratch: &scratch)
            }
            if isExpected {
                let wanted = try JSONValue(parsing: expected[place])["rules"]?.array
                #expect(found.map { names[$0] } == wanted?.map(\.string), "event \(place)")
            } else if place < 50 {
                let single = try alone.indices.filter { try !alone[$0].matches(event).isEmpty }
                #expect(found == single)
            }
        }
    }
}
