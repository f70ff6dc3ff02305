import EventModel

/// Text as a field of comma-separated values (RFC 4180).
enum CSVText {
    /// The text itself, or in quotes where it has a comma, a quote or a line break.
    static func field(_ text: String) -> String {
        let needsQuotes = text.utf8.contains {
            $0 == 0x2C || $0 == 0x22 || $0 == 0x0A || $0 == 0x0D
        }
        guard needsQuotes else { return text }
        var bytes: [UInt8] = [0x22]
        for byte in text.utf8 {
            if byte == 0x22 { bytes.append(byte) }
            bytes.append(byte)
        }
        bytes.append(0x22)
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension LineTemplate {
    /// A row: the columns in the order of `CSVColumn`.
    func addRow() {
        for column in CSVColumn.allCases {
            if column != .sequence { pending += "," }
            switch column {
            case .sequence: gap(.sequence)
            case .id: gap(.plainID)
            case .time: gap(.plainTime)
            case .recorded: gap(.plainRecorded)
            case .source: pending += CSVText.field(content.source)
            case .detailType: pending += CSVText.field(content.detailType)
            case .device: pending += content.device.map(CSVText.field) ?? ""
            case .detail: pending += CSVText.field(content.detail)
            case .form: pending += content.form.name
            case .envelope: pending += content.envelope.map(CSVText.field) ?? ""
            }
        }
    }
}
