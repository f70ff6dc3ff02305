/// What a column of a Parquet file holds.
struct ParquetSchema {
    enum Kind {
        case integer
        /// Microseconds since 1970 UTC.
        case timestamp
        case text
    }

    var name: String
    var kind: Kind
    /// Whether a value may be missing.
    var isOptional = false

    /// The physical type: INT64 or BYTE_ARRAY.
    var type: Int32 { kind == .text ? 6 : 2 }

    func write(to element: inout ThriftCompact) {
        element.add(1, type)
        element.add(3, isOptional ? Int32(1) : 0)
        element.add(4, name)
        switch kind {
        case .integer: break
        case .timestamp:
            // TIMESTAMP_MICROS for readers from before the logical types, which say that it is UTC.
            element.add(6, Int32(10))
            element.add(10) { logical in
                logical.add(8) { time in
                    time.add(1, true)
                    time.add(2) { unit in unit.add(2) { _ in } }
                }
            }
        case .text:
            element.add(6, Int32(0))
            element.add(10) { logical in logical.add(1) { _ in } }
        }
    }
}

/// The values of one column in the row group that is being filled.
struct ParquetColumn {
    let schema: ParquetSchema
    private var integers: [Int64] = []
    /// For each value that is there, its place among the texts.
    private var places: [UInt32] = []
    private var texts: [String] = []
    private var placeOfText: [[UInt8]: UInt32] = [:]
    /// Bytes of the texts as the file has them.
    private(set) var textCount = 0
    /// Bytes of the values without a dictionary, which is used where it halves them at least: so a
    /// row group is never much larger than its distinct texts.
    private var plainCount = 0
    /// For each value, 1 where it is there; empty in a column that must have values.
    private var levels: [UInt32] = []

    init(_ schema: ParquetSchema) { self.schema = schema }

    mutating func append(_ value: Int64?) {
        if schema.isOptional { levels.append(value == nil ? 0 : 1) }
        if let value { integers.append(value) }
    }

    /// Appends text that is not compared with what is there: an id comes once.
    mutating func append(unique text: String) {
        if schema.isOptional { levels.append(1) }
        plainCount += text.utf8.count + 4
        places.append(add(text))
    }

    /// Appends the text that `place(of:)` gave this place; nil is none.
    mutating func append(place: UInt32?) {
        if schema.isOptional { levels.append(place == nil ? 0 : 1) }
        guard let place else { return }
        plainCount += texts[Int(place)].utf8.count + 4
        places.append(place)
    }

    /// The place of a text, which gets one if it has none.
    mutating func place(of text: String) -> UInt32 {
        let bytes = Array(text.utf8)
        if let place = placeOfText[bytes] { return place }
        let place = add(text)
        placeOfText[bytes] = place
        return place
    }

    private mutating func add(_ text: String) -> UInt32 {
        texts.append(text)
        textCount += text.utf8.count + 4
        return UInt32(texts.count - 1)
    }

    /// The pages of the column, and what the footer says of them; the column is empty then.
    mutating func takeChunk(rows: Int, at offset: Int) -> (bytes: [UInt8], chunk: ParquetChunk) {
        let usesDictionary =
            schema.kind == .text && textCount * 2 <= plainCount
        var bytes: [UInt8] = []
        if usesDictionary, !places.isEmpty { bytes = dictionaryPage() }
        let hasDictionary = !bytes.isEmpty
        var chunk = ParquetChunk(schema: schema, rows: rows, offset: offset)
        chunk.dataOffset = offset + bytes.count
        chunk.hasDictionary = hasDictionary
        chunk.nulls = levels.count { $0 == 0 }
        chunk.bounds = integers.min().flatMap { low in integers.max().map { low...$0 } }
        bytes += dataPage(rows, hasDictionary)
        chunk.byteCount = bytes.count
        self = ParquetColumn(schema)
        return (bytes, chunk)
    }

    private func dictionaryPage() -> [UInt8] {
        var body: [UInt8] = []
        for text in texts { ParquetColumn.put(text, to: &body) }
        let header = ThriftCompact.structure { page in
            page.add(1, Int32(2))
            page.add(2, Int32(clamping: body.count))
            page.add(3, Int32(clamping: body.count))
            page.add(7) { dictionary in
                dictionary.add(1, Int32(clamping: texts.count))
                dictionary.add(2, ParquetEncoding.plain)
            }
        }
        return header + body
    }

    private func dataPage(_ rows: Int, _ hasDictionary: Bool) -> [UInt8] {
        var body: [UInt8] = []
        if schema.isOptional {
            let runs = HybridRuns.encode(levels, width: 1)
            body.append(littleEndian: UInt32(clamping: runs.count))
            body += runs
        }
        if hasDictionary {
            let width = HybridRuns.width(of: texts.count)
            body.append(UInt8(clamping: width))
            body += HybridRuns.encode(places, width: width)
        } else if schema.kind == .text {
            for place in places { ParquetColumn.put(texts[Int(place)], to: &body) }
        } else {
            for value in integers { body.append(littleEndian: value) }
        }
        let header = ThriftCompact.structure { page in
            page.add(1, Int32(0))
            page.add(2, Int32(clamping: body.count))
            page.add(3, Int32(clamping: body.count))
            page.add(5) { data in
                data.add(1, Int32(clamping: rows))
                data.add(2, hasDictionary ? ParquetEncoding.dictionary : ParquetEncoding.plain)
                data.add(3, ParquetEncoding.runs)
                data.add(4, ParquetEncoding.runs)
            }
        }
        return header + body
    }

    private static func put(_ text: String, to body: inout [UInt8]) {
        body.append(littleEndian: UInt32(clamping: text.utf8.count))
        body += Array(text.utf8)
    }
}

/// The encodings that are used, by their numbers in `parquet.thrift`.
enum ParquetEncoding {
    static let plain: Int32 = 0
    static let runs: Int32 = 3
    static let dictionary: Int32 = 8
}

/// What the footer says of a column in a row group.
struct ParquetChunk {
    var schema: ParquetSchema
    var rows: Int
    /// Where the chunk begins in the file.
    var offset: Int
    /// Where its page of values does.
    var dataOffset = 0
    var byteCount = 0
    var hasDictionary = false
    var nulls = 0
    /// The least and the greatest integer.
    var bounds: ClosedRange<Int64>?

    init(schema: ParquetSchema, rows: Int, offset: Int) {
        self.schema = schema
        self.rows = rows
        self.offset = offset
    }

    func write(to chunk: inout ThriftCompact) {
        chunk.add(2, Int64(offset))
        chunk.add(3) { meta in
            meta.add(1, schema.type)
            meta.add(
                2,
                int32s: hasDictionary
                    ? [ParquetEncoding.plain, ParquetEncoding.runs, ParquetEncoding.dictionary]
                    : [ParquetEncoding.plain, ParquetEncoding.runs])
            meta.add(3, texts: [schema.name])
            meta.add(4, Int32(0))
            meta.add(5, Int64(rows))
            meta.add(6, Int64(byteCount))
            meta.add(7, Int64(byteCount))
            meta.add(9, Int64(dataOffset))
            if hasDictionary { meta.add(11, Int64(offset)) }
            meta.add(12) { statistics in
                statistics.add(3, Int64(nulls))
                guard let bounds else { return }
                for (id, bound) in [(5, bounds.upperBound), (6, bounds.lowerBound)] {
                    var bytes: [UInt8] = []
                    bytes.append(littleEndian: bound)
                    statistics.add(id, binary: bytes)
                }
            }
        }
    }
}
