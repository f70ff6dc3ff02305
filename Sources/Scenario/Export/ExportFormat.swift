/// The form in which events are written, one a line.
public enum ExportFormat: String, CaseIterable, Sendable {
    /// Our lossless form: importing it gives the same events, field by field.
    case jsonl
    /// EventBridge envelopes as the service delivers them: UTC, whole seconds unless the event
    /// came in with a fraction.
    case eventbridge
    /// What was imported, equal as JSON; simulated events as envelopes that keep milliseconds.
    case original
}
