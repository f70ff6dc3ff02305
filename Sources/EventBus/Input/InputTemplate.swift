import EventModel

/// An InputTransformer, compiled: stretches of the template and the values between them.
struct InputTemplate: Sendable {
    let parts: [Part]
    /// Whether the template is one JSON string.
    let isText: Bool

    enum Part: Sendable {
        /// Bytes of the template, without white space between tokens.
        case literal([UInt8])
        case value(Value, inQuotes: Bool)
    }

    enum Value: Sendable, Hashable {
        case path(JSONPath)
        case ruleARN, ruleName, ingestionTime
        /// The event without `detail`.
        case event
        /// All of the event.
        case eventJSON

        static let reserved: KeyValuePairs<String, Value> = [
            "aws.events.rule-arn": .ruleARN, "aws.events.rule-name": .ruleName,
            "aws.events.event.ingestion-time": .ingestionTime, "aws.events.event": .event,
            "aws.events.event.json": .eventJSON,
        ]
    }

    init(_ transformer: InputTransformer) throws(InputError) {
        let length = transformer.template.unicodeScalars.count
        guard (1...InputTransformer.templateLimit).contains(length) else {
            throw .template(
                reason: "a template has 1 to \(InputTransformer.templateLimit) characters, not"
                    + " \(length)", offset: 0)
        }
        var scan = TemplateScan(
            bytes: Array(transformer.template.utf8),
            values: try InputTemplate.values(of: transformer.variables))
        try scan.run()
        parts = scan.parts
        isText = scan.bytes.first { !TemplateScan.isSpace($0) } == 0x22
    }

    /// All that `<name>` may be: the variables, then what is reserved.
    private static func values(
        of variables: [InputTransformer.Variable]
    ) throws(InputError) -> [(name: String, value: Value)] {
        guard variables.count <= InputTransformer.variableLimit else {
            throw .tooManyVariables(variables.count)
        }
        var values: [(name: String, value: Value)] = []
        for variable in variables {
            let name = variable.name
            let isPlain = name.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte & ~0x20)
                    || byte == 0x2D || byte == 0x5F
            }
            if name.lowercased().hasPrefix("aws.") {
                throw .variable(name, reason: "names that begin with \"AWS.\" are reserved")
            }
            guard (1...256).contains(name.utf8.count), isPlain else {
                throw .variable(
                    name, reason: "1 to 256 letters, digits, \"-\", \"_\" were expected")
            }
            guard !values.contains(where: { $0.name == name }) else {
                throw .variable(name, reason: "it is there already")
            }
            values.append((name, .path(try JSONPath(variable.path))))
        }
        return values + Value.reserved.map { ($0.key, $0.value) }
    }
}

/// One pass over a template: finds its variables, and checks that it makes JSON.
struct TemplateScan {
    let bytes: [UInt8]
    let values: [(name: String, value: InputTemplate.Value)]
    private(set) var parts: [InputTemplate.Part] = []

    private var at = 0
    private var inQuotes = false
    /// Whether a variable stood in the string that is being read.
    private var hasVariable = false
    private var literal: [UInt8] = []
    /// The template with `null` for each variable outside quotes and a space for those between
    /// them: JSON if and only if the filled template can be. (With nothing between them,
    /// `\u00<n>41` would look like an escape.)
    private var sample: [UInt8] = []
    /// Where a stretch of the sample stands in the template.
    private var places: [(sample: Int, template: Int)] = [(0, 0)]

    init(bytes: [UInt8], values: [(name: String, value: InputTemplate.Value)]) {
        self.bytes = bytes
        self.values = values
    }

    static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
    }

    mutating func run() throws(InputError) {
        while at < bytes.count {
            if bytes[at] == 0x3C, let end = bytes[at...].firstIndex(of: 0x3E) {
                try variable(String(decoding: bytes[at + 1..<end], as: UTF8.self), end: end)
            } else {
                try plain()
            }
        }
        flush()
        let error: JSONError? = sample.withUnsafeBytes { bytes in
            do throws(JSONError) {
                _ = try TargetInput.check(bytes)
                return nil
            } catch {
                return error
            }
        }
        if let error { throw .template(reason: error.reason, offset: place(error.offset)) }
    }

    private mutating func plain() throws(InputError) {
        let byte = bytes[at]
        if inQuotes || !TemplateScan.isSpace(byte) { literal.append(byte) }
        sample.append(byte)
        if byte == 0x5C, inQuotes, at + 1 < bytes.count, bytes[at + 1] != 0x3C {
            at += 1
            literal.append(bytes[at])
            sample.append(bytes[at])
        } else if byte == 0x22 {
            inQuotes.toggle()
            if !inQuotes, hasVariable,
                bytes[(at + 1)...].first(where: { !Self.isSpace($0) }) == 0x3A
            {
                throw .template(reason: "a variable cannot stand in an object's key", offset: at)
            }
            hasVariable = false
        }
        at += 1
    }

    private mutating func variable(_ name: String, end: Int) throws(InputError) {
        guard let value = values.first(where: { $0.name == name })?.value else {
            throw .template(
                reason: "there is no variable \"\(name)\"; "
                    + Spelling.hint(for: name, among: values.map(\.name)), offset: at)
        }
        if inQuotes, value == .event || value == .eventJSON {
            throw .template(
                reason: "<\(name)> is not escaped, so it must stand outside quotes", offset: at)
        }
        flush()
        parts.append(.value(value, inQuotes: inQuotes))
        sample += Array(inQuotes ? " ".utf8 : "null".utf8)
        if inQuotes { hasVariable = true }
        at = end + 1
        places.append((sample.count, at))
    }

    private mutating func flush() {
        if !literal.isEmpty { parts.append(.literal(literal)) }
        literal = []
    }

    /// The byte of the template where the sample has this one.
    private func place(_ offset: Int) -> Int {
        guard let start = places.last(where: { $0.sample <= offset }) else { return 0 }
        return min(start.template + offset - start.sample, bytes.count)
    }
}
