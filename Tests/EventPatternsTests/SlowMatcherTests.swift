import EventModel
import EventPatterns
import Testing

/// Random numbers that a seed repeats (splitmix64).
struct SeededNumbers: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ word >> 30) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ word >> 27) &* 0x94D0_49BB_1331_11EB
        return word ^ word >> 31
    }
}

/// Patterns and events over few names and values, so that they often meet.
private struct Generator {
    var random: SeededNumbers

    private static let names = ["a", "b", "c", "a.b", "d"]
    private static let texts = [
        "cat", "Cat", "CATS", "", "c", "ca*t", "10.0.0.1", "10.0.7.9", "1", "at", "dog", "doge",
        "é", "t\\t", "\"",
    ]
    private static let numbers = ["0", "1", "1.0", "-1", "2.5", "25e-1", "10", "1e1", "100"]

    mutating func pick<T>(_ values: [T]) -> T { values[below(values.count)] }
    mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &random) }
    mutating func text() -> JSONValue { .string(pick(Generator.texts)) }
    mutating func number() -> JSONValue { .number(pick(Generator.numbers)) }

    mutating func scalar() -> JSONValue {
        switch below(8) {
        case 0...3: text()
        case 4, 5: number()
        case 6: .bool(below(2) == 0)
        default: .null
        }
    }

    mutating func event(depth: Int = 0) -> JSONValue {
        var members: [JSONValue.Member] = []
        for _ in 0..<1 + below(4) {
            members.append(.init(pick(Generator.names), value(depth: depth)))
        }
        return .object(members)
    }

    private mutating func value(depth: Int) -> JSONValue {
        switch below(depth < 4 ? 8 : 4) {
        case 0...3: return scalar()
        case 4, 5: return event(depth: depth + 1)
        default:
            var elements: [JSONValue] = []
            for _ in 0..<below(4) { elements.append(value(depth: depth + 1)) }
            return .array(elements)
        }
    }

    mutating func pattern(depth: Int = 0) -> JSONValue {
        var members: [JSONValue.Member] = []
        for _ in 0..<1 + below(3) {
            if depth < 3, below(6) == 0 {
                let choices = [pattern(depth: depth + 1), pattern(depth: depth + 1)]
                members.append(.init("$or", .array(choices)))
            } else if depth < 3, below(3) == 0 {
                members.append(.init(pick(Generator.names), pattern(depth: depth + 1)))
            } else {
                var tests = [test()]
                while below(3) == 0 { tests.append(test()) }
                members.append(.init(pick(Generator.names), .array(tests)))
            }
        }
        return .object(members)
    }

    private mutating func test() -> JSONValue {
        switch below(13) {
        case 0...2:
            // As an address, `10.0.0.1` is the same in other words, too; the events have none.
            return scalar()
        case 3: return ["prefix": text()]
        case 4: return ["suffix": text()]
        case 5: return ["equals-ignore-case": text()]
        case 6: return [pick(["prefix", "suffix"]): ["equals-ignore-case": text()]]
        case 7: return ["wildcard": .string(pick(["c*", "*t", "*a*", "c*t", "*", "10.0.*"]))]
        case 8: return ["exists": .bool(below(2) == 0)]
        case 9: return ["cidr": .string(pick(["10.0.0.0/24", "10.0.0.0/21", "0.0.0.0/1"]))]
        case 10: return ["numeric": numeric()]
        default: return ["anything-but": excluded()]
        }
    }

    private mutating func numeric() -> JSONValue {
        if below(2) == 0 { return .array([.string(pick(["=", "<", "<=", ">", ">="])), number()]) }
        let bottom = below(3)
        return .array([
            .string(pick([">", ">="])), .int(bottom), .string(pick(["<", "<="])),
            .int(bottom + 1 + below(9)),
        ])
    }

    private mutating func excluded() -> JSONValue {
        switch below(7) {
        case 0: text()
        case 1: number()
        case 2: .array([text(), text()])
        case 3: .array([number(), number()])
        case 4: ["equals-ignore-case": below(2) == 0 ? text() : .array([text(), text()])]
        case 5: ["wildcard": .array([.string("*a*"), .string("d*")])]
        default: [pick(["prefix", "suffix"]): .array([.string("c"), .string("t")])]
        }
    }
}

@Suite struct `Patterns against a slow matcher` {
    @Test(arguments: 1...40)
    func `both find the same`(seed: UInt64) throws {
        var generator = Generator(random: SeededNumbers(seed: seed))
        var matched = 0
        for _ in 0..<10 {
            var patterns: [String] = []
            for _ in 0..<20 { patterns.append(generator.pattern().text()) }
            let matcher = RuleMatcher(
                try patterns.map { try EventPattern(parsing: $0, limits: .none) })
            let slow = try patterns.map { try SlowMatcher(pattern: $0) }
            for _ in 0..<10 {
                let tree = generator.event()
                let event = tree.text(pretty: generator.below(2) == 0)
                let wanted = slow.indices.filter { slow[$0].matches(event: tree) }
                let found = try matcher.matches(event)
                #expect(
                    found == wanted,
                    """
                    seed \(seed): \(event) \
                    \(Set(found).symmetricDifference(wanted).sorted().map { patterns[$0] })
                    """)
                matched += found.count
            }
        }
        // Neither all nor nothing, or the comparison says little.
        #expect((20...1500).contains(matched))
    }
}
