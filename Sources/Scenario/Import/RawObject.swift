import EventModel
import Foundation

/// The members that an import knows, in any of its forms.
enum MemberName: UInt8 {
    case version, id, detailType, source, account, time, region, resources, detail, replayName
    case sequence, recorded, camelDetailType, device, detailText, form, envelope
    case deviceEvent, devicePayload, clickType
    case specVersion, type, subject, data
    case timeStamp, topic, payload
    case other

    /// The name that the string at `key` (with its quotes) writes.
    init(_ bytes: UnsafeRawBufferPointer, _ key: Range<Int>) {
        let start = bytes.baseAddress! + key.lowerBound + 1
        // The caller's switch has compared the lengths.
        func matches(_ word: StaticString) -> Bool {
            memcmp(start, word.utf8Start, word.utf8CodeUnitCount) == 0
        }
        func either(_ first: MemberName, _ a: StaticString, _ second: MemberName, _ b: StaticString)
            -> MemberName
        {
            matches(a) ? first : matches(b) ? second : .other
        }
        guard memchr(start, 0x5C, key.count - 2) == nil else {
            self = MemberName(escaped: JSONReader(bytes).text(ofString: key))
            return
        }
        switch key.count - 2 {
        case 2: self = matches("id") ? .id : .other
        case 3: self = matches("tst") ? .timeStamp : .other
        case 4:
            self = either(.time, "time", .form, "form")
            if self == .other { self = either(.type, "type", .data, "data") }
        case 5: self = matches("topic") ? .topic : .other
        case 6:
            self =
                matches("source")
                ? .source
                : matches("detail")
                    ? .detail : either(.region, "region", .device, "device")
        case 7:
            self = either(.version, "version", .account, "account")
            if self == .other { self = either(.subject, "subject", .payload, "payload") }
        case 8:
            self =
                matches("recorded")
                ? .recorded
                : either(.sequence, "sequence", .envelope, "envelope")
        case 9: self = either(.resources, "resources", .clickType, "clickType")
        case 10: self = either(.camelDetailType, "detailType", .detailText, "detailText")
        case 11:
            self = either(.detailType, "detail-type", .replayName, "replay-name")
            if self == .other {
                self = either(.deviceEvent, "deviceEvent", .specVersion, "specversion")
            }
        case 13: self = matches("devicePayload") ? .devicePayload : .other
        default: self = .other
        }
    }

    private init(escaped name: String) {
        let plain = Array("\"\(name)\"".utf8)
        self =
            plain.contains(0x5C)
            ? .other : plain.withUnsafeBytes { MemberName($0, 0..<$0.count) }
    }
}

/// A member of an object as it stands in the input: nothing copied, nothing decoded.
struct RawMember {
    var name: MemberName
    /// The key with its quotes.
    var key: Range<Int>
    var value: Range<Int>
    var kind: JSONKind
}

/// A JSON object as ranges of the scanner's text. Valid until the scanner moves on.
struct RawObject {
    var bytes: UnsafeRawBufferPointer
    /// The whole object.
    var range: Range<Int>
    var members: [RawMember]

    func member(_ name: MemberName) -> RawMember? {
        // The last one, as most parsers take it; the forms in which that matters refuse doubles.
        members.last { $0.name == name }
    }

    func has(_ name: MemberName) -> Bool { members.contains { $0.name == name } }

    func text(of member: RawMember) -> String { JSONReader(bytes).text(ofString: member.value) }

    func keyText(_ member: RawMember) -> String { JSONReader(bytes).text(ofString: member.key) }

    /// The bytes of a member's value.
    func slice(_ range: Range<Int>) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: bytes[range])
    }

    func verbatim(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

    /// Refuses an object in which two members have the same name: nobody can say which counts.
    func refuseDoubles() throws(BadValue) {
        var seen: UInt32 = 0
        for place in members.indices {
            let member = members[place]
            let bit = UInt32(1) << UInt32(member.name.rawValue)
            let double =
                seen & bit != 0
                && (member.name != .other
                    || members[..<place].contains { $0.name == .other && sameKey($0, member) })
            seen |= bit
            if double {
                throw BadValue(
                    offset: member.key.lowerBound,
                    reason: "the member \(verbatim(member.key)) stands twice; expected once")
            }
        }
    }

    private func sameKey(_ a: RawMember, _ b: RawMember) -> Bool {
        let (left, right) = (slice(a.key), slice(b.key))
        if left.contains(0x5C) || right.contains(0x5C) {
            return keyText(a).utf8.elementsEqual(keyText(b).utf8)
        }
        return left.elementsEqual(right)
    }

    /// A member that must be there and a string with something in it.
    func required(_ name: MemberName, _ spelled: String, in form: String) throws(BadValue)
        -> RawMember
    {
        guard let member = member(name) else {
            throw BadValue(
                offset: range.lowerBound,
                reason: "the \(form) has no \"\(spelled)\"; expected a string")
        }
        guard member.kind == .string else {
            throw wrongKind(member, "a string")
        }
        guard member.value.count > 2 else {
            throw BadValue(
                offset: member.value.lowerBound,
                reason: "\"\(spelled)\" is empty; expected a string with something in it")
        }
        return member
    }

    /// The detail, which must be there and an object.
    func requiredDetail(in form: String) throws(BadValue) -> RawMember {
        guard let member = member(.detail) else {
            throw BadValue(
                offset: range.lowerBound,
                reason: "the \(form) has no \"detail\"; expected an object")
        }
        guard member.kind == .object else { throw wrongKind(member, "an object") }
        return member
    }

    func wrongKind(_ member: RawMember, _ expected: String) -> BadValue {
        BadValue(
            offset: member.value.lowerBound,
            reason: "\(verbatim(member.key)) is \(member.kind.phrase); expected \(expected)")
    }

    /// The time that the string member gives, and how finely.
    func time(of member: RawMember) throws(BadValue) -> (Timestamp, Timestamp.Resolution) {
        let inner = member.value.lowerBound + 1..<member.value.upperBound - 1
        do throws(Timestamp.TextError) {
            if slice(inner).contains(0x5C) {
                let found = Array(text(of: member).utf8).withUnsafeBytes { bytes in
                    Result { () throws(Timestamp.TextError) in try Timestamp.parse(bytes) }
                }
                return try found.get()
            }
            return try Timestamp.parse(slice(inner))
        } catch {
            throw BadValue(
                offset: member.value.lowerBound,
                reason: "\(verbatim(member.key)) is \(excerpt(member.value)): \(error); expected a "
                    + "time such as 2024-02-29T18:00:00Z")
        }
    }

    func excerpt(_ range: Range<Int>) -> String {
        range.count <= 60 ? verbatim(range) : String(verbatim(range).prefix(57)) + "…"
    }
}

extension JSONKind {
    var phrase: String {
        switch self {
        case .object: "an object"
        case .array: "an array"
        case .string: "a string"
        case .number: "a number"
        case .bool: "true or false"
        case .null: "null"
        }
    }
}
