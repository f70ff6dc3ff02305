import EventModel

/// Rows of comma-separated values, in place of JSON values.
///
/// What happens after text that is no row is what happens after text that is no JSON: its first line
/// goes to `unreadable`, and the walk goes on at the next line. A quote that nothing closes costs its
/// own line, not the rest of the file.
extension ValueScanner {
    enum RowItem {
        case row(CSVRow)
        /// No row: its text went to `unreadable`, up to the end of its line.
        case unreadable(TextPlace, String)
    }

    /// The next row that is not blank; nil at the end. What the last one gave is no longer valid then.
    func nextRow() throws(ImportError) -> RowItem? {
        try passGiven()
        guard try skipBlankLines() else { return nil }
        var fields: [CSVField] = []
        while true {
            var reader = CSVReader(bytes: bytes, offset: start, isWhole: isExhausted)
            switch reader.readRow(into: &fields) {
            case .row(let range):
                if range.count > valueLimit { return try refuseRow() }
                given = reader.offset
                return .row(CSVRow(bytes: bytes, range: range, fields: fields))
            case .bad(let error): return try giveUpRow(at: error.offset, error.reason)
            case .cutOff:
                if end - start > valueLimit { return try refuseRow() }
                try readOn()
            }
        }
    }

    private func refuseRow() throws(ImportError) -> RowItem {
        try giveUpRow(
            at: start, "the row is larger than \(valueLimit) bytes, the most that one may have")
    }

    private func giveUpRow(at offset: Int, _ reason: String) throws(ImportError) -> RowItem {
        guard case .unreadable(let place, let reason) = try giveUp(at: offset, reason) else {
            return .unreadable(place(of: offset), reason)
        }
        return .unreadable(place, reason)
    }

    /// Whether a line follows that has something in it.
    private func skipBlankLines() throws(ImportError) -> Bool {
        while true {
            if end - start < 2, !isExhausted {
                try readOn()
                continue
            }
            guard start < end else { return false }
            if bytes[start] == 0x0A {
                pass(to: start + 1)
            } else if bytes[start] == 0x0D, start + 1 == end || bytes[start + 1] == 0x0A {
                pass(to: min(end, start + 2))
            } else {
                return true
            }
        }
    }
}
