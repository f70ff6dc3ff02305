import EventModel

extension EventConverter {
    /// Reads a line of our own lossless form.
    ///
    /// Members that the form does not know are kept in the envelope, behind those of `envelope`;
    /// behind them stands how the line was spelled, where an export would write another one.
    mutating func convertJSONLine(_ object: RawObject) throws(BadValue) -> Converted {
        try object.refuseDoubles()
        let line = try JSONLine(object)
        if let sequence = line.sequence, let last = lastSequence, sequence <= last {
            throw BadValue(
                offset: object.member(.sequence)!.value.lowerBound,
                reason:
                    "sequence \(sequence) follows \(last); expected rising sequences: the lines "
                    + "were reordered or repeated")
        }
        cache.begin(0x80 | line.form.rawValue)
        if line.form == .jsonLines { addSpelling(of: object) }
        for member in object.members {
            switch member.name {
            case .id, .time, .sequence, .recorded, .form: continue
            default:
                cache.add(object.slice(member.key))
                cache.add(object.slice(member.value))
            }
        }
        let known = try cache.content { (_) throws(BadValue) in try line.content() }
        if known.spelled != nil, let spelled = known.content.envelopeTime, spelled != line.time {
            throw BadValue(
                offset: object.member(.time)!.value.lowerBound,
                reason: "\"time\" and the envelope's own spelling of it differ; expected one moment"
            )
        }
        if let sequence = line.sequence { lastSequence = sequence }
        return Converted(
            event: Event(
                id: object.id(of: line.id), time: line.time, recorded: line.recorded,
                content: known.content),
            comparable: known.comparable, resolution: known.resolution(of: line.time),
            format: .jsonl)
    }

    /// What the line's spelling takes from members that are no part of the content.
    private mutating func addSpelling(of object: RawObject) {
        cache.add((object.has(.sequence) ? 1 : 0) | (object.has(.form) ? 2 : 0))
        for name in [MemberName.time, .recorded] {
            guard let member = object.member(name) else {
                cache.add(0xFF)
                continue
            }
            let text = object.slice(member.value)
            if let resolution = LineSpelling.Time.resolution(of: text) {
                cache.add(UInt8(resolution.rawValue))
            } else {
                cache.add(0xFE)
                cache.add(text)
            }
        }
    }
}

extension EventContent {
    /// The moment that the envelope's `time` spells; nil where it has none that can be read.
    var envelopeTime: Timestamp? {
        envelopeMember("time")?.string.flatMap { try? Timestamp(text: $0) }
    }
}

/// The parts of a `jsonl` line, checked.
private struct JSONLine {
    let object: RawObject
    let id: RawMember
    let source: RawMember
    let detailType: RawMember
    let detail: RawMember
    let time: Timestamp
    var recorded: Timestamp?
    var sequence: Int64?
    var form = EventForm.jsonLines

    init(_ object: RawObject) throws(BadValue) {
        let name = "jsonl line"
        self.object = object
        id = try object.required(.id, "id", in: name)
        source = try object.required(.source, "source", in: name)
        detailType = try object.required(.camelDetailType, "detailType", in: name)
        detail = try object.requiredDetail(in: name)
        time = try object.time(of: try object.required(.time, "time", in: name)).0
        if let member = object.member(.recorded), member.kind != .null {
            guard member.kind == .string else { throw object.wrongKind(member, "a time or null") }
            recorded = try object.time(of: member).0
        }
        if let member = object.member(.sequence) {
            guard let number = Int64(object.verbatim(member.value)), number > 0 else {
                throw BadValue(
                    offset: member.value.lowerBound,
                    reason:
                        "\"sequence\" is \(object.excerpt(member.value)); expected a whole number "
                        + "from 1")
            }
            sequence = number
        }
        if let member = object.member(.form) {
            guard let found = EventForm(name: object.text(of: member)), member.kind == .string
            else {
                let names = EventForm.allCases.map(\.name).joined(separator: ", ")
                throw BadValue(
                    offset: member.value.lowerBound,
                    reason: "\"form\" is \(object.excerpt(member.value)); expected one of \(names)")
            }
            form = found
        }
    }

    func content() throws(BadValue) -> EventContent {
        let detail = try detailText()
        return EventContent(
            source: object.text(of: source), detailType: object.text(of: detailType),
            device: try device(of: detail), detail: detail, form: form,
            envelope: try envelope(detail: detail))
    }

    /// `device`, where the line has it, wins over what the detail names.
    private func device(of detail: String) throws(BadValue) -> String? {
        guard let member = object.member(.device) else { return EventConverter.device(in: detail) }
        switch member.kind {
        case .null: return nil
        case .string where member.value.count > 2: return object.text(of: member)
        default: throw object.wrongKind(member, "a string with something in it, or null")
        }
    }

