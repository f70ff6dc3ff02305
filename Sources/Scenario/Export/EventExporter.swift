import EventModel
import Foundation

/// Writes events as lines of text, as an array of them, or as a Parquet file.
///
///     var exporter = EventExporter(format: .jsonl) { try file.write($0) }
///     for (sequence, event) in events { try exporter.write(event, sequence: sequence) }
///     try exporter.finish()
///
/// Text is gathered in a buffer of 256 KiB and handed to the sink when that is full. What a
/// content contributes to a line is put together once and kept while the content is in use.
public struct EventExporter: ~Copyable {
    /// Takes the text, a piece at a time; a piece need not end with a line.
    public typealias Sink = (UnsafeRawBufferPointer) throws -> Void

    public let format: ExportFormat
    /// Whether what stands before the first event was written.
    private var hasBegun = false
    /// What is no text.
    private var parquet: ParquetEvents?
    /// How many bytes were given to the sink.
    public private(set) var byteCount = 0
    private let sink: Sink
    private let buffer: UnsafeMutableRawBufferPointer
    private var count = 0
    private var templates: [ObjectIdentifier: LineTemplate] = [:]
    private var last: LineTemplate?

    private static let capacity = 256 << 10
    private static let templateLimit = 8_192

    public init(format: ExportFormat, sink: @escaping Sink) {
        self.format = format
        parquet = format == .parquet ? ParquetEvents() : nil
        self.sink = sink
        self.buffer = .allocate(byteCount: EventExporter.capacity, alignment: 16)
    }

    deinit { buffer.deallocate() }

    /// Writes one event and a line's end.
    public mutating func write(_ event: Event, sequence: Int64) throws {
        guard parquet == nil else { return try writeRow(event, sequence) }
        if !hasBegun {
            try begin()
        } else if format == .cloudeventsBatch {
            try append(EventExporter.separator)
        }
        let template = template(for: event.content)
        for part in template.parts {
            switch part {
            case .text(let text): try append(text)
            case .sequence: try append(sequence)
            case .id: try append(event.id)
            case .time(let precision): try append(event.time, precision)
            case .recorded(let precision):
                if let recorded = event.recorded {
                    try append(recorded, precision)
                } else {
                    try append(LineTemplate.null)
                }
            case .plainID: try appendPlain(event.id)
            case .plainTime: try appendPlain(event.time)
            case .plainRecorded: if let recorded = event.recorded { try appendPlain(recorded) }
            case .paddedSequence: try append(sequence, digits: 19)
            }
        }
    }

    /// Writes what stands behind the last event, and gives what is left to the sink. To be called
    /// once.
    public mutating func finish() throws {
        guard parquet == nil else { return try finishRows() }
        if !hasBegun { try begin() }
        try append(Array(format.closing.utf8))
        try flush()
    }

    private mutating func writeRow(_ event: Event, _ sequence: Int64) throws {
        var written = 0
        try parquet?.write(event, sequence: sequence) { [sink] in
            written += $0.count
            try sink($0)
        }
        byteCount += written
    }

    private mutating func finishRows() throws {
        var written = 0
        try parquet?.finish { [sink] in
            written += $0.count
            try sink($0)
        }
        byteCount += written
    }

    private mutating func begin() throws {
        hasBegun = true
        try append(Array(format.opening.utf8))
    }

    private static let separator = Array(",\n".utf8)

    private mutating func flush() throws {
        guard count > 0 else { return }
        byteCount += count
        try sink(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        count = 0
    }

    private mutating func template(for content: EventContent) -> LineTemplate {
        if let last, last.content === content { return last }
        let key = ObjectIdentifier(content)
        let found: LineTemplate
        if let known = templates[key] {
            found = known
        } else {
            // A template keeps its content alive, so that no other one gets its identity.
            if templates.count >= EventExporter.templateLimit {
                templates.removeAll(keepingCapacity: true)
            }
            found = LineTemplate(content, format)
            if content.detail.utf8.count <= 1 << 14 { templates[key] = found }
        }
        last = found
        return found
    }
}

extension EventExporter {
    private mutating func reserve(_ needed: Int) throws {
        if count + needed > buffer.count { try flush() }
    }

    private mutating func append(_ text: [UInt8]) throws {
        guard !text.isEmpty else { return }
        try reserve(text.count)
        guard text.count <= buffer.count else {
            byteCount += text.count
            return try text.withUnsafeBytes { try sink($0) }
        }
        text.withUnsafeBytes {
            (buffer.baseAddress! + count).copyMemory(from: $0.baseAddress!, byteCount: $0.count)
        }
        count += text.count
    }

    /// - Parameter least: how many digits there are at least, zeros in front.
    private mutating func append(_ number: Int64, digits least: Int = 1) throws {
        try reserve(20)
        var digits = 1
        var rest = number.magnitude
        while rest >= 10 {
            rest /= 10
            digits += 1
        }
        digits = max(digits, least)
        rest = number.magnitude
        if number < 0 {
            buffer[count] = 0x2D
            count += 1
        }
        for place in stride(from: count + digits - 1, through: count, by: -1) {
            buffer[place] = 0x30 + UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        }
        count += digits
    }

    private mutating func append(_ id: EventID) throws {
        guard case .uuid = id else { return try append(Array(JSONText.quoted(id.text).utf8)) }
        try reserve(38)
        buffer[count] = 0x22
        id.writeUUID(into: UnsafeMutableRawBufferPointer(rebasing: buffer[(count + 1)...]))
        buffer[count + 37] = 0x22
        count += 38
    }

    private mutating func appendPlain(_ id: EventID) throws {
        guard case .uuid = id else { return try append(Array(CSVText.field(id.text).utf8)) }
        try reserve(36)
        id.writeUUID(into: UnsafeMutableRawBufferPointer(rebasing: buffer[count...]))
        count += 36
    }

    private mutating func appendPlain(_ time: Timestamp) throws {
        try reserve(32)
        let room = (buffer.baseAddress! + count).assumingMemoryBound(to: UInt8.self)
        count += time.write(
            .microsecond, into: UnsafeMutableBufferPointer(start: room, count: 30))
    }

    private mutating func append(_ time: Timestamp, _ precision: LineTemplate.Precision) throws {
        if case .spelled(let text, time) = precision { return try append(text) }
        let resolution = precision.resolution(of: time)
        try reserve(32)
        buffer[count] = 0x22
        let room = buffer.baseAddress! + count + 1
        let written = time.write(
            resolution,
            into: UnsafeMutableBufferPointer(
                start: room.assumingMemoryBound(to: UInt8.self), count: 30))
        buffer[count + written + 1] = 0x22
        count += written + 2
    }
}
