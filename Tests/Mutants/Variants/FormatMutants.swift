import EventModel

extension Mutant {
    static let formats = [
        Mutant(
            "drops-an-unended-line", .format, "an importer leaves a last line without newline out",
            by: Oracles.formats, "events of an import", within: 40,
            Minimum(
                "a line", "no newline at the end", because: "one line, and nothing that ends it"),
            part: FormatPart(read: { bytes in
                guard let end = bytes.lastIndex(of: 0x0A) else { return [] }
                return try FormatPart.imported(Array(bytes[...end]))
            })),
        Mutant(
            "takes-local-time-for-utc", .format,
            "an importer leaves a time's offset out of account",
            by: Oracles.formats, "times of an import", within: 40,
            Minimum("a line by a clock of +12:00", because: "one time that is not of UTC"),
            part: FormatPart(read: { bytes in
                let text = String(decoding: bytes, as: UTF8.self)
                return try FormatPart.imported(
                    Array(text.replacing("+12:00\"", with: "Z\"").utf8))
            })),
        Mutant(
            "does-not-double-quotes", .format, "an export as csv writes a field's quotes once",
            by: Oracles.formats, "csv cannot be read", within: 20,
            Minimum("a line", because: "the detail of any event has quotes"),
            part: FormatPart(write: { events in
                let text = String(decoding: try FormatPart.exported(events), as: UTF8.self)
                return Array(text.replacing("\"\"", with: "\"").utf8)
            })),
    ]
}
