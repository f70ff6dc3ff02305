import EventModel

/// A value of a policy file and where it stands.
struct PolicyNode {
    let value: JSONValue
    let place: String

    func fail(_ reason: String) -> PolicyError { PolicyError(place: place, reason: reason) }

    /// The members, each key once.
    func members(of what: String) throws(PolicyError) -> [(key: String, node: PolicyNode)] {
        guard case .object(let members) = value else {
            throw fail("an object was expected: \(what)")
        }
        var seen: Set<[UInt8]> = []
        var nodes: [(key: String, node: PolicyNode)] = []
        for member in members {
            let place = place.isEmpty ? member.key : "\(place).\(member.key)"
            let node = PolicyNode(value: member.value, place: place)
            guard seen.insert(Array(member.key.utf8)).inserted else {
                throw node.fail("this key stands here twice; keep one")
            }
            nodes.append((member.key, node))
        }
        return nodes
    }

    /// The members, whose keys must be among `keys`.
    func members(
        of what: String, among keys: [String]
    ) throws(PolicyError) -> [String: PolicyNode] {
        var found: [String: PolicyNode] = [:]
        for (key, node) in try members(of: what) {
            guard keys.contains(key) else {
                throw node.fail("unknown key; " + Spelling.hint(for: key, among: keys))
            }
            found[key] = node
        }
        return found
    }

    func elements(of what: String) throws(PolicyError) -> [PolicyNode] {
        guard let elements = value.array else { throw fail("an array was expected: \(what)") }
        return elements.enumerated().map {
            PolicyNode(value: $0.element, place: "\(place)[\($0.offset)]")
        }
    }

    /// An array, or the one value that stands for an array of one.
    func oneOrMore(of what: String) throws(PolicyError) -> [PolicyNode] {
        guard case .array = value else { return [self] }
        let nodes = try elements(of: what)
        guard !nodes.isEmpty else { throw fail("the array is empty; at least one was expected") }
        return nodes
    }

    func text(_ what: String) throws(PolicyError) -> String {
        guard let text = value.string, !text.isEmpty else {
            throw fail("a text was expected: \(what)")
        }
        return text
    }
}
