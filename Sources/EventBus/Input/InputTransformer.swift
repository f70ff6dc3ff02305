/// A template and the variables in it: EventBridge's InputTransformer.
///
/// The template is one JSON value in which `<name>` may stand. Outside quotes a variable becomes
/// the JSON of its value, a string with its quotes; between quotes it becomes the value's text:
///
///     {"click": <click>, "text": "a <click> press"}   ->   {"click":"SINGLE","text":"a SINGLE press"}
///     "a <click> press"                               ->   "a SINGLE press"
///
/// - A value that the event lacks becomes `""` outside quotes and nothing between them.
/// - White space between the tokens of the template and of its values is left out.
/// - In a template that is one string, an object or a list loses all its quotes: `{a:1,b:x}`
///   (inferred; the guide is silent). In any other template it must not stand between quotes: the
///   service does not escape it, and what comes out is no JSON.
/// - `<` and `>` cannot be escaped.
///
/// Reserved names need no path: `aws.events.rule-arn`, `aws.events.rule-name`,
/// `aws.events.event.ingestion-time`, and, outside quotes only, `aws.events.event` (the event
/// without its `detail`, and with `detailType` for `detail-type`) and `aws.events.event.json` (all
/// of the event).
public struct InputTransformer: Hashable, Sendable {
    /// At most 100, each name once.
    public var variables: [Variable]
    /// 1 to 8,192 characters.
    public var template: String

    /// A name for the value at a JSON path.
    public struct Variable: Hashable, Sendable {
        /// 1 to 256 letters, digits, `-` and `_`; not beginning with `AWS`.
        public var name: String
        /// As in `TargetInput.init(path:)`.
        public var path: String

        /// A variable; name and path are checked when the transformer is compiled.
        public init(_ name: String, _ path: String) {
            self.name = name
            self.path = path
        }
    }

    /// The most variables that the service takes.
    public static let variableLimit = 100
    /// The most characters of a template that the service takes.
    public static let templateLimit = 8192

    /// A transformer as it is written; `TargetInput` checks it.
    public init(variables: [Variable], template: String) {
        self.variables = variables
        self.template = template
    }
}
