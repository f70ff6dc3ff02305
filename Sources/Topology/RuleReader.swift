import EventModel
import YAMLFile

/// Reads rules, and remembers what is taken.
struct RuleReader {
    /// EventBridge's default quotas.
    static let rulesPerBus = 300
    static let targetsPerRule = 5

    private(set) var rules: [TopologyFile.Rule] = []
    private var targets: TargetReader

    init(things: [TopologyFile.Thing]) { targets = TargetReader(things: things) }

    mutating func readRule(_ node: YAMLNode) throws(TopologyError) {
        let mapping = try node.mapping(of: "a rule", keys: ["name", "pattern", "state", "targets"])
        guard rules.count < RuleReader.rulesPerBus else {
            throw node.fail(
                "a bus has at most \(RuleReader.rulesPerBus) rules, and this is one more")
        }
        let nameNode = try mapping.required("name")
        let name = try nameNode.identifier("the name of a rule")
        guard !rules.contains(where: { $0.name == name }) else {
            throw nameNode.fail("a rule \"\(name)\" is there already; each has a name of its own")
        }
        let pattern = try mapping.required("pattern").jsonObjectText("an event pattern")
        var isEnabled = true
        if let node = mapping["state"] {
            isEnabled = try node.word("state", ["enabled": true, "disabled": false])
        }
        var targets: [TopologyFile.Target] = []
        for target in try mapping.required("targets").elements("targets") {
            guard targets.count < RuleReader.targetsPerRule else {
                throw target.fail(
                    "a rule has at most \(RuleReader.targetsPerRule) targets, and this is one more;"
                        + " put it into another rule with the same pattern")
            }
            targets.append(try self.targets.target(target))
        }
        rules.append(.init(name: name, pattern: pattern, isEnabled: isEnabled, targets: targets))
    }
}
