import EventModel
import YAMLFile

extension TopologyFile {
    /// An archive of the bus: keeps what happens, so that it can be replayed.
    public struct Archive: Hashable, Sendable {
        /// Unique on its bus.
        public var name: String
        /// Which events it keeps, as JSON text; nil for all.
        public var pattern: String?

        /// The pattern of the rule that the service makes for the archive: events that are replayed
        /// do not come in again.
        /// <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-archive.html>
        public var managedPattern: String {
            let fresh = JSONValue.Member("replay-name", [["exists": false]])
            guard case .object(let members)? = pattern.flatMap({ try? JSONValue(parsing: $0) })
            else { return JSONValue.object([fresh]).text() }
            return JSONValue.object(members + [fresh]).text()
        }
    }
}

extension TopologyFile.Archive {
    /// The list may be empty: then the file says that nothing is kept.
    static func list(_ node: YAMLNode) throws(TopologyError) -> [Self] {
        if node.isList, case .array(let elements) = try node.json(), elements.isEmpty { return [] }
        var archives: [Self] = []
        for element in try node.elements("archives") {
            let mapping = try element.mapping(of: "an archive", keys: ["name", "pattern"])
            let nameNode = try mapping.required("name")
            let name = try nameNode.identifier("the name of an archive", 1...48)
            guard !archives.contains(where: { $0.name == name }) else {
                throw nameNode.fail(
                    "an archive \"\(name)\" is there already; each has a name of its own")
            }
            archives.append(Self(name: name, pattern: try mapping["pattern"].map(pattern)))
        }
        return archives
    }

    private static func pattern(_ node: YAMLNode) throws(TopologyError) -> String {
        let text = try node.jsonObjectText("an event pattern")
        guard (try? JSONValue(parsing: text))?["replay-name"] == nil else {
            throw node.fail(
                "an archive takes no event that is replayed, so its pattern cannot ask for"
                    + " \"replay-name\"; leave that out")
        }
        return text
    }
}
