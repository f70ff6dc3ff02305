import EventModel

extension EventConverter {
    /// Reads `{"id", "detail-type", "source", "time", "detail", …}`; all else becomes the envelope.
    mutating func convertEventBridge(_ object: RawObject) throws(BadValue) -> Converted {
        let form = "EventBridge envelope"
        try object.refuseDoubles()
        let id = try object.required(.id, "id", in: form)
        let detailType = try object.required(.detailType, "detail-type", in: form)
        let source = try object.required(.source, "source", in: form)
        let timeMember = try object.required(.time, "time", in: form)
        let detail = try object.requiredDetail(in: form)
        let (time, resolution) = try object.time(of: timeMember)
        let spelling = object.slice(timeMember.value)
        let keepsSpelling = !EventConverter.isShort(
            UnsafeRawBufferPointer(rebasing: spelling.dropFirst().dropLast()), time)
        cache.begin(EventForm.eventBridge.rawValue)
        for member in object.members {
            switch member.name {
            case .id, .detailType, .source, .detail: continue
            case .time:
                if keepsSpelling {
                    cache.add(1)
                    cache.add(spelling)
                }
                continue
            case .version, .account, .region, .replayName:
                guard member.kind == .string else { throw object.wrongKind(member, "a string") }
            case .resources:
                guard member.kind == .array else { throw object.wrongKind(member, "an array") }
            default: break
            }
            cache.add(0)
            cache.add(object.slice(member.key))
            cache.add(object.slice(member.value))
        }
        cache.endEnvelope()
        cache.add(object.slice(source.value))
        cache.add(object.slice(detailType.value))
        cache.add(object.slice(detail.value))
        let known = try cache.content { (envelope) throws(BadValue) in
            let detailText = object.verbatim(detail.value)
            var text = envelope?.text
            if text == nil {
                text = try EventConverter.envelope(of: object, keepsSpelling: keepsSpelling)
            }
            return EventContent(
                source: object.text(of: source), detailType: object.text(of: detailType),
                device: EventConverter.device(in: detailText), detail: detailText,
                form: .eventBridge,
                envelope: text)
        }
        return Converted(
            event: Event(id: object.id(of: id), time: time, content: known.content),
            comparable: known.comparable, resolution: resolution, format: .eventbridge)
    }

    /// The device that a detail names; an empty name is none.
    static func device(in detail: String) -> String? {
        EventContent.lastString("device-id", in: detail).flatMap { $0.isEmpty ? nil : $0 }
    }

    /// The members that the event itself does not hold, in their order.
    private static func envelope(
        of object: RawObject, keepsSpelling: Bool
    ) throws(BadValue) -> String? {
        var envelope = EnvelopeText()
        for member in object.members {
            switch member.name {
            case .id, .detailType, .source, .detail: continue
            case .time:
                if keepsSpelling {
                    envelope.add("\"time\"", JSONText.quoted(object.text(of: member)))
                }
            default:
                try object.refuseDepth(of: member)
                envelope.add(
                    object.verbatim(member.key), JSONText.minified(object.verbatim(member.value)))
            }
        }
        return envelope.finished
    }

    /// Whether the text spells the time as `Timestamp.shortText` does. It has been read already, so
    /// only its length and its letters can differ.
    static func isShort(_ text: UnsafeRawBufferPointer, _ time: Timestamp) -> Bool {
        let count =
            switch time.resolution {
            case .second: 20
            case .millisecond: 24
            case .microsecond: 27
            }
        return text.count == count && text[10] == 0x54 && text[count - 1] == 0x5A
            && !text.contains(0x5C)
    }
}

extension RawObject {
    /// Refuses a member that is nested too deeply to stand in the `envelope` of a `jsonl` line.
    func refuseDepth(of member: RawMember) throws(BadValue) {
        var reader = JSONReader(bytes, at: member.value.lowerBound)
        do throws(JSONError) { try reader.skipValue(depth: 2) } catch {
            throw BadValue(offset: error.offset, reason: error.reason)
        }
    }

    func id(of member: RawMember) -> EventID {
        let inner = slice(member.value.lowerBound + 1..<member.value.upperBound - 1)
        return EventID.parseUUID(inner) ?? EventID(text(of: member))
    }
}
