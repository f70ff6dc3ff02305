import EventModel

extension EventConverter {
    /// Reads a CloudEvent 1.0 in the JSON format. One without a time gets that of `--time`.
    ///
    /// One that an export of ours has written says so by an attribute, and is what it was. Any
    /// other comes in as a line of ours does, its remaining attributes in the envelope.
    mutating func convertCloudEvent(_ object: RawObject) throws(BadValue) -> Converted {
        try object.refuseDoubles()
        let event = try CloudEvent(object)
        guard let time = event.time ?? time else {
            throw BadValue(
                offset: object.range.lowerBound,
                reason: "the CloudEvent has no \"time\"; say when it happened with --time")
        }
        if let sequence = event.sequence, let last = lastSequence, sequence.number <= last {
            throw BadValue(
                offset: sequence.offset,
                reason: "sequence \(sequence.number) follows \(last); expected rising sequences: "
                    + "the events were reordered or repeated")
        }
        cache.begin(0xC0 | event.form.rawValue)
        cache.add(event.isOurs ? 1 : 0)
        if event.keepsSpelling, let member = event.timeMember {
            cache.add(1)
            cache.add(object.slice(member.value))
        }
        for member in object.members where !event.isOwnToEvent(member) {
            cache.add(object.slice(member.key))
            cache.add(object.slice(member.value))
        }
        let known = try cache.content { (_) throws(BadValue) in try event.content() }
        if known.spelled != nil, let spelled = known.content.envelopeTime, spelled != time {
            throw BadValue(
                offset: event.timeMember?.value.lowerBound ?? object.range.lowerBound,
                reason: "\"time\" and the envelope's own spelling of it differ; expected one moment"
            )
        }
        if let sequence = event.sequence { lastSequence = sequence.number }
        return Converted(
            event: Event(
                id: object.id(of: event.id), time: time, recorded: event.recorded,
                content: known.content),
            comparable: known.comparable, resolution: known.resolution(of: time),
            format: .cloudevents)
    }
}

/// The parts of a CloudEvent, checked.
private struct CloudEvent {
    let object: RawObject
    let id: RawMember
    var timeMember: RawMember?
    var time: Timestamp?
    var recorded: Timestamp?
    /// Of an event that an export of ours has written.
    var sequence: (number: Int64, offset: Int)?
    var form = EventForm.jsonLines
    /// Whether an export of ours has written it.
    var isOurs = false
    /// Whether the time is spelled otherwise than the ledger's integer would spell it.
    var keepsSpelling = false
    private let source: RawMember
    private let type: RawMember
    private let data: RawMember
    private var subject: RawMember?
    private var envelopeMember: RawMember?
    private var detailMember: RawMember?

    init(_ object: RawObject) throws(BadValue) {
        let name = "CloudEvent"
        self.object = object
        let version = try object.required(.specVersion, "specversion", in: name)
        guard object.text(of: version) == "1.0" else {
            throw BadValue(
                offset: version.value.lowerBound,
                reason: "\"specversion\" is \(object.excerpt(version.value)); expected \"1.0\"")
        }
        id = try object.required(.id, "id", in: name)
        source = try object.required(.source, "source", in: name)
        type = try object.required(.type, "type", in: name)
        if let member = CloudEvent.member(of: object, CloudEventAttribute.base64) {
            throw BadValue(
                offset: member.key.lowerBound,
                reason: "\"data_base64\" is no detail, and an event has one of it and \"data\"; "
                    + "expected \"data\", an object")
        }
        guard let data = object.member(.data) else {
            throw BadValue(
                offset: object.range.lowerBound,
                reason: "the CloudEvent has no \"data\"; expected an object: a detail is one")
        }
        guard data.kind == .object else { throw object.wrongKind(data, "an object") }
        self.data = data
        subject = try optional(.subject)
        if let member = try optional(.time) {
            timeMember = member
            time = try object.time(of: member).0
        }
        if let member = try optional(CloudEventAttribute.recorded) {
            recorded = try object.time(of: member).0
        }
        if let member = try optional(CloudEventAttribute.form) { try readExtras(member) }
        if !isOurs, let timeMember, let time {
            let text = object.slice(timeMember.value.dropFirst().dropLast())
            keepsSpelling = !EventConverter.isShort(text, time)
        }
    }

    /// The attributes of an export of ours.
    private mutating func readExtras(_ member: RawMember) throws(BadValue) {
        guard let form = EventForm(name: object.text(of: member)) else {
            let names = EventForm.allCases.map(\.name).joined(separator: ", ")
            throw BadValue(
                offset: member.value.lowerBound,
                reason: "\"\(CloudEventAttribute.form)\" is \(object.excerpt(member.value)); "
                    + "expected one of \(names)")
        }
        self.form = form
        isOurs = true
        envelopeMember = try optional(CloudEventAttribute.envelope)
        detailMember = try optional(CloudEventAttribute.detail)
        try refuseOthers()
        guard let member = try optional(.sequence) else { return }
        guard let number = Int64(object.text(of: member)), number > 0 else {
            throw BadValue(
                offset: member.value.lowerBound,
                reason: "\"sequence\" is \(object.excerpt(member.value)); expected a whole number "
                    + "from 1, as text")
        }
        sequence = (number, member.value.lowerBound)
    }

