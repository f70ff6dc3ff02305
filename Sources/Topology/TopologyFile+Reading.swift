import EventModel
import YAMLFile

extension TopologyFile {
    /// Reads a topology file.
    ///
    /// - Throws: `TopologyError`, which names file, line and column.
    public init(path: String) throws(TopologyError) {
        let yaml = try YAMLText(path: path, kind: "topology")
        try self.init(text: yaml.text, file: path)
    }

    /// Reads a topology from its text.
    ///
    /// - Parameter file: what errors call the file.
    public init(text: String, file: String) throws(TopologyError) {
        let root = try YAMLText(text: text, file: file, kind: "topology").root()
        let keys = [
            "name", "bus", "button-handler", "archives", "rules", "policies", "things", "feeders",
        ]
        let top = try root.mapping(of: "a topology", keys: keys)
        name = try top.required("name").name("the topology's name")
        bus = try Bus(top.required("bus"))
        buttonHandler = try top.required("button-handler").choice("button handler", Variant.self)
        archives = try top["archives"].map(Archive.list) ?? []
        var reader = ThingReader()
        if let node = top["policies"] { try reader.readPolicies(node) }
        if let node = top["things"] {
            for thing in try node.elements("things") { try reader.readThing(thing) }
        }
        var feeders: [Feeder] = []
        if let node = top["feeders"] {
            for feeder in try node.elements("feeders") {
                feeders.append(try reader.feeder(feeder))
            }
        }
        self.feeders = feeders
        things = reader.things
        var rules = RuleReader(things: reader.things)
        for rule in try top.required("rules").elements("rules") { try rules.readRule(rule) }
        self.rules = rules.rules
        hash = SHA256.hash(text)
    }
}

extension TopologyFile.Bus {
    fileprivate init(_ node: YAMLNode) throws(TopologyError) {
        let mapping = try node.mapping(of: "a bus", keys: ["name", "account", "region"])
        name = try mapping.required("name")
            .identifier("the name of a bus", 1...256, punctuation: "/.-_")
        account = try mapping.required("account").account()
        region = try mapping.required("region").region()
    }
}
