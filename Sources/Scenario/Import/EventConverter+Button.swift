import EventModel

extension EventConverter {
    /// Passes a button event through the button handler. The id is that of a first occurrence; the
    /// reader of the import counts the others.
    func convertButton(_ object: RawObject) throws(BadValue) -> Converted {
        let start = object.range.lowerBound
        let original = object.verbatim(object.range)
        var reader = JSONReader(object.bytes, at: start)
        // Deeper by two than it stands here, as it will in the detail of an exported line.
        let tree: JSONValue
        do throws(JSONError) { tree = try JSONValue(reading: &reader, depth: 2) } catch {
            throw BadValue(offset: error.offset, reason: error.reason)
        }
        let entry: ButtonHandler.Entry
        do throws(ButtonHandler.Refusal) {
            entry = try ButtonHandler().entry(for: tree, original: original)
        } catch {
            throw BadValue(offset: start, reason: error.description)
        }
        guard let time = entry.time ?? time else {
            throw BadValue(
                offset: start,
                reason: "the button event has no reportedTime; say when it happened with --time")
        }
        let known = KnownContent(
            EventContent(
                source: FeederSystem.source, detailType: entry.detailType, device: entry.device,
                detail: entry.detail, form: .button))
        let id = ButtonHandler.id(of: object.slice(object.range), occurrence: 1)
        return Converted(
            event: Event(id: id, time: time, content: known.content),
            comparable: known.comparable, resolution: time.resolution, format: .button)
    }
}
