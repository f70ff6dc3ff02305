import EventModel
import Yams

/// A value in a YAML file that knows where it stands, for errors.
public struct YAMLNode {
    let node: Node
    /// The file as errors name it.
    public let file: String

    init(node: Node, file: String) {
        self.node = node
        self.file = file
    }

    /// Whether the value is a list.
    public var isList: Bool { if case .sequence = node { true } else { false } }

    /// Whether the value is a mapping.
    public var isMapping: Bool { if case .mapping = node { true } else { false } }

    /// An error at this place.
    public func fail(_ message: String) -> YAMLFileError {
        YAMLFileError(
            file: file, line: node.mark?.line ?? 1, column: node.mark?.column ?? 1,
            message: message)
    }

    /// The text of a scalar, exactly as it stands in the file.
    ///
    /// - Parameter what: what was expected, such as `a time such as "07:30"`.
    public func text(_ what: String) throws(YAMLFileError) -> String {
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
    public func elements(_ what: String) throws(YAMLFileError) -> [YAMLNode] {
        guard case .sequence(let sequence) = node else {
            throw fail("a list of \(what) was expected")
        }
        guard !sequence.isEmpty else {
            throw fail("a list of at least one of \(what) was expected")
        }
        return sequence.map { YAMLNode(node: $0, file: file) }
    }

    /// The members of a mapping, in the file's order; keys are scalars.
    public func members(
        _ what: String
    ) throws(YAMLFileError) -> [(key: YAMLNode, name: String, value: YAMLNode)] {
        guard case .mapping(let mapping) = node else {
            throw fail("\(what) was expected: a mapping, one \"key: value\" a line")
        }
        var members: [(key: YAMLNode, name: String, value: YAMLNode)] = []
        for (key, value) in mapping {
            let key = YAMLNode(node: key, file: file)
            members.append((key, try key.text("a key"), YAMLNode(node: value, file: file)))
        }
        return members
    }

    /// A mapping that has no other keys than `keys`.
    public func mapping(of what: String, keys: [String]) throws(YAMLFileError) -> YAMLMapping {
        var values: [String: YAMLNode] = [:]
        for (key, name, value) in try members(what) {
            guard keys.contains(name) else {
                throw key.fail(
                    "unknown key \"\(name)\" in \(what); " + Spelling.hint(for: name, among: keys))
            }
            values[name] = value
        }
        return YAMLMapping(place: self, what: what, values: values)
    }
}

/// A mapping whose keys are all known.
public struct YAMLMapping {
    /// The mapping itself, for errors about what it lacks.
    public let place: YAMLNode
    public let what: String
    let values: [String: YAMLNode]

    /// The value of a key; nil where the key is not there.
    public subscript(key: String) -> YAMLNode? { values[key] }

    /// The value of a key that must be there.
    public func required(_ key: String) throws(YAMLFileError) -> YAMLNode {
        guard let value = values[key] else { throw place.fail("\(what) needs the key \"\(key)\"") }
        return value
    }
}
