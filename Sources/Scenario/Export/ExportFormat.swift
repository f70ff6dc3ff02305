/// The form in which events are written.
public enum ExportFormat: String, CaseIterable, Sendable {
    /// Our lossless form: importing it gives the same events, field by field.
    case jsonl
    /// EventBridge envelopes as the service delivers them: UTC, whole seconds unless the event
    /// came in with a fraction.
    case eventbridge
    /// What was imported, equal as JSON; simulated events as envelopes that keep milliseconds.
    case original
    /// Rows under a header (RFC 4180); lossless as `jsonl` is.
    case csv
    /// CloudEvents 1.0 in the JSON format; lossless as `jsonl` is.
    case cloudevents
    /// The same as one array: a batch in the JSON batch format.
    case cloudeventsBatch = "cloudevents-batch"
    /// A Parquet file for notebooks: every field, and the click of a press.
    case parquet

    /// What stands before the first event.
    var opening: String {
        switch self {
        case .csv: CSVColumn.allCases.map(\.rawValue).joined(separator: ",") + lineEnd
        case .cloudeventsBatch: "["
        default: ""
        }
    }

    /// What stands behind each event.
    var lineEnd: String {
        switch self {
        case .csv: "\r\n"
        case .cloudeventsBatch, .parquet: ""
        default: "\n"
        }
    }

    /// What stands behind the last event.
    var closing: String { self == .cloudeventsBatch ? "]\n" : "" }
}
