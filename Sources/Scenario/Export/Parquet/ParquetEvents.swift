import EventModel

/// Writes events as a Parquet file, row group by row group, without compression.
///
///     PAR1 ─ row group: a chunk for each column ─ row group ─ … ─ footer ─ its length ─ PAR1
///
/// Columns: `sequence`, `id`, `time`, `recorded` (UTC, microseconds), `source`, `detailType`,
/// `device`, `click`, `detail`, `form`, `envelope`. Texts go through a dictionary where that makes them
/// smaller. Memory: one row group.
///
/// Source: parquet.thrift and Encodings.md of Apache Parquet 2.
struct ParquetEvents {
    /// Rows in a row group.
    static let rowLimit = 1 << 17
    /// Distinct text in a row group, after which it ends earlier.
    static let textLimit = 64 << 20

    private static let schemas = [
        ParquetSchema(name: "sequence", kind: .integer),
        ParquetSchema(name: "id", kind: .text),
        ParquetSchema(name: "time", kind: .timestamp),
        ParquetSchema(name: "recorded", kind: .timestamp, isOptional: true),
        ParquetSchema(name: "source", kind: .text),
        ParquetSchema(name: "detailType", kind: .text),
        ParquetSchema(name: "device", kind: .text, isOptional: true),
        ParquetSchema(name: "click", kind: .text, isOptional: true),
        ParquetSchema(name: "detail", kind: .text),
        ParquetSchema(name: "form", kind: .text),
        ParquetSchema(name: "envelope", kind: .text, isOptional: true),
    ]

    private struct RowGroup {
        var rows: Int
        var chunks: [ParquetChunk]
    }

    private var columns = schemas.map(ParquetColumn.init)
    private var rows = 0
    /// The contents of the row group that is being filled, each with its texts' places.
    private var contents: [ObjectIdentifier: (content: EventContent, places: [UInt32?])] = [:]
    private var rowsInAll = 0
    private var groups: [RowGroup] = []
    private var offset = 0

    private static let magic = Array("PAR1".utf8)

    /// Takes an event in, and writes the row group that it fills.
    mutating func write(
        _ event: Event, sequence: Int64, _ sink: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        columns[0].append(sequence)
        columns[2].append(event.time.microseconds)
        columns[3].append(event.recorded?.microseconds)
        columns[1].append(unique: event.id.text)
        for (place, text) in places(of: event.content).enumerated() {
            columns[4 + place].append(place: text)
        }
        rows += 1
        let textCount = columns.reduce(0) { $0 + $1.textCount }
        if rows == ParquetEvents.rowLimit || textCount > ParquetEvents.textLimit {
            try flush(to: sink)
        }
    }

    /// Where the texts of the columns from `source` on stand in their columns.
    private mutating func places(of content: EventContent) -> [UInt32?] {
        if let known = contents[ObjectIdentifier(content)] { return known.places }
        let texts = [
            content.source, content.detailType, content.device, content.click?.word,
            content.detail, content.form.name, content.envelope,
        ]
        let places = texts.enumerated().map { place, text in
            text.map { columns[4 + place].place(of: $0) }
        }
        contents[ObjectIdentifier(content)] = (content, places)
        return places
    }

    /// Writes what is left, and the footer.
    mutating func finish(_ sink: (UnsafeRawBufferPointer) throws -> Void) throws {
        if rows > 0 { try flush(to: sink) }
        try begin(to: sink)
        var bytes = footer()
        bytes.append(littleEndian: UInt32(clamping: bytes.count))
        bytes += ParquetEvents.magic
        try put(bytes, to: sink)
    }

    private mutating func begin(to sink: (UnsafeRawBufferPointer) throws -> Void) throws {
        if offset == 0 { try put(ParquetEvents.magic, to: sink) }
    }

    private mutating func flush(to sink: (UnsafeRawBufferPointer) throws -> Void) throws {
        try begin(to: sink)
        var chunks: [ParquetChunk] = []
        for place in columns.indices {
            let (bytes, chunk) = columns[place].takeChunk(rows: rows, at: offset)
            try put(bytes, to: sink)
            chunks.append(chunk)
        }
        groups.append(RowGroup(rows: rows, chunks: chunks))
        rowsInAll += rows
        rows = 0
        contents.removeAll(keepingCapacity: true)
    }

    private mutating func put(
        _ bytes: [UInt8], to sink: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        offset += bytes.count
        try bytes.withUnsafeBytes { try sink($0) }
    }

    private func footer() -> [UInt8] {
        ThriftCompact.structure { file in
            file.add(1, Int32(2))
            // The root, and then its children.
            file.add(2, structures: [nil] + ParquetEvents.schemas.map(Optional.some)) {
                element, schema in
                guard let schema else {
                    element.add(4, "events")
                    element.add(5, Int32(clamping: ParquetEvents.schemas.count))
                    return
                }
                schema.write(to: &element)
            }
            file.add(3, Int64(rowsInAll))
            file.add(4, structures: groups) { element, group in
                let byteCount = group.chunks.reduce(0) { $0 + $1.byteCount }
                element.add(1, structures: group.chunks) { $1.write(to: &$0) }
                element.add(2, Int64(byteCount))
                element.add(3, Int64(group.rows))
                element.add(5, Int64(group.chunks.first?.offset ?? 0))
                element.add(6, Int64(byteCount))
            }
            file.add(5, structures: [("ARROW:schema", ParquetEvents.arrowSchema)]) {
                element, entry in
                element.add(1, entry.0)
                element.add(2, entry.1)
            }
            file.add(6, "replaylab")
            // Bounds are compared as their types say.
            file.add(7, structures: ParquetEvents.schemas) { element, _ in
                element.add(1) { _ in }
            }
        }
    }
}
