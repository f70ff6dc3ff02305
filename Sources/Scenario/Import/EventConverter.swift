import EventModel

/// An event as it was read, with what the check of the ids needs.
struct Converted {
    var event: Event
    /// See `KnownContent.comparable`.
    var comparable: UInt64
    var resolution: Timestamp.Resolution
    /// The form of the input, not the event's: a `jsonl` line may hold an event of any form.
    var format: ImportFormat
}

/// Turns the values of an input into events. The same in both readings of an import.
struct EventConverter {
    let format: ImportFormat
    /// The time of button events that carry none.
    let time: Timestamp?
    var cache = ContentCache()
    /// The `sequence` of the last good `jsonl` line of this input.
    var lastSequence: Int64?

    init(format: ImportFormat, time: Timestamp?) {
        self.format = format
        self.time = time
    }

    mutating func convert(_ object: RawObject) throws(BadValue) -> Converted {
        let found = try recognise(object)
        switch found {
        case .eventbridge: return try convertEventBridge(object)
        case .jsonl: return try convertJSONLine(object)
        case .cloudevents: return try convertCloudEvent(object)
        case .mosquitto: return try convertCapture(object)
        case .auto, .button, .csv: return try convertButton(object)
        }
    }

    /// The form of this value, by its members.
    private func recognise(_ object: RawObject) throws(BadValue) -> ImportFormat {
        var found: ImportFormat?
        for member in object.members {
            switch member.name {
            case .detailType: found = .eventbridge
            case .camelDetailType: if found != .eventbridge { found = .jsonl }
            case .deviceEvent, .devicePayload, .clickType: found = found ?? .button
            case .specVersion: found = found ?? .cloudevents
            case .topic: found = found ?? (object.has(.payload) ? .mosquitto : nil)
            default: break
            }
        }
        if format == .auto {
            guard let found else {
                throw BadValue(
                    offset: object.range.lowerBound,
                    reason:
                        "the object is of no known form; expected \"detail-type\" (an EventBridge "
                        + "envelope), \"detailType\" (a jsonl line), \"specversion\" (a "
                        + "CloudEvent), \"topic\" with \"payload\" (a message that mosquitto_sub "
                        + "wrote), or \"deviceEvent\", \"devicePayload\" or \"clickType\" (a "
                        + "button event)")
            }
            return found
        }
        if let found, found != format {
            throw BadValue(
                offset: object.range.lowerBound,
                reason: "the object is \(found.phrase), not \(format.phrase); import it with "
                    + "--format \(found.rawValue) or --format auto")
        }
        return format
    }
}

extension ImportFormat {
    /// Its place among all.
    var place: Int {
        switch self {
        case .auto: 0
        case .eventbridge: 1
        case .button: 2
        case .jsonl: 3
        case .cloudevents: 4
        case .csv: 5
        case .mosquitto: 6
        }
    }

    var phrase: String {
        switch self {
        case .auto: "any form"
        case .eventbridge: "an EventBridge envelope"
        case .button: "a button event"
        case .jsonl: "a jsonl line"
        case .cloudevents: "a CloudEvent"
        case .csv: "a csv row"
        case .mosquitto: "a message that mosquitto_sub wrote"
        }
    }
}

/// Builds the text of an event's envelope: one JSON object without white space.
struct EnvelopeText {
    private var text = ""

    /// Adds a member; both are JSON text.
    mutating func add(_ key: String, _ value: String) {
        text += text.isEmpty ? "{" : ","
        text += key
        text += ":"
        text += value
    }

    /// nil where there was no member.
    var finished: String? { text.isEmpty ? nil : text + "}" }
}
