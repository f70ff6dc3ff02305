import EventModel

/// How a `jsonl` line that was written by hand differs from the one that an export writes: what
/// `original` needs to give that line back. It is kept as the envelope's member `jsonl`; a line
/// as an export writes it needs none.
///
///     {"omits":["sequence","recorded"],"adds":["form"],"time":0,"recorded":null,"members":["note"]}
struct LineSpelling {
    /// How a time stands in the line.
    enum Time {
        /// As an export writes it: UTC, six fraction digits.
        case canonical
        /// UTC with no or three fraction digits, which many events may share.
        case utc(Timestamp.Resolution)
        case null
        case text(String)
    }

    /// Members that an export writes and the line does not.
    var omits: [String] = []
    /// Members that the line writes and an export does not, though they say nothing new.
    var adds: [String] = []
    var time = Time.canonical
    var recorded = Time.canonical
    /// The names of those members of the envelope that stand in the line itself, as UTF-8: texts
    /// that look the same are not one name.
    var members: [[UInt8]] = []

    static let key = EventContent.lineSpellingKey
    private static let omittable = ["sequence", "recorded", "device", "detailText"]
    private static let addable = ["form", "detailText", "envelope"]
    /// The members of a line that are no others'.
    private static let known = [
        "sequence", "id", "time", "recorded", "source", "detailType", "device", "detail",
        "detailText", "form", "envelope",
    ].map { Array($0.utf8) }

    init() {}

    /// As JSON; nil for a line as an export writes it.
    var text: String? {
        var found: [JSONValue.Member] = []
        func add(_ key: String, _ names: [String]) {
            if !names.isEmpty { found.append(.init(key, .array(names.map { .string($0) }))) }
        }
        add("omits", omits)
        add("adds", adds)
        if let time = time.json { found.append(.init("time", time)) }
        if let recorded = recorded.json { found.append(.init("recorded", recorded)) }
        add("members", members.map { String(decoding: $0, as: UTF8.self) })
        return found.isEmpty ? nil : JSONValue.object(found).text()
    }

    /// Reads what `text` wrote; nil where it is anything else.
    init?(_ value: JSONValue) {
        guard case .object(let found) = value, !found.isEmpty else { return nil }
        for member in found {
            switch member.key {
            case "time", "recorded":
                guard let time = Time(member.value) else { return nil }
                if member.key == "recorded" {
                    recorded = time
                } else if case .null = time {
                    return nil
                } else {
                    self.time = time
                }
            case "omits", "adds", "members":
                guard let names = member.value.array?.map(\.string), !names.contains(nil)
                else { return nil }
                let texts = names.compactMap(\.self)
                switch member.key {
                case "omits": omits = texts
                case "adds": adds = texts
                default: members = texts.map { Array($0.utf8) }
                }
            default: return nil
            }
        }
        guard omits.allSatisfy(LineSpelling.omittable.contains),
            adds.allSatisfy(LineSpelling.addable.contains),
            !members.contains(where: LineSpelling.known.contains)
        else { return nil }
    }
}

extension LineSpelling.Time {
    /// The resolution in which an export would write the time so; nil where it never would.
    ///
    /// - Parameter quoted: a string that was read as a time, so that only its length and its
    ///   letters can differ.
    static func resolution(of quoted: UnsafeRawBufferPointer) -> Timestamp.Resolution? {
        guard quoted.count >= 22, quoted[11] == 0x54, quoted[quoted.count - 2] == 0x5A,
            !quoted.contains(0x5C)
        else { return nil }
        switch quoted.count {
        case 22: return .second
        case 26: return .millisecond
        case 29: return .microsecond
        default: return nil
        }
    }

    init(_ object: RawObject, _ member: RawMember) {
        guard member.kind == .string else {
            self = .null
            return
        }
        switch Self.resolution(of: object.slice(member.value)) {
        case .microsecond?: self = .canonical
        case let resolution?: self = .utc(resolution)
        case nil: self = .text(object.text(of: member))
        }
    }

    fileprivate init?(_ value: JSONValue) {
        switch value {
        case .number("0"): self = .utc(.second)
        case .number("3"): self = .utc(.millisecond)
        case .null: self = .null
        case .string(let text) where (try? Timestamp(text: text)) != nil: self = .text(text)
        default: return nil
        }
    }

    fileprivate var json: JSONValue? {
        switch self {
        case .canonical: nil
        case .utc(let resolution): resolution == .second ? 0 : 3
        case .null: .null
        case .text(let text): .string(text)
        }
    }
}

extension EventContent {
    /// How the line was spelled, where it came in as one written by hand.
    var lineSpelling: LineSpelling? {
        form == .jsonLines ? envelopeMember(LineSpelling.key).flatMap(LineSpelling.init) : nil
    }
}
