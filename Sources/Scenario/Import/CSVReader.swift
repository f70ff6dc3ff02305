import EventModel

/// A field of a row as it stands in the text.
struct CSVField: Equatable {
    /// What it says, without the quotes around it; quotes within it stand twice.
    var range: Range<Int>
    var isQuoted: Bool
}

/// A row as ranges of the scanner's text. Valid until the scanner moves on.
struct CSVRow {
    var bytes: UnsafeRawBufferPointer
    /// The whole row without its line's end.
    var range: Range<Int>
    var fields: [CSVField]
}

/// Reads comma-separated values (RFC 4180) row by row, nothing copied.
///
///     row    field , field , … CRLF        or LF, or the text's end
///     field  plain text                    without " and line breaks
///            "text with "" for each quote" with commas and line breaks as they are
struct CSVReader {
    enum Outcome: Equatable {
        /// The row's range; the reader stands behind its line's end.
        case row(Range<Int>)
        /// The text ended inside the row, and more is to come.
        case cutOff
        case bad(JSONError)
    }

    let bytes: UnsafeRawBufferPointer
    var offset: Int
    /// Whether the text ends where the bytes do.
    let isWhole: Bool

    /// Reads the row that begins here.
    mutating func readRow(into fields: inout [CSVField]) -> Outcome {
        let start = offset
        fields.removeAll(keepingCapacity: true)
        while true {
            if let failure = readField(into: &fields) { return failure }
            let end = offset
            guard offset < bytes.count else { return isWhole ? .row(start..<end) : .cutOff }
            switch bytes[offset] {
            case 0x2C: offset += 1
            case 0x0A:
                offset += 1
                return .row(start..<end)
            case 0x0D:
                // A text that was cut off between the two ends its last row there.
                guard offset + 1 < bytes.count || isWhole else { return .cutOff }
                guard offset + 1 >= bytes.count || bytes[offset + 1] == 0x0A else {
                    return bad("a line feed was expected after the carriage return")
                }
                offset = min(bytes.count, offset + 2)
                return .row(start..<end)
            default: return bad("a comma or the row's end was expected after the closing quote")
            }
        }
    }

    /// nil where a field was read.
    private mutating func readField(into fields: inout [CSVField]) -> Outcome? {
        guard offset < bytes.count, bytes[offset] == 0x22 else {
            return readPlainField(into: &fields)
        }
        let start = offset + 1
        var at = start
        while at < bytes.count {
            guard bytes[at] == 0x22 else {
                at += 1
                continue
            }
            if at + 1 < bytes.count, bytes[at + 1] == 0x22 {
                at += 2
                continue
            }
            guard at + 1 < bytes.count || isWhole else { return .cutOff }
            fields.append(CSVField(range: start..<at, isQuoted: true))
            offset = at + 1
            return nil
        }
        return isWhole ? bad("the text ended inside the quotes that begin here") : .cutOff
    }

    private mutating func readPlainField(into fields: inout [CSVField]) -> Outcome? {
        let start = offset
        while offset < bytes.count {
            switch bytes[offset] {
            case 0x2C, 0x0A, 0x0D:
                fields.append(CSVField(range: start..<offset, isQuoted: false))
                return nil
            case 0x22:
                return bad("a quote was not expected inside a field that does not begin with one")
            default: offset += 1
            }
        }
        fields.append(CSVField(range: start..<offset, isQuoted: false))
        return nil
    }

    private func bad(_ reason: String) -> Outcome {
        .bad(JSONError(offset: offset, reason: reason))
    }
}

extension CSVRow {
    /// A field's bytes as they stand in the text, quotes within it twice.
    func slice(_ place: Int) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: bytes[fields[place].range])
    }

    /// What a field says.
    func value(_ place: Int) -> [UInt8] {
        let raw = slice(place)
        guard fields[place].isQuoted, raw.contains(0x22) else { return Array(raw) }
        var value: [UInt8] = []
        value.reserveCapacity(raw.count)
        var at = 0
        while at < raw.count {
            value.append(raw[at])
            at += raw[at] == 0x22 ? 2 : 1
        }
        return value
    }

    /// Where in the text byte `offset` of a field's value stands.
    func textOffset(of offset: Int, in place: Int) -> Int {
        let raw = slice(place)
        var at = 0
        var passed = 0
        while at < raw.count, passed < offset {
            at += fields[place].isQuoted && raw[at] == 0x22 ? 2 : 1
            passed += 1
        }
        return fields[place].range.lowerBound + min(at, raw.count)
    }
}
