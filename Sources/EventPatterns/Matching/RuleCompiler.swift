/// Puts the patterns' alternatives together: a trie of fields, each field's tests without doubles,
/// and who has which test.
struct RuleCompiler {
    private struct Field {
        var path: [UInt8]
        var alternatives: [Int] = []
        /// In the order in which they came first.
        var tests: [ValueTest] = []
        var places: [ValueTest: Int] = [:]
        /// For each test, the alternatives that have it.
        var members: [[Int]] = []

        mutating func add(_ more: [ValueTest], of alternative: Int) {
            alternatives.append(alternative)
            for test in more {
                if let place = places[test] {
                    if members[place].last != alternative { members[place].append(alternative) }
                } else {
                    places[test] = tests.count
                    tests.append(test)
                    members.append([alternative])
                }
            }
        }
    }

    private var found: [Field] = []
    private var paths = ByteTable()
    /// For each alternative, its rule.
    private var rules: [Int32] = []
    /// For each alternative, its fields in the order of trying.
    private var fields: [[Int32]] = []

    mutating func add(_ pattern: EventPattern, rule: Int) {
        for alternative in pattern.alternatives {
            let number = rules.count
            rules.append(Int32(rule))
            fields.append(
                alternative.fields.map { field in
                    let place = paths.insert(field.path, group: 0)
                    if place == found.count { found.append(Field(path: field.path)) }
                    found[place].add(field.tests, of: number)
                    return Int32(place)
                })
        }
    }

    func finish() -> CompiledRules {
        var trie = FieldTrie()
        var allTests: [FieldTests] = []
        var allMembers = RuleMembers()
        var number = 0
        for (place, field) in found.enumerated() {
            trie.insert(field.path, field: place)
            let slots = allMembers.addField(place, alternatives: field.alternatives)
            var numbered: [FieldTests.Numbered] = []
            for (test, members) in zip(field.tests, field.members) {
                allMembers.addTest(members, isAbsence: test == .absent, slots: slots)
                numbered.append((number, test))
                number += 1
            }
            allTests.append(FieldTests(numbered))
        }
        return CompiledRules(
            trie: trie, tests: allTests, members: allMembers, rules: rules, fields: fields)
    }
}
