import EventModel
import Foundation

/// Walks over JSON values that follow one another in any manner: one a line, concatenated, pretty
/// printed, in arrays, or all of these in turn. Holds one value and one chunk in memory.
///
///     top ──{──> a value ──> top            array ──value──> , or ] ──,──> array
///      └───[──> array                         └─────────────────────]──> top
///
/// After a syntax error the walk goes on at the line after the one in which the broken value
/// begins, so that a truncated line costs no good one; see `ValueScanner+Recovery`. Where the
/// chunks of the source end changes nothing: a value that is cut off is read on and begun again.
final class ValueScanner {
    enum Item {
        /// An object, with its members.
        case object(RawObject)
        /// An element of an array that is no object.
        case element(Range<Int>, JSONKind)
        /// No JSON: its text went to `unreadable`, up to the end of its line.
        case unreadable(TextPlace, String)
    }

    /// Takes the text of what cannot be read, in pieces, without the line's end.
    var unreadable: ((UnsafeRawBufferPointer) throws(ImportError) -> Void)?

    let source: ByteSource
    let valueLimit: Int
    private var buffer: UnsafeMutableRawBufferPointer
    /// The first byte that is not passed yet, and the end of what was read.
    var start = 0
    var end = 0
    var isExhausted = false
    /// The line of `start`, and where it begins in the buffer (before it, once that was moved).
    private var line = 1
    private var lineStart = 0
    /// The end of the value given last, which is passed when the next one is asked for.
    var given = 0
    var array: OpenArray?
    /// Whether an array was left broken: its commas and brackets are passed over.
    var isRecovering = false
    private var hasBegun = false
    private var members: [RawMember] = []

    /// An array whose elements are being given.
    struct OpenArray {
        enum Expectation { case elementOrEnd, element, commaOrEnd }
        var place: TextPlace
        var expects: Expectation
    }

    init(_ source: ByteSource, valueLimit: Int, chunkSize: Int) {
        self.source = source
        self.valueLimit = valueLimit
        self.buffer = .allocate(byteCount: max(64, chunkSize + chunkSize / 4), alignment: 16)
    }

    deinit { buffer.deallocate() }

    /// What was read and not passed yet begins at `start`.
    var bytes: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: buffer.baseAddress, count: end)
    }

    /// The next value; nil at the end. What the last one gave is no longer valid then.
    func next() throws(ImportError) -> Item? {
        if !hasBegun { try skipByteOrderMark() }
        pass(to: max(start, given))
        while let byte = try nextByte() {
            if var open = array {
                switch (open.expects, byte) {
                case (.elementOrEnd, 0x5D), (.commaOrEnd, 0x5D): array = nil
                case (.commaOrEnd, 0x2C):
                    open.expects = .element
                    array = open
                case (.commaOrEnd, _):
                    let reason = "a , or ] was expected after the element"
                    return byte == 0x7B ? missComma(reason) : try giveUp(at: start, reason)
                default: return try readValue()
                }
                start += 1
            } else if byte == 0x5B {
                array = OpenArray(place: place(of: start), expects: .elementOrEnd)
                start += 1
            } else if isRecovering, byte == 0x2C || byte == 0x5D {
                start += 1
            } else if byte == 0x7B {
                return try readValue()
            } else {
                let name = JSONReader.name(of: byte)
                return try giveUp(
                    at: start, "a JSON object was expected, or an array of them, not \(name)")
            }
        }
        guard let open = array else { return nil }
        return try giveUp(
            at: start, "the input ended inside the array that begins at \(open.place)")
    }

    /// What was read from the next value on, where that is an object outside an array; nil elsewhere.
    /// It is asked for again by `next`, unless it is given by `give`.
    func peekObject() throws(ImportError) -> UnsafeRawBufferPointer? {
        if !hasBegun { try skipByteOrderMark() }
        pass(to: max(start, given))
        guard array == nil, try nextByte() == 0x7B else { return nil }
        return UnsafeRawBufferPointer(rebasing: bytes[start...])
    }

    /// Gives the value of so many bytes that `peekObject` showed.
    func give(_ count: Int) -> UnsafeRawBufferPointer {
        given = start + count
        return UnsafeRawBufferPointer(rebasing: bytes[start..<given])
    }

    /// The value that begins at `start`: scanned once, unless it is cut off by the chunk's end.
    private func readValue() throws(ImportError) -> Item {
        var found = members
        members = []
        defer { members = found }
        while true {
            var reader = JSONReader(bytes, at: start)
            var failure: JSONError?
            var kind = JSONKind.null
            do throws(JSONError) {
                kind = try reader.peekKind()
                if kind == .object {
                    try ValueScanner.readMembers(&reader, into: &found)
                } else {
                    try reader.skipValue()
                }
            } catch { failure = error }
            // A number or a word could go on in the next chunk; a closed object cannot.
            if failure == nil,
                kind == .object || isExhausted || reader.offset + ValueScanner.reach <= end
            {
                if reader.offset - start > valueLimit { return try refuseSize() }
                given = reader.offset
                array?.expects = .commaOrEnd
                guard kind == .object else { return .element(start..<given, kind) }
                return .object(RawObject(bytes: bytes, range: start..<given, members: found))
            }
            let failed = failure?.offset ?? reader.offset
            if failed - start > valueLimit { return try refuseSize() }
            guard !isExhausted, failed + ValueScanner.reach > end else {
                return try giveUp(at: failed, failure?.reason ?? "a JSON value was expected")
            }
            try readOn()
        }
    }

    /// The farthest that a reader looks beyond the byte that it blames: an escape's `\uXXXX`.
    private static let reach = 16

    private static func readMembers(
        _ reader: inout JSONReader, into members: inout [RawMember]
    ) throws(JSONError) {
        members.removeAll(keepingCapacity: true)
        try reader.forEachMember { (reader, key) throws(JSONError) in
            let kind = try reader.peekKind()
            let value = try reader.skipValue(depth: 1)
            members.append(
                RawMember(
                    name: MemberName(reader.bytes, key), key: key, value: value, kind: kind))
        }
    }

    func refuseSize() throws(ImportError) -> Item {
        try giveUp(
            at: start,
            "the value is larger than \(valueLimit) bytes, the most that one value may have")
    }

    private func skipByteOrderMark() throws(ImportError) {
        hasBegun = true
        while end < 3, !isExhausted { try readOn() }
        if end >= 3, bytes[0] == 0xEF, bytes[1] == 0xBB, bytes[2] == 0xBF {
            start = 3
            lineStart = 3
        }
    }

    /// The first byte that is no white space, with `start` on it; nil at the end.
    private func nextByte() throws(ImportError) -> UInt8? {
        while true {
            let bytes = self.bytes
            while start < end {
                switch bytes[start] {
                case 0x20, 0x0D, 0x09: start += 1
                case 0x0A:
                    start += 1
                    line += 1
                    lineStart = start
                default: return bytes[start]
                }
            }
            if isExhausted { return nil }
            try readOn()
        }
    }
}

