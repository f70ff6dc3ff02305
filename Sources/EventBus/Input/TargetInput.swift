import EventModel

/// What part of an event a target is given: all of it, the value at an InputPath, or the text
/// that an InputTransformer makes. Compiled once, used for every event.
///
/// Events are walked as bytes: numbers keep their text, strings their escapes, and of members
/// with one key the last one counts. Source: the EventBridge user guide, "Amazon EventBridge
/// input transformation", and, where it is silent, what the service has been seen to answer.
public struct TargetInput: Sendable {
    /// The event as it is.
    public static let event = TargetInput(form: .event)

    private let form: Form

    private enum Form: Sendable {
        case event
        case path(JSONPath)
        case template(InputTemplate)
    }

    private init(form: Form) { self.form = form }

    /// The value at a JSON path: `$`, `$.detail`, `$.resources[0]`, `$['detail-type']`.
    ///
    /// An event without such a value gives `null`; the documentation does not say what the service
    /// does then.
    public init(path: String) throws(InputError) {
        form = .path(try JSONPath(path))
    }

    /// A template with values of the event in it.
    ///
    /// - Throws: what is wrong with a path, a name or the template; the service refuses such a
    ///   target, too.
    public init(transformer: InputTransformer) throws(InputError) {
        form = .template(try InputTemplate(transformer))
    }

    /// The bytes that the target is given: one JSON value.
    ///
    /// - Parameters:
    ///   - event: the event's JSON, UTF-8.
    ///   - context: what is not in the event.
    /// - Throws: `InputError.event` for what is no JSON, `InputError.output` where the filled
    ///   template is none.
    public func input(
        for event: UnsafeRawBufferPointer, in context: InputContext
    ) throws(InputError) -> [UInt8] {
        let filled: InputFilling
        do throws(JSONError) {
            switch form {
            case .event: return [UInt8](event)
            case .path(let path):
                let found = try path.value(in: event, at: try TargetInput.check(event))
                return found.map { [UInt8](event[$0]) } ?? Array("null".utf8)
            case .template(let template):
                var filling = InputFilling(
                    event: event, whole: try TargetInput.check(event), context: context,
                    isText: template.isText)
                for part in template.parts { try filling.append(part) }
                filled = filling
            }
        } catch {
            throw .event(error)
        }
        return try filled.output()
    }

    /// The bytes that the target is given; see `input(for:in:)` of a buffer.
    public func input(for event: [UInt8], in context: InputContext) throws(InputError) -> [UInt8] {
        let input = event.withUnsafeBytes { bytes in
            Result { () throws(InputError) -> [UInt8] in try self.input(for: bytes, in: context) }
        }
        return try input.get()
    }

    /// The place of the one JSON value in the bytes.
    static func check(_ bytes: UnsafeRawBufferPointer) throws(JSONError) -> Range<Int> {
        var reader = JSONReader(bytes)
        let whole = try reader.skipValue()
        reader.skipWhitespace()
        guard reader.isAtEnd else {
            throw JSONError(offset: reader.offset, reason: "there is text after the JSON value")
        }
        return whole
    }
}

/// What a template may ask for that is not in the event.
public struct InputContext: Sendable {
    /// `<aws.events.rule-arn>`.
    public var ruleARN: String
    /// `<aws.events.rule-name>`.
    public var ruleName: String
    /// `<aws.events.event.ingestion-time>`: when the bus took the event in.
    public var ingestionTime: Timestamp

    /// What the bus knows of one event and the rule that matched it.
    public init(ruleARN: String, ruleName: String, ingestionTime: Timestamp) {
        self.ruleARN = ruleARN
        self.ruleName = ruleName
        self.ingestionTime = ingestionTime
    }
}
