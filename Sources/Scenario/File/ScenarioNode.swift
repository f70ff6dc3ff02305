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

/// Finds what a misspelt word was meant to be.
enum Spelling {
    /// `did you mean "habits"?` or, where nothing is near, the list of what is possible.
    static func hint(for word: String, among words: [String]) -> String {
        if let nearest = nearest(to: word, among: words) { return "did you mean \"\(nearest)\"?" }
        return "it may be " + words.map { "\"\($0)\"" }.joined(separator: ", ")
    }

    /// The word with the fewest changes from `word`, the first of equals; nil where all are far.
    static func nearest(to word: String, among words: [String]) -> String? {
        let limit = max(2, word.count / 3)
        var best: (distance: Int, word: String)?
        for candidate in words {
            let distance = changes(from: word.lowercased(), to: candidate.lowercased())
            if distance <= limit, distance < candidate.count, distance < best?.distance ?? .max {
                best = (distance, candidate)
            }
        }
        return best?.word
    }

    /// How many characters must be put in, left out or changed (Levenshtein's distance).
    static func changes(from a: String, to b: String) -> Int {
        let b = Array(b)
        var row = Array(0...b.count)
        for (place, character) in a.enumerated() {
            var diagonal = row[0]
            row[0] = place + 1
            for column in b.indices {
                let changed = diagonal + (b[column] == character ? 0 : 1)
                diagonal = row[column + 1]
                row[column + 1] = min(changed, row[column] + 1, diagonal + 1)
            }
        }
        return row[b.count]
    }
}
