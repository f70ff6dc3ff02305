import EventModel

extension EventConverter {
    /// Reads a row of our csv form. An empty field is none, except in the columns that are needed.
    mutating func convertRow(_ row: CSVRow, _ columns: CSVColumns) throws(BadValue) -> Converted {
        let fields = try CSVFields(row, columns)
        let id = try fields.id()
        let time = try fields.time(.time)
        let recorded = fields.isEmpty(.recorded) ? nil : try fields.time(.recorded)
        let sequence = try fields.sequence(after: lastSequence)
        let form = try fields.form()
        cache.begin(0x40 | form.rawValue)
        for column in [CSVColumn.source, .detailType, .device, .detail, .envelope] {
            guard let place = columns.place(column) else {
                cache.add(0)
                continue
            }
            cache.add(1)
            cache.add(row.slice(place))
        }
        let known = try cache.content { (_) throws(BadValue) in try fields.content(form) }
        if known.spelled != nil, let spelled = known.content.envelopeTime, spelled != time {
            throw fields.bad(
                .time, "\"time\" and the envelope's own spelling of it differ; expected one moment")
        }
        if let sequence { lastSequence = sequence }
        return Converted(
            event: Event(id: id, time: time, recorded: recorded, content: known.content),
            comparable: known.comparable, resolution: known.resolution(of: time), format: .csv)
    }
}

/// The fields of a row by their columns, and what is wrong with them.
private struct CSVFields {
    let row: CSVRow
    let columns: CSVColumns

    init(_ row: CSVRow, _ columns: CSVColumns) throws(BadValue) {
        guard row.fields.count == columns.count else {
            let found = row.fields.count == 1 ? "1 field" : "\(row.fields.count) fields"
            throw BadValue(
                offset: row.range.lowerBound,
                reason: "the row has \(found); expected \(columns.count), as the header has: a "
                    + "comma or a quote inside a field needs quotes around it")
        }
        self.row = row
        self.columns = columns
    }

    func id() throws(BadValue) -> EventID {
        if let place = columns.place(.id), let id = EventID.parseUUID(row.slice(place)) {
            return id
        }
        return EventID(try needed(.id))
    }

    func sequence(after last: Int64?) throws(BadValue) -> Int64? {
        guard !isEmpty(.sequence) else { return nil }
        let text = try text(.sequence)
        guard let number = Int64(text), number > 0 else {
            throw bad(.sequence, "\"sequence\" is \(excerpt(text)); expected a whole number from 1")
        }
        if let last, number <= last {
            throw bad(
                .sequence,
                "sequence \(number) follows \(last); expected rising sequences: the rows were "
                    + "reordered or repeated")
        }
        return number
    }

    func form() throws(BadValue) -> EventForm {
        guard !isEmpty(.form) else { return .jsonLines }
        let text = try text(.form)
        guard let form = EventForm(name: text) else {
            let names = EventForm.allCases.map(\.name).joined(separator: ", ")
            throw bad(.form, "\"form\" is \(excerpt(text)); expected one of \(names), or nothing")
        }
        return form
    }

    func time(_ column: CSVColumn) throws(BadValue) -> Timestamp {
        let text = try needed(column)
        do throws(Timestamp.TextError) { return try Timestamp(text: text) } catch {
            throw bad(
                column,
                "\"\(column.rawValue)\" is \(excerpt(text)): \(error); expected a time such as "
                    + "2024-02-29T18:00:00Z")
        }
    }

    func content(_ form: EventForm) throws(BadValue) -> EventContent {
        let detail = try json(.detail) { (text) throws(JSONError) in try CheckedText.object(text) }
        let envelope: String? =
            isEmpty(.envelope)
            ? nil
            : try json(.envelope) { (text) throws(JSONError) in
                try CheckedText.envelope(text, of: form)
            }
        // A file without the column leaves the device to the detail; an empty field says there is none.
        let device: String? =
            columns.place(.device) == nil
            ? EventConverter.device(in: detail) : isEmpty(.device) ? nil : try text(.device)
        return EventContent(
            source: try needed(.source), detailType: try needed(.detailType), device: device,
            detail: detail, form: form, envelope: envelope)
    }

    func isEmpty(_ column: CSVColumn) -> Bool {
        columns.place(column).map { row.fields[$0].range.isEmpty } ?? true
    }

    func bad(_ column: CSVColumn, _ reason: String, at offset: Int = 0) -> BadValue {
        guard let place = columns.place(column) else {
            return BadValue(offset: row.range.lowerBound, reason: reason)
        }
        return BadValue(offset: row.textOffset(of: offset, in: place), reason: reason)
    }

    private func needed(_ column: CSVColumn) throws(BadValue) -> String {
        guard !isEmpty(column) else {
            throw bad(column, "\"\(column.rawValue)\" is empty; expected something in it")
        }
        return try text(column)
    }

    private func text(_ column: CSVColumn) throws(BadValue) -> String {
        guard let place = columns.place(column) else { return "" }
        guard let text = String(validating: row.value(place), as: UTF8.self) else {
            throw bad(column, "\"\(column.rawValue)\" is not valid UTF-8; expected UTF-8")
        }
        return text
    }

    private func json<Value>(
        _ column: CSVColumn, _ read: (UnsafeRawBufferPointer) throws(JSONError) -> Value
    ) throws(BadValue) -> Value {
        guard let place = columns.place(column) else {
            throw bad(column, "there is no column \"\(column.rawValue)\"")
        }
        let found = row.value(place).withUnsafeBytes { text in
            Result { () throws(JSONError) in try read(text) }
        }
        do throws(JSONError) { return try found.get() } catch {
            let wanted = column == .envelope ? "envelope" : "JSON object"
            throw bad(
                column, "\"\(column.rawValue)\" is no \(wanted): \(error.reason)",
                at: error.offset)
        }
    }

    private func excerpt(_ text: String) -> String {
        JSONText.quoted(text.utf8.count <= 60 ? text : String(text.prefix(57)) + "…")
    }
}
