import EventModel
import YAMLFile

/// Reads policies, things and feeders, and remembers what is taken.
struct ThingReader {
    private(set) var things: [TopologyFile.Thing] = []
    private var policies: [(name: String, policy: TopologyFile.Policy)] = []
    private var served: Set<String> = []

    mutating func readPolicies(_ node: YAMLNode) throws(TopologyError) {
        for (key, _, value) in try node.members("policies by name") {
            // IoT's CreatePolicy: [\w+=,.@-]+.
            let name = try key.identifier("the name of a policy", 1...128, punctuation: "_+=,.@-")
            policies.append((name, try policy(value, name: name)))
        }
    }

    mutating func readThing(_ node: YAMLNode) throws(TopologyError) {
        let mapping = try node.mapping(of: "a thing", keys: ["name", "role", "policies"])
        let nameNode = try mapping.required("name")
        let name = try nameNode.template("a thing", as: .thing)
        try checkIsFree(name, at: nameNode)
        let role = try mapping.required("role").choice("role", TopologyFile.Thing.Role.self)
        var own: [TopologyFile.Policy] = []
        for policy in try mapping.required("policies").elements("policies") {
            own.append(try attached(policy, to: name))
        }
        things.append(.init(name: name, role: role, policies: own))
    }

    mutating func feeder(_ node: YAMLNode) throws(TopologyError) -> TopologyFile.Feeder {
        let keys = ["thing", "action-topic", "states-topic", "hopper-grams", "firmware", "policy"]
        let mapping = try node.mapping(of: "a feeder", keys: keys)
        let thingNode = try mapping.required("thing")
        let thing = try thingNode.template("a thing", as: .thing)
        guard served.insert(thing.text).inserted else {
            throw thingNode.fail(
                "a feeder connects as \"\(thing)\" already; each has its own thing")
        }
        if let policy = mapping["policy"] {
            try checkIsFree(thing, at: thingNode)
            let policies = [try attached(policy, to: thing)]
            things.append(.init(name: thing, role: .feeder, policies: policies))
        } else {
            try things.require(thing, .feeder, at: thingNode)
        }
        return TopologyFile.Feeder(
            thing: thing,
            actionTopic: try topic(of: mapping, "action-topic", thing),
            statesTopic: try topic(of: mapping, "states-topic", thing),
            hopperGrams: try mapping.required("hopper-grams")
                .integer("hopper-grams", in: 1...1_000_000),
            firmware: try mapping["firmware"]?
                .choice("firmware", TopologyFile.Feeder.Firmware.self) ?? .current)
    }

    private func checkIsFree(_ name: NameTemplate, at node: YAMLNode) throws(TopologyError) {
        guard !things.contains(where: { $0.name.text == name.text }) else {
            throw node.fail(
                "a thing \"\(name)\" is there already; its name is its client id, and a"
                    + " second connection with it would throw the first out")
        }
    }

    private func topic(
        of mapping: YAMLMapping, _ key: String, _ thing: NameTemplate
    ) throws(TopologyError) -> NameTemplate {
        let node = try mapping.required(key)
        let topic = try node.template("a topic", as: .topic)
        try check(topic.variables, areIn: thing, at: node)
        return topic
    }

    /// A policy by name, or the document itself.
    private func attached(
        _ node: YAMLNode, to thing: NameTemplate
    ) throws(TopologyError) -> TopologyFile.Policy {
        let policy: TopologyFile.Policy
        if node.isMapping {
            policy = try self.policy(node, name: nil)
        } else {
            let name = try node.text("a policy's name or document")
            guard let found = policies.first(where: { $0.name == name }) else {
                throw node.fail(
                    "there is no policy \"\(name)\"; "
                        + Spelling.hint(for: name, among: policies.map(\.name)))
            }
            policy = found.policy
        }
        try check(policy.document.variables, areIn: thing, at: node)
        return policy
    }

    private func policy(
        _ node: YAMLNode, name: String?
    ) throws(TopologyError) -> TopologyFile.Policy {
        let text = try node.jsonObjectText("a policy document")
        guard let value = try? JSONValue(parsing: text), value["Statement"] != nil else {
            throw node.fail("a policy document needs the key \"Statement\"")
        }
        do {
            return .init(name: name, document: try NameTemplate(text, as: .policy))
        } catch {
            throw node.fail("this is no policy document: \(error.message)")
        }
    }

    /// One thing cannot have the topics and rights of many feeders.
    private func check(
        _ variables: [NameTemplate.Variable], areIn thing: NameTemplate, at node: YAMLNode
    ) throws(TopologyError) {
        for variable in variables where !thing.variables.contains(variable) {
            throw node.fail(
                "${\(variable.rawValue)} stands here, but not in the name of the thing"
                    + " \"\(thing)\"; put it into both or into neither")
        }
    }
}

extension [TopologyFile.Thing] {
    /// Checks that a thing is there, and in this role.
    func require(
        _ name: NameTemplate, _ role: TopologyFile.Thing.Role, at node: YAMLNode
    ) throws(TopologyError) {
        guard let thing = first(where: { $0.name.text == name.text }) else {
            let names = filter { $0.role == role }.map(\.name.text)
            throw node.fail(
                names.isEmpty
                    ? "there is no thing \"\(name)\"; list it under \"things\", with the role"
                        + " \"\(role.rawValue)\""
                    : "there is no thing \"\(name)\"; "
                        + Spelling.hint(for: name.text, among: names)
            )
        }
        guard thing.role == role else {
            throw node.fail(
                "the thing \"\(name)\" has the role \"\(thing.role.rawValue)\";"
                    + " \"\(role.rawValue)\" was expected")
        }
    }
}
