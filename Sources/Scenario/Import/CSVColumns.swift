import EventModel

/// A column of the csv form. The order is that in which an export writes them.
enum CSVColumn: String, CaseIterable {
    case sequence, id, time, recorded, source, detailType, device, detail, form, envelope

    /// Whether a file cannot do without it.
    var isNeeded: Bool {
        switch self {
        case .id, .time, .source, .detailType, .detail: true
        case .sequence, .recorded, .device, .form, .envelope: false
        }
    }
}

/// Which field of each row holds which part of an event: what the header says.
struct CSVColumns {
    /// How many fields a row has.
    let count: Int
    /// The field of each column, by its place among all; nil where the file does not have it.
    private let places: [Int?]

    /// Reads the header: columns in any order, each once, spelled exactly so.
    init(_ header: CSVRow) throws(BadValue) {
        let names = CSVColumn.allCases.map(\.rawValue)
        var places = [Int?](repeating: nil, count: names.count)
        for (place, field) in header.fields.enumerated() {
            let name = String(decoding: header.value(place), as: UTF8.self)
            guard let known = names.firstIndex(where: { $0.utf8.elementsEqual(name.utf8) }) else {
                throw BadValue(
                    offset: field.range.lowerBound,
                    reason: "the header has an unknown column \(JSONText.quoted(name)); "
                        + Spelling.hint(for: name, among: names))
            }
            guard places[known] == nil else {
                throw BadValue(
                    offset: field.range.lowerBound,
                    reason: "the header has the column \"\(name)\" twice; expected it once")
            }
            places[known] = place
        }
        let missing = CSVColumn.allCases.enumerated()
            .filter { place, column in column.isNeeded && places[place] == nil }
        guard missing.isEmpty else {
            let missing = missing.map { "\"\($1.rawValue)\"" }.joined(separator: ", ")
            let needed = CSVColumn.allCases.filter(\.isNeeded).map(\.rawValue)
            throw BadValue(
                offset: header.range.lowerBound,
                reason: "the header lacks \(missing); expected a first line with the columns "
                    + needed.joined(separator: ", ") + ", and others if there are any")
        }
        self.places = places
        count = header.fields.count
    }

    /// The field that holds a column; nil where the file does not have it.
    func place(_ column: CSVColumn) -> Int? { places[column.position] }

    /// Whether a file that begins with this line is likely to be a csv: it names two columns.
    static func isLikely(_ line: UnsafeRawBufferPointer) -> Bool {
        guard let first = line.first, first != 0x7B, first != 0x5B else { return false }
        var fields: [CSVField] = []
        var reader = CSVReader(bytes: line, offset: 0, isWhole: true)
        // Where it is no row, what stands before the mistake tells.
        _ = reader.readRow(into: &fields)
        let row = CSVRow(bytes: line, range: 0..<line.count, fields: fields)
        let known = fields.indices.count { place in
            let value = row.value(place)
            return CSVColumn.allCases.contains { $0.rawValue.utf8.elementsEqual(value) }
        }
        return known >= 2
    }
}

extension CSVColumn {
    /// Its place among all columns.
    var position: Int {
        switch self {
        case .sequence: 0
        case .id: 1
        case .time: 2
        case .recorded: 3
        case .source: 4
        case .detailType: 5
        case .device: 6
        case .detail: 7
        case .form: 8
        case .envelope: 9
        }
    }
}
