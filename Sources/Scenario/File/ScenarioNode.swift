import EventModel
import Yams

/// A value in a scenario file that knows where it stands.
struct ScenarioNode {
    let node: Node
    let file: String

    func fail(_ message: String) -> ScenarioError {
        ScenarioError(
            file: file, line: node.mark?.line ?? 1, column: node.mark?.column ?? 1,
            message: message)
    }

    /// The text of a scalar, exactly as it stands in the file.
    ///
    /// - Parameter what: what was expected, such as `a time such as "07:30"`.
    func text(_ what: String) throws(ScenarioError) -> String {
        switch node {
        case .scalar(let scalar):
            let isNull = scalar.style == .plain && ["", "~", "null"].contains(scalar.string)
            if isNull { throw fail("\(what) was expected, nothing is here") }
            return scalar.string
        case .mapping: throw fail("\(what) was expected, not a mapping")
        case .sequence: throw fail("\(what) was expected, not a list")
        case .alias: throw fail("\(what) was expected, not an alias")
        }
    }

    /// The elements of a list of at least one.
    func elements(_ what: String) throws(ScenarioError) -> [ScenarioNode] {
        guard case .sequence(let sequence) = node else {
            throw fail("a list of \(what) was expected")
        }
        guard !sequence.isEmpty else {
            throw fail("a list of at least one of \(what) was expected")
        }
        return sequence.map { ScenarioNode(node: $0, file: file) }
    }

    /// The members of a mapping, in the file's order; keys are scalars.
    func members(
        _ what: String
    ) throws(ScenarioError) -> [(key: ScenarioNode, name: String, value: ScenarioNode)] {
        guard case .mapping(let mapping) = node else {
            throw fail("\(what) was expected: a mapping, one \"key: value\" a line")
        }
        var members: [(key: ScenarioNode, name: String, value: ScenarioNode)] = []
        for (key, value) in mapping {
            let key = ScenarioNode(node: key, file: file)
            members.append((key, try key.text("a key"), ScenarioNode(node: value, file: file)))
        }
        return members
    }

    /// A mapping that has no other keys than `keys`.
    func mapping(of what: String, keys: [String]) throws(ScenarioError) -> ScenarioMapping {
        var values: [String: ScenarioNode] = [:]
        for (key, name, value) in try members(what) {
            guard keys.contains(name) else {
                throw key.fail(
                    "unknown key \"\(name)\" in \(what); " + Spelling.hint(for: name, among: keys))
            }
            values[name] = value
        }
        return ScenarioMapping(place: self, what: what, values: values)
    }
}

/// A mapping whose keys are all known.
struct ScenarioMapping {
    /// The mapping itself, for errors about what it lacks.
    let place: ScenarioNode
    let what: String
    let values: [String: ScenarioNode]

    subscript(key: String) -> ScenarioNode? { values[key] }

    func required(_ key: String) throws(ScenarioError) -> ScenarioNode {
        guard let value = values[key] else { throw place.fail("\(what) needs the key \"\(key)\"") }
        return value
    }
}
