import EventModel

/// The attributes that an export adds to a CloudEvent, so that nothing is lost.
enum CloudEventAttribute {
    /// The documented extension "sequence": text that sorts as the ledger does.
    static let sequence: StaticString = "sequence"
    /// The documented extension "recorded time".
    static let recorded: StaticString = "recordedtime"
    /// How the event came in. Where it is there, an export of ours has written the event.
    static let form: StaticString = "replaylabform"
    /// The rest of the envelope, as text.
    static let envelope: StaticString = "replaylabenvelope"
    /// The detail, byte for byte, where `data` cannot be that.
    static let detail: StaticString = "replaylabdetail"
    /// What the data are: an export writes JSON.
    static let contentType: StaticString = "datacontenttype"
    /// Data that are no JSON; never written.
    static let base64: StaticString = "data_base64"

    /// Those that an export writes and an import knows by no name of its own.
    static let written = [contentType, recorded, form, envelope, detail]
}

extension LineTemplate {
    /// A CloudEvent in the JSON format; an attribute that is null is one that is not set.
    func addCloudEvent() {
        pending = "{\"specversion\":\"1.0\",\"id\":"
        gap(.id)
        pending = ",\"source\":\(JSONText.quoted(content.source))"
        pending += ",\"type\":\(JSONText.quoted(content.detailType)),\"time\":"
        gap(.time(.microseconds))
        if let device = content.device { pending += ",\"subject\":\(JSONText.quoted(device))" }
        pending += ",\"datacontenttype\":\"application/json\""
        pending += ",\"\(CloudEventAttribute.sequence)\":\""
        gap(.paddedSequence)
        pending = "\",\"\(CloudEventAttribute.recorded)\":"
        gap(.recorded(.microseconds))
        pending += ",\"\(CloudEventAttribute.form)\":\"\(content.form.name)\""
        if let envelope = content.envelope {
            pending += ",\"\(CloudEventAttribute.envelope)\":\(JSONText.quoted(envelope))"
        }
        if content.detail.hasLineBreaks {
            pending += ",\"\(CloudEventAttribute.detail)\":\(JSONText.quoted(content.detail))"
        }
        pending += ",\"data\":\(content.detail.onOneLine)}"
    }
}
