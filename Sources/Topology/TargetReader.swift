import EventModel
import YAMLFile

/// Reads targets, and remembers what is taken.
struct TargetReader {
    private let things: [TopologyFile.Thing]
    private var ids: Set<String> = []
    private var projections: Set<String> = []
    private var files: Set<String> = []
    private var functions: [TopologyFile.CatFeeder] = []

    init(things: [TopologyFile.Thing]) { self.things = things }

    /// The keys that targets of a kind have besides those that all have.
    private static let kinds: KeyValuePairs = [
        "cat-feeder": ["thing", "topic", "variant", "replays"],
        "projection": ["name"],
        "file": ["path"],
        "process": ["command", "timeout"],
    ]
    private static let commonKeys = [
        "id", "kind", "input-path", "input-transformer", "retry", "dead-letter",
    ]

    mutating func target(_ node: YAMLNode) throws(TopologyError) -> TopologyFile.Target {
        let anyKey = TargetReader.commonKeys + TargetReader.kinds.flatMap(\.value)
        let kindNode = try node.mapping(of: "a target", keys: anyKey).required("kind")
        let keys = try kindNode.word("kind of target", TargetReader.kinds)
        let kind = try kindNode.text("a kind of target")
        let mapping = try node.mapping(
            of: "a target of kind \(kind)", keys: TargetReader.commonKeys + keys)
        let idNode = try mapping.required("id")
        let id = try idNode.identifier("the id of a target")
        guard ids.insert(id).inserted else {
            throw idNode.fail(
                "a target \"\(id)\" is there already; a replay names targets by their ids")
        }
        return TopologyFile.Target(
            id: id, kind: try self.kind(kind, mapping), input: try input(of: mapping),
            retry: try retry(mapping["retry"]),
            deadLetterQueue: try mapping["dead-letter"]?
                .identifier("the name of a dead-letter queue", 1...80, punctuation: "-_"))
    }

    private mutating func kind(
        _ kind: String, _ mapping: YAMLMapping
    ) throws(TopologyError) -> TopologyFile.Target.Kind {
        switch kind {
        case "cat-feeder": return .catFeeder(try catFeeder(mapping))
        case "projection":
            let node = try mapping.required("name")
            let name = try node.name("the name of a projection")
            guard projections.insert(name).inserted else {
                throw node.fail(
                    "the projection \"\(name)\" is a target already, and has only one store")
            }
            return .projection(name: name)
        case "file":
            let node = try mapping.required("path")
            let path = try node.text("the path of a file")
            guard !path.isEmpty, !path.utf8.contains(0) else {
                throw node.fail("the path of a file was expected, without U+0000")
            }
            guard files.insert(path).inserted else {
                throw node.fail("the file \"\(path)\" is a target already; each writes its own")
            }
            return .file(path: path)
        default: return .process(try process(mapping))
        }
    }

    private mutating func catFeeder(
        _ mapping: YAMLMapping
    ) throws(TopologyError) -> TopologyFile.CatFeeder {
        let thingNode = try mapping.required("thing")
        let topicNode = try mapping.required("topic")
        let thing = try thingNode.template("a thing", as: .thing)
        try things.require(thing, .function, at: thingNode)
        let topic = try topicNode.template("a topic", as: .topic)
        let variant = try mapping.required("variant")
            .choice("variant", TopologyFile.Variant.self)
        let replays = try mapping["replays"]?.choice("replays", TopologyFile.Replays.self)
        if variant == .deployed, let node = mapping["replays"] {
            throw node.fail(
                "the deployed function cannot tell a replay from a press; \"replays\" needs"
                    + " \"variant: mended\"")
        }
        if variant == .deployed, !topic.variables.isEmpty {
            throw topicNode.fail(
                "the deployed function knows one topic; a topic with variables needs"
                    + " \"variant: mended\"")
        }
        let function = TopologyFile.CatFeeder(
            thing: thing, topic: topic, variant: variant,
            replays: replays ?? (variant == .deployed ? .publish : .ignore))
        // One function may be the target of many rules; two with one client id may not be.
        guard functions.allSatisfy({ $0.thing.text != thing.text || $0 == function }) else {
            throw thingNode.fail(
                "another function connects as \"\(thing)\" already; a second connection with the"
                    + " same client id would throw the first out")
        }
        functions.append(function)
        return function
    }

    private func process(_ mapping: YAMLMapping) throws(TopologyError) -> TopologyFile.Process {
        var command: [String] = []
        for node in try mapping.required("command").elements("words of a command") {
            let word = try node.text("a word of a command")
            guard !word.utf8.contains(0), !command.isEmpty || !word.isEmpty else {
                throw node.fail("a program or an argument was expected, without U+0000")
            }
            command.append(word)
        }
        let timeout = try mapping["timeout"]?.seconds("a timeout", in: 1...900)
        return TopologyFile.Process(command: command, timeoutSeconds: timeout ?? 30)
    }

    private func retry(_ node: YAMLNode?) throws(TopologyError) -> TopologyFile.RetryPolicy {
        var retry = TopologyFile.RetryPolicy()
        guard let node else { return retry }
        let mapping = try node.mapping(of: "a retry policy", keys: ["attempts", "max-age"])
        if let node = mapping["attempts"] {
            retry.attempts = try node.integer("attempts", in: 0...185)
        }
        if let node = mapping["max-age"] {
            retry.maxAgeSeconds = try node.seconds("max-age", in: 60...86_400)
        }
        return retry
    }
}