    /// What an export of ours does not write has no place in the event that it stands for.
    private func refuseOthers() throws(BadValue) {
        let reader = JSONReader(object.bytes)
        for member in object.members where member.kind != .null {
            switch member.name {
            case .specVersion, .id, .source, .type, .time, .subject, .data, .sequence: continue
            case .other
            where CloudEventAttribute.written.contains { reader.string(at: member.key, is: $0) }:
                continue
            default:
                throw BadValue(
                    offset: member.key.lowerBound,
                    reason: "an export has not written the attribute "
                        + "\(object.verbatim(member.key)), and \"\(CloudEventAttribute.form)\" says "
                        + "that one has written the event; expected one of the two")
            }
        }
    }

    /// An attribute that is a string with something in it; nil where it is null or not there.
    private func optional(_ name: MemberName) throws(BadValue) -> RawMember? {
        try object.member(name).flatMap { (member) throws(BadValue) in try checked(member) }
    }

    private func optional(_ name: StaticString) throws(BadValue) -> RawMember? {
        guard let member = CloudEvent.member(of: object, name) else { return nil }
        return try checked(member)
    }

    private static func member(of object: RawObject, _ name: StaticString) -> RawMember? {
        let reader = JSONReader(object.bytes)
        return object.members.first {
            $0.name.isUnnamed && reader.string(at: $0.key, is: name)
        }
    }

    private func checked(_ member: RawMember) throws(BadValue) -> RawMember? {
        if member.kind == .null { return nil }
        guard member.kind == .string, member.value.count > 2 else {
            throw object.wrongKind(member, "a string with something in it, or null")
        }
        return member
    }

    /// Whether a member says what differs from event to event, and so is no part of the content.
    func isOwnToEvent(_ member: RawMember) -> Bool {
        if member.name == .id || member.name == .time { return true }
        if member.name == .sequence { return isOurs }
        let reader = JSONReader(object.bytes)
        guard member.name.isUnnamed else { return false }
        return reader.string(at: member.key, is: CloudEventAttribute.recorded)
    }

    func content() throws(BadValue) -> EventContent {
        let detail = try detail()
        // Where an export of ours gives no subject there is no device, whatever the detail says.
        let device =
            subject.map(object.text(of:)) ?? (isOurs ? nil : EventConverter.device(in: detail))
        return EventContent(
            source: object.text(of: source), detailType: object.text(of: type), device: device,
            detail: detail, form: form,
            envelope: isOurs ? try keptEnvelope() : try otherAttributes())
    }

    private func detail() throws(BadValue) -> String {
        let detail = object.verbatim(data.value)
        guard let member = detailMember else { return detail }
        let text = object.text(of: member)
        guard CheckedText.isObject(text, likewise: detail) else {
            throw BadValue(
                offset: member.value.lowerBound,
                reason: "\"\(CloudEventAttribute.detail)\" does not write the same object as "
                    + "\"data\"; expected the detail's own text, or none")
        }
        return text
    }

    private func keptEnvelope() throws(BadValue) -> String? {
        guard let member = envelopeMember else { return nil }
        let found = Array(object.text(of: member).utf8).withUnsafeBytes { text in
            Result { () throws(JSONError) in try CheckedText.envelope(text, of: form) }
        }
        do throws(JSONError) { return try found.get() } catch {
            throw BadValue(
                offset: member.value.lowerBound,
                reason: "\"\(CloudEventAttribute.envelope)\" is no envelope: \(error)")
        }
    }

    /// The attributes of a foreign event that the event itself does not hold, in their order.
    private func otherAttributes() throws(BadValue) -> String? {
        var envelope = EnvelopeText()
        for member in object.members where !isOwnToEvent(member) {
            switch member.name {
            case .source, .type, .data, .subject: continue
            default:
                let name = object.keyText(member)
                if CheckedText.taken.contains(Array(name.utf8)) || name == LineSpelling.key {
                    throw BadValue(
                        offset: member.key.lowerBound,
                        reason: "the attribute \"\(name)\" cannot be kept: the ledger has a "
                            + "meaning of its own for that word; leave it out or rename it")
                }
                try object.refuseDepth(of: member)
                envelope.add(
                    object.verbatim(member.key), JSONText.minified(object.verbatim(member.value)))
            }
        }
        if keepsSpelling, let timeMember {
            envelope.add("\"time\"", JSONText.quoted(object.text(of: timeMember)))
        }
        return envelope.finished
    }
}

extension MemberName {
    fileprivate var isUnnamed: Bool { self == .other }
}