    /// `detailText` holds a detail that has line breaks between its tokens, byte for byte.
    private func detailText() throws(BadValue) -> String {
        let detail = object.verbatim(self.detail.value)
        guard let member = object.member(.detailText) else { return detail }
        guard member.kind == .string else { throw object.wrongKind(member, "a string") }
        let text = object.text(of: member)
        guard CheckedText.isObject(text, likewise: detail) else {
            throw BadValue(
                offset: member.value.lowerBound,
                reason: "\"detailText\" does not write the same object as \"detail\"; expected the "
                    + "detail's own text, or no \"detailText\"")
        }
        return text
    }

    private func envelope(detail: String) throws(BadValue) -> String? {
        var envelope = EnvelopeText()
        var kept: JSONValue?
        var names: [[UInt8]] = []
        var spellingStart: Int?
        func add(_ key: Range<Int>, _ value: Range<Int>) throws(BadValue) {
            let reader = JSONReader(object.bytes)
            let name = Array(reader.text(ofString: key).utf8)
            let isTaken = CheckedText.taken.contains(name) || names.contains(name)
            guard !isTaken else {
                throw BadValue(
                    offset: key.lowerBound,
                    reason: "\(object.verbatim(key)) cannot stand here: the event has it already")
            }
            names.append(name)
            if name == JSONLine.spellingKey { spellingStart = key.lowerBound }
            envelope.add(
                object.verbatim(key), JSONText.minified(object.verbatim(value)))
        }
        if let member = object.member(.envelope) {
            guard member.kind == .object else { throw object.wrongKind(member, "an object") }
            var found: [(key: Range<Int>, value: Range<Int>)] = []
            var reader = JSONReader(object.bytes, at: member.value.lowerBound)
            try? reader.forEachMember { (reader, key) throws(JSONError) in
                found.append((key, try reader.skipValue(depth: 1)))
            }
            for (key, value) in found {
                try add(key, value)
                if form == .jsonLines, names.last == JSONLine.spellingKey {
                    kept = try? JSONValue(parsing: object.verbatim(value))
                }
            }
            if let time = found.first(where: {
                JSONReader(object.bytes).string(at: $0.key, is: "time")
            }),
                (try? Timestamp(text: JSONLine.string(object, time.value) ?? "")) == nil
            {
                throw BadValue(
                    offset: time.value.lowerBound,
                    reason:
                        "the envelope's \"time\" is \(object.excerpt(time.value)); expected a time")
            }
        }
        let own = names.count
        for member in object.members where JSONLine.isUnknown(member.name) {
            try object.refuseDepth(of: member)
            try add(member.key, member.value)
        }
        guard form == .jsonLines, kept.flatMap(LineSpelling.init) == nil,
            let spelling = spelling(
                detail: detail, hasEnvelope: own > 0, members: Array(names[own...])
            ).text
        else { return envelope.finished }
        if let spellingStart {
            throw BadValue(
                offset: spellingStart,
                reason: "the line has a member \"jsonl\" of its own; expected none, or one as an "
                    + "export writes it: it says how the line was spelled")
        }
        envelope.add("\"\(LineSpelling.key)\"", spelling)
        return envelope.finished
    }

    /// How this line differs from the one that an export would write.
    private func spelling(detail: String, hasEnvelope: Bool, members: [[UInt8]]) -> LineSpelling {
        var line = LineSpelling()
        if !object.has(.sequence) { line.omits.append("sequence") }
        if !object.has(.recorded) { line.omits.append("recorded") }
        if !object.has(.device) { line.omits.append("device") }
        if object.has(.form) { line.adds.append("form") }
        switch (detail.hasLineBreaks, object.has(.detailText)) {
        case (true, false): line.omits.append("detailText")
        case (false, true): line.adds.append("detailText")
        default: break
        }
        if object.has(.envelope), !hasEnvelope { line.adds.append("envelope") }
        if let member = object.member(.time) { line.time = .init(object, member) }
        if let member = object.member(.recorded) { line.recorded = .init(object, member) }
        line.members = members
        return line
    }

    private static func string(_ object: RawObject, _ range: Range<Int>) -> String? {
        object.bytes[range.lowerBound] == 0x22
            ? JSONReader(object.bytes).text(ofString: range) : nil
    }

    private static let spellingKey = Array(LineSpelling.key.utf8)

    private static func isUnknown(_ name: MemberName) -> Bool {
        switch name {
        case .id, .time, .source, .camelDetailType, .detail, .sequence, .recorded, .device,
            .detailText, .form, .envelope:
            false
        default: true
        }
    }
}
