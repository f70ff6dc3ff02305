import EventModel

/// A state's bytes, cut into what is each feeder's.
///
/// A part is framed by section, so that any of the parts make a state again:
///
///     part:   entries │ length │ bytes      for each section
///     state:  entries of all parts │ their bytes one after another      for each section
package struct StateParts {
    /// In order of feeders' names.
    package private(set) var parts: [(feeder: FeederIndex, bytes: [UInt8])] = []

    /// Cuts a fold's state.
    ///
    /// - Throws: `StateError` where the projection's feeders are said to be independent, and its
    ///   `encode(to:)` writes something else than entries of feeders.
    package init(_ fold: ProjectionFold, _ history: History) throws {
        let marks = StateMarks()
        var bytes: [UInt8] = []
        var encoder = StateEncoder(history: history, marks: marks) { bytes += $0 }
        fold.encode(to: &encoder)
        _ = encoder.finish()
        guard marks.cover(bytes.count) else {
            throw StateError(
                "\(fold.name) says that its feeders are independent, and encode(to:) writes what"
                    + " is no feeder's: write all of it with encode(entriesOf:_:), or as PerFeeder")
        }
        var framed: [FeederIndex: [UInt8]] = [:]
        for (place, section) in marks.sections.enumerated() {
            var had = Set<FeederIndex>()
            var at = 0
            while at < section.entries.count {
                let first = section.entries[at]
                var next = at + 1
                while next < section.entries.count, section.entries[next].feeder == first.feeder {
                    next += 1
                }
                guard had.insert(first.feeder).inserted else {
                    throw StateError(
                        "\(fold.name) writes entries of \(history.name(of: first.feeder)) apart"
                            + " from each other: encode(entriesOf:_:) takes feeders in order of names"
                    )
                }
                let end = next < section.entries.count ? section.entries[next].begin : section.end
                framed[first.feeder, default: StateParts.blank(place)]
                    .appendFrame(entries: next - at, bytes[first.begin..<end])
                at = next
            }
            // Who has nothing in this section says so.
            for feeder in history.feedersByName where !had.contains(feeder) {
                framed[feeder]?.appendFrame(entries: 0, [])
            }
        }
        parts = history.feedersByName.compactMap { feeder in
            framed[feeder].map { (feeder, $0) }
        }
    }

    /// A part that has nothing in the first `sections`.
    private static func blank(_ sections: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        for _ in 0..<sections { bytes.appendFrame(entries: 0, []) }
        return bytes
    }

    /// Makes one state of parts, in order of feeders' names.
    ///
    /// - Throws: `StateError` where the parts are not framed alike.
    package static func join(_ parts: [[UInt8]]) throws -> [UInt8] {
        var readers = parts.map { FrameReader($0) }
        var state: [UInt8] = []
        while readers.contains(where: { !$0.isAtEnd }) {
            var entries = 0
            var body: [UInt8] = []
            for place in readers.indices {
                let frame = try readers[place].next()
                entries += frame.entries
                body += frame.bytes
            }
            state.appendNumber(entries)
            state += body
        }
        return state
    }
}

/// Reads a part frame by frame.
private struct FrameReader {
    private let bytes: [UInt8]
    private var at = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var isAtEnd: Bool { at == bytes.count }

    mutating func next() throws -> (entries: Int, bytes: ArraySlice<UInt8>) {
        let (entries, length) = (try number(), try number())
        guard entries >= 0, length >= 0, length <= bytes.count - at else {
            throw StateError("a part of the snapshot is cut off")
        }
        defer { at += length }
        return (entries, bytes[at..<at + length])
    }

    private mutating func number() throws -> Int {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while at < bytes.count, shift < 64 {
            let byte = bytes[at]
            at += 1
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return Int(Int64(bitPattern: value >> 1 ^ (0 &- value & 1))) }
            shift += 7
        }
        throw StateError("a part of the snapshot is cut off")
    }
}

extension [UInt8] {
    /// A number as `StateEncoder` writes it.
    fileprivate mutating func appendNumber(_ value: Int) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: StateEncoder.longest) { number in
            guard let start = number.baseAddress else { return }
            let count = StateEncoder.write(value, to: start)
            append(contentsOf: number[..<count])
        }
    }

    fileprivate mutating func appendFrame(entries: Int, _ body: ArraySlice<UInt8>) {
        appendNumber(entries)
        appendNumber(body.count)
        self += body
    }
}
