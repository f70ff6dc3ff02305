/// What matching reads, and never changes.
///
/// A class, so that a walk over an event retains one object and not every table.
final class CompiledRules: Sendable {
    let trie: FieldTrie
    /// For each field, its tests.
    let tests: [FieldTests]
    let members: RuleMembers
    /// For each alternative, the number of its rule.
    let rules: [Int32]
    /// For each alternative, its fields in the order of trying.
    let fields: [[Int32]]

    init(
        trie: FieldTrie, tests: [FieldTests], members: RuleMembers, rules: [Int32],
        fields: [[Int32]]
    ) {
        self.trie = trie
        self.tests = tests
        self.members = members
        self.rules = rules
        self.fields = fields
    }
}