extension ValueScanner {
    /// The line and column of a byte at `start` or behind it.
    func place(of offset: Int) -> TextPlace {
        var place = (line: line, start: lineStart)
        var at = start
        while at < offset {
            if bytes[at] == 0x0A { place = (place.line + 1, at + 1) }
            at += 1
        }
        return TextPlace(line: place.line, column: offset - place.start + 1)
    }

    /// What was read from the input's beginning on: its first line, or as much as that if it is
    /// longer.
    func peekLine(upTo limit: Int) throws(ImportError) -> UnsafeRawBufferPointer {
        if !hasBegun { try skipByteOrderMark() }
        while true {
            let text = UnsafeRawBufferPointer(rebasing: bytes[start..<min(end, start + limit)])
            let found = text.isEmpty ? nil : memchr(text.baseAddress!, 0x0A, text.count)
            if let found {
                return UnsafeRawBufferPointer(
                    rebasing: text[..<(UnsafeRawPointer(found) - text.baseAddress!)])
            }
            if isExhausted || text.count == limit { return text }
            try readOn()
        }
    }

    /// Passes over the value that was given last, and over a byte order mark at the beginning.
    func passGiven() throws(ImportError) {
        if !hasBegun { try skipByteOrderMark() }
        pass(to: max(start, given))
    }

    /// Moves `start` to `offset`, counting lines.
    func pass(to offset: Int) {
        while start < offset,
            let found = memchr(buffer.baseAddress! + start, 0x0A, offset - start)
        {
            start = UnsafeRawPointer(found) - UnsafeRawPointer(buffer.baseAddress!) + 1
            line += 1
            lineStart = start
        }
        start = offset
    }

    /// Reads at least as much again as is there, so that beginning a value again stays cheap.
    func readOn() throws(ImportError) {
        let pending = end - start
        if start > 0 {
            buffer.baseAddress!.copyMemory(from: buffer.baseAddress! + start, byteCount: pending)
            lineStart -= start
            given = 0
            start = 0
            end = pending
        }
        let wanted = end + max(1, pending)
        if wanted > buffer.count { grow(to: wanted) }
        while end < wanted, !isExhausted {
            let room = UnsafeMutableRawBufferPointer(rebasing: buffer[end...])
            let count = try source.read(into: room)
            isExhausted = count == 0
            end += count
        }
    }

    private func grow(to wanted: Int) {
        let larger = UnsafeMutableRawBufferPointer.allocate(
            byteCount: wanted + wanted / 4, alignment: 16)
        larger.copyMemory(from: bytes)
        buffer.deallocate()
        buffer = larger
    }
}
