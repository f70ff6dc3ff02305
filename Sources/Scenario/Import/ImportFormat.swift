import EventModel

/// The form that an import expects its values to have.
public enum ImportFormat: String, CaseIterable, Sendable {
    /// Each value is recognised by its members.
    case auto
    /// EventBridge envelopes, as archived or logged.
    case eventbridge
    /// Button events, which pass through the button handler.
    case button
    /// One object a line, as `export --format jsonl` writes them.
    case jsonl
    /// CloudEvents 1.0 in the JSON format, single ones or batches.
    case cloudevents
    /// Rows under a header, as `export --format csv` writes them.
    case csv
    /// Messages as `mosquitto_sub -F %J` (or `%j`) writes them.
    case mosquitto

    /// Whether values of this form have no id of their own: what is equal to the byte is told apart
    /// by how often it has come.
    var countsOccurrences: Bool { self == .button || self == .mosquitto }
}

/// What an import is told, apart from its inputs.
public struct ImportOptions: Sendable {
    public var format: ImportFormat
    /// The time of button events that carry none.
    public var time: Timestamp?
    /// The file that takes the bad values, byte for byte; nil: bad input ends the import.
    public var skipBad: String?
    /// Whether the check goes on after a problem, to find all of them.
    public var isCollecting: Bool
    /// The largest value that is read. 16 MiB unless set.
    public var valueLimit = 16 << 20
    /// How many bytes are read at once.
    public var chunkSize = 256 << 10
    /// How many ids are compared in memory (32 bytes each) before a temporary file takes them.
    public var recordLimit = 2_000_000
    /// How many problems the report keeps; all are counted and given to `onProblem`.
    public var problemLimit = 1_000

    public init(
        format: ImportFormat = .auto, time: Timestamp? = nil, skipBad: String? = nil,
        isCollecting: Bool = false
    ) {
        self.format = format
        self.time = time
        self.skipBad = skipBad
        self.isCollecting = isCollecting
    }
}
