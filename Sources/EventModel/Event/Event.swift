/// Something that happened. Never changed once it is in a ledger.
///
/// The parts that differ from event to event stand here; the parts that events share stand in
/// `content`, which many events may point to.
public struct Event: Sendable {
    public var id: EventID
    /// When the event says it happened.
    public var time: Timestamp
    /// When the ledger took it in; nil until it has. A ledger never lets it fall.
    public var recorded: Timestamp?
    public var content: EventContent

    public init(id: EventID, time: Timestamp, recorded: Timestamp? = nil, content: EventContent) {
        self.id = id
        self.time = time
        self.recorded = recorded
        self.content = content
    }

    public var source: String { content.source }
    public var detailType: String { content.detailType }
    public var device: String? { content.device }
    /// The detail, a JSON object, byte for byte as it came.
    public var detail: String { content.detail }
}

/// How an event came in, which decides what `original` exports.
public enum EventForm: UInt8, CaseIterable, Sendable {
    /// Put by the simulation or by a live press.
    case put
    /// An EventBridge envelope, as archived or logged.
    case eventBridge
    /// A button event; the original stands in the detail under `button-event`.
    case button
    /// A line of our own `jsonl`, written by hand or by another program.
    case jsonLines

    /// The name that exports write.
    public var name: String {
        switch self {
        case .put: "put"
        case .eventBridge: "eventbridge"
        case .button: "button"
        case .jsonLines: "jsonl"
        }
    }

    public init?(name: String) {
        guard let form = EventForm.allCases.first(where: { $0.name == name }) else { return nil }
        self = form
    }
}

/// What an event says, apart from which one it is and when it happened.
///
///     source ─ detail type ─ device ─ detail (verbatim JSON object) ─ envelope (the rest, JSON)
///
/// A simulated year of one button has three contents and a thousand events. Contents are immutable
/// and shared; a ledger stores each once.
public final class EventContent: Sendable {
    public let source: String
    public let detailType: String
    /// The button or feeder that the event came from; nil where it names none.
    public let device: String?
    /// A JSON object, byte for byte as it came.
    public let detail: String
    public let form: EventForm
    /// What else the envelope held, as the text of one JSON object without white space:
    /// `version`, `account`, `region`, `resources`, `replay-name`, and `time` where the time was
    /// spelled otherwise than the ledger's integer would spell it; `jsonl` where a line was spelled
    /// otherwise than an export would (`docs/formats.md`). nil where nothing else was there.
    public let envelope: String?
    /// SHA-256 over the canonical encoding: see `docs/ledger-format.md`.
    public let digest: SHA256Digest
    /// What the detail means to the laboratory.
    public let meaning: Meaning

    /// The typed form of a content.
    public enum Meaning: Sendable, Equatable {
        /// A press: source `com.feedmyfurbabies`, which is what rule `feeds-rule` lets through, and
        /// a detail whose `click-type` is SINGLE, DOUBLE or LONG, which is what the feeder function
        /// acts on.
        case press(ClickKind)
        /// A device is registered with a feeder.
        case registration(Registration)
        /// Any other event: kept, and given to the projections that ask for it.
        case other
    }

    /// - Parameter detail: JSON, already checked; it is not checked again.
    public init(
        source: String, detailType: String, device: String?, detail: String,
        form: EventForm = .put, envelope: String? = nil
    ) {
        self.source = source
        self.detailType = detailType
        self.device = device
        self.detail = detail
        self.form = form
        self.envelope = envelope
        var hash = SHA256()
        hash.update(bigEndian: UInt8(1))
        hash.update(bigEndian: form.rawValue)
        hash.update(counted: source)
        hash.update(counted: detailType)
        for text in [device, envelope] {
            hash.update(bigEndian: UInt8(text == nil ? 0 : 1))
            hash.update(counted: text ?? "")
        }
        hash.update(counted: detail)
        self.digest = hash.digest()
        self.meaning = Meaning(source: source, detailType: detailType, detail: detail)
    }

    /// The click, where the content is a press.
    public var click: ClickKind? { if case .press(let click) = meaning { click } else { nil } }
}

extension EventContent.Meaning {
    init(source: String, detailType: String, detail: String) {
        if source == FeederSystem.source,
            let word = EventContent.lastString("click-type", in: detail),
            let click = ClickKind(word: word)
        {
            self = .press(click)
        } else if source == Registration.source, detailType == Registration.detailType,
            let registration = Registration(detail: detail)
        {
            self = .registration(registration)
        } else {
            self = .other
        }
    }
}

extension EventContent {
    /// The string of the last top-level member `key` of a JSON object, as Python's `json.loads`
    /// would find it; nil where it is missing or no string.
    public static func lastString(_ key: String, in detail: String) -> String? {
        var (detail, key) = (detail, key)
        return detail.withUTF8 { bytes in
            var reader = JSONReader(UnsafeRawBufferPointer(bytes))
            var found: String?
            try? reader.forEachMember { (reader, name) throws(JSONError) in
                let kind = try reader.peekKind()
                let value = try reader.skipValue(depth: 1)
                guard reader.string(at: name, is: &key) else { return }
                found = kind == .string ? reader.text(ofString: value) : nil
            }
            return found
        }
    }
}
