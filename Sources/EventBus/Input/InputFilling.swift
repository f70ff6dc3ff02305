import EventModel

/// Fills a template from one event.
struct InputFilling {
    let event: UnsafeRawBufferPointer
    /// Where the event's JSON value stands.
    let whole: Range<Int>
    let context: InputContext
    /// Whether the template is one string.
    let isText: Bool

    private var bytes: [UInt8] = []
    /// Whether something stands between quotes that may not be made for it.
    private var isDoubtful = false

    init(
        event: UnsafeRawBufferPointer, whole: Range<Int>, context: InputContext, isText: Bool
    ) {
        self.event = event
        self.whole = whole
        self.context = context
        self.isText = isText
    }

    mutating func append(_ part: InputTemplate.Part) throws(JSONError) {
        switch part {
        case .literal(let literal): bytes += literal
        case .value(let value, let inQuotes):
            switch value {
            case .path(let path):
                let range = try path.value(in: event, at: whole)
                try inQuotes ? appendText(at: range) : appendJSON(at: range)
            case .ruleARN: append(context.ruleARN, inQuotes)
            case .ruleName: append(context.ruleName, inQuotes)
            case .ingestionTime: append(context.ingestionTime.text(.second), inQuotes)
            case .event: try appendEnvelope()
            case .eventJSON: appendMinified(whole)
            }
        }
    }

    /// The filled template.
    func output() throws(InputError) -> [UInt8] {
        guard isDoubtful else { return bytes }
        let error: JSONError? = bytes.withUnsafeBytes { bytes in
            do throws(JSONError) {
                _ = try TargetInput.check(bytes)
                return nil
            } catch {
                return error
            }
        }
        if let error { throw .output(error) }
        return bytes
    }

    private mutating func append(_ text: String, _ inQuotes: Bool) {
        let quoted = JSONText.quoted(text).utf8
        if inQuotes { bytes += quoted.dropFirst().dropLast() } else { bytes += quoted }
    }

    private mutating func appendJSON(at range: Range<Int>?) throws(JSONError) {
        if let range { appendMinified(range) } else { bytes += Array("\"\"".utf8) }
    }

    private mutating func appendText(at range: Range<Int>?) throws(JSONError) {
        guard let range else { return }
        var reader = JSONReader(event, at: range.lowerBound)
        switch try reader.peekKind() {
        // The escapes that it has are those that it needs between other quotes.
        case .string: bytes += event[range.lowerBound + 1..<range.upperBound - 1]
        case .number, .bool, .null: bytes += event[range]
        case .object, .array:
            if isText {
                appendWithoutQuotes(range)
            } else {
                appendMinified(range)
                isDoubtful = true
            }
        }
    }

    private mutating func appendMinified(_ range: Range<Int>) {
        InputFilling.forEachToken(of: event, in: range) { token in bytes += event[token] }
    }

    /// Keys and strings without their quotes, and without the quotes in them.
    private mutating func appendWithoutQuotes(_ range: Range<Int>) {
        InputFilling.forEachToken(of: event, in: range) { token in
            guard event[token.lowerBound] == 0x22 else {
                bytes += event[token]
                return
            }
            var at = token.lowerBound + 1
            while at < token.upperBound - 1 {
                if event[at] == 0x5C {
                    if event[at + 1] != 0x22 { bytes += event[at...at + 1] }
                    at += 2
                } else {
                    bytes.append(event[at])
                    at += 1
                }
            }
        }
    }

    /// Each stretch of checked JSON that has no white space between tokens; strings by themselves.
    private static func forEachToken(
        of event: UnsafeRawBufferPointer, in range: Range<Int>, _ body: (Range<Int>) -> Void
    ) {
        var at = range.lowerBound
        while at < range.upperBound {
            let start = at
            if TemplateScan.isSpace(event[at]) {
                at += 1
                continue
            }
            if event[at] == 0x22 {
                at += 1
                while event[at] != 0x22 { at += event[at] == 0x5C ? 2 : 1 }
                at += 1
            } else {
                while at < range.upperBound, event[at] != 0x22, !TemplateScan.isSpace(event[at]) {
                    at += 1
                }
            }
            body(start..<at)
        }
    }

    /// `<aws.events.event>`: all but the detail. The service spells one key in its own way.
    private mutating func appendEnvelope() throws(JSONError) {
        var reader = JSONReader(event, at: whole.lowerBound)
        var isFirst = true
        bytes.append(0x7B)
        try reader.forEachMember { (reader, key) throws(JSONError) in
            let value = try reader.skipValue()
            if reader.string(at: key, is: "detail") { return }
            if !isFirst { bytes.append(0x2C) }
            isFirst = false
            if reader.string(at: key, is: "detail-type") {
                bytes += Array("\"detailType\"".utf8)
            } else {
                bytes += event[key]
            }
            bytes.append(0x3A)
            appendMinified(value)
        }
        bytes.append(0x7D)
    }
}
