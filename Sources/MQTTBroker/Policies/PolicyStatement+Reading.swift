import EventModel

extension PolicyStatement {
    /// Reads `{"Version": "2012-10-17", "Statement": […]}`.
    static func readDocument(_ node: PolicyNode) throws(PolicyError) -> [PolicyStatement] {
        let members = try node.members(
            of: "a policy document with Version and Statement",
            among: ["Version", "Id", "Statement"])
        if let version = members["Version"] {
            guard try version.text("a version") == "2012-10-17" else {
                throw version.fail("the version \"2012-10-17\" was expected")
            }
        }
        guard let list = members["Statement"] else { throw node.fail("`Statement` is missing") }
        var statements: [PolicyStatement] = []
        for statement in try list.oneOrMore(of: "statements") {
            statements.append(try PolicyStatement(reading: statement))
        }
        return statements
    }

    private init(reading node: PolicyNode) throws(PolicyError) {
        for (key, member) in try node.members(of: "a statement")
        where ["Condition", "NotAction", "NotResource", "Principal", "NotPrincipal"].contains(key) {
            throw member.fail(
                "`\(key)` is not evaluated here; write the statement with Action and Resource")
        }
        let members = try node.members(
            of: "a statement with Effect, Action and Resource",
            among: ["Sid", "Effect", "Action", "Resource"])
        guard let effect = members["Effect"] else { throw node.fail("`Effect` is missing") }
        switch try effect.text("Allow or Deny") {
        case "Allow": isAllow = true
        case "Deny": isAllow = false
        case let word:
            throw effect.fail(
                "\"\(word)\" is no effect; "
                    + Spelling.hint(for: word, among: ["Allow", "Deny"]))
        }
        guard let action = members["Action"] else { throw node.fail("`Action` is missing") }
        actions = 0
        for one in try action.oneOrMore(of: "actions") {
            actions |= try PolicyStatement.readAction(one)
        }
        guard let resource = members["Resource"] else { throw node.fail("`Resource` is missing") }
        resources = []
        for one in try resource.oneOrMore(of: "resources") {
            resources.append(try PolicyStatement.readResource(one))
        }
    }

    /// The actions that a word with `*` and `?` takes. Actions of AWS IoT Core that are no business
    /// of a broker, such as `iot:GetThingShadow`, take none; a misspelt one is an error.
    private static func readAction(_ node: PolicyNode) throws(PolicyError) -> UInt8 {
        let word = try node.text("an action such as iot:Publish")
        var pattern = WildcardPattern()
        for byte in word.utf8 { pattern.pieces.append(wildcard(byte) ?? .byte(byte)) }
        let known = PolicyAction.allCases
        let bits = known.filter { pattern.matches(Array($0.rawValue.utf8)) }
            .reduce(UInt8(0)) { $0 | $1.bit }
        if bits != 0 { return bits }
        guard word.hasPrefix("iot:"), word.utf8.count > 4 else {
            throw node.fail(
                "\"\(word)\" is no action of AWS IoT Core, such as iot:Publish or iot:*")
        }
        let words = known.map(\.rawValue)
        if let nearest = Spelling.nearest(to: word, among: words), !others.contains(word) {
            throw node.fail("\"\(word)\" is no action; did you mean \"\(nearest)\"?")
        }
        return 0
    }

    /// Actions that are spelt like a broker's and are not.
    private static let others = ["iot:Search", "iot:ListRetainedMessages", "iot:DescribeJob"]

    private static func wildcard(_ byte: UInt8) -> WildcardPattern.Piece? {
        switch byte {
        case UInt8(ascii: "*"): .anything
        case UInt8(ascii: "?"): .anyCharacter
        default: nil
        }
    }

    /// Reads `*` or `arn:aws:iot:<region>:<account>:<kind>/<name>`. Region and account may be any:
    /// a broker of its own has none.
    private static func readResource(_ node: PolicyNode) throws(PolicyError) -> [Part] {
        let text = try node.text("a resource such as arn:aws:iot:*:*:topic/cat-feeder/action")
        if text == "*" { return [.anything] }
        let fields = text.utf8.split(
            separator: UInt8(ascii: ":"), maxSplits: 5, omittingEmptySubsequences: false)
        let isARN =
            fields.count == 6 && fields[0].elementsEqual("arn".utf8)
            && (fields[1].starts(with: "aws".utf8) || fields[1].elementsEqual("*".utf8))
            && (fields[2].elementsEqual("iot".utf8) || fields[2].elementsEqual("*".utf8))
        guard isARN, !fields[5].isEmpty else {
            throw node.fail(
                "\"\(text)\" is no resource of AWS IoT Core; "
                    + "arn:aws:iot:<region>:<account>:<kind>/<name> or * was expected")
        }
        let name = Array(fields[5])
        let kinds = ["client/", "topic/", "topicfilter/"]
        let isKnown =
            kinds.contains { name.starts(with: $0.utf8) }
            || name.prefix { $0 != TopicSyntax.slash }.contains { wildcard($0) != nil }
            || ["thing/", "job/", "thinggroup/", "thingtype/", "cert/", "index/", "rule/"]
                .contains { name.starts(with: $0.utf8) }
        guard isKnown else {
            throw node.fail(
                "\"\(String(decoding: name, as: UTF8.self))\" has no kind that is known: "
                    + "client/, topic/ or topicfilter/ was expected")
        }
        return try readParts(name, in: node)
    }

    private static func readParts(
        _ name: [UInt8], in node: PolicyNode
    ) throws(PolicyError) -> [Part] {
        var parts: [Part] = []
        var literal: [UInt8] = []
        func flush() {
            if !literal.isEmpty { parts.append(.literal(literal)) }
            literal = []
        }
        var at = 0
        while at < name.count {
            if name[at...].starts(with: "${".utf8) {
                guard let end = name[at...].firstIndex(of: UInt8(ascii: "}")) else {
                    throw node.fail("a variable begins with ${ and does not end with }")
                }
                let word = String(decoding: name[at + 2..<end], as: UTF8.self)
                switch word {
                case "iot:ClientId":
                    flush()
                    parts.append(.clientID)
                case "iot:Connection.Thing.ThingName":
                    flush()
                    parts.append(.thingName)
                case "*", "?", "$": literal += Array(word.utf8)
                default:
                    throw node.fail(
                        "the variable \"${\(word)}\" is not known here; "
                            + Spelling.hint(
                                for: word,
                                among: ["iot:ClientId", "iot:Connection.Thing.ThingName"]))
                }
                at = end + 1
                continue
            }
            switch wildcard(name[at]) {
            case .anything:
                flush()
                parts.append(.anything)
            case .anyCharacter:
                flush()
                parts.append(.anyCharacter)
            default: literal.append(name[at])
            }
            at += 1
        }
        flush()
        return parts
    }
}
