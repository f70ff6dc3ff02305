import EventModel

/// Why a snapshot cannot be read.
public struct StateError: Error, CustomStringConvertible, Sendable {
    public let description: String
    public init(_ description: String) { self.description = description }
}

/// Writes a state as bytes: integers as variable-length numbers (zigzag, seven bits a byte, least
/// significant first), texts with their length before them. Nothing of it depends on the machine.
///
/// The bytes are hashed as they come and handed on in chunks, so a state larger than memory can be
/// encoded.
public struct StateEncoder: ~Copyable {
    /// What a projection may look up while it encodes.
    public let history: History
    private let buffer: UnsafeMutablePointer<UInt8>
    private var count = 0
    private var hash = SHA256()
    private let sink: (([UInt8]) -> Void)?
    /// Where the entries of each feeder lie, if somebody wants to know.
    private let marks: StateMarks?
    /// Bytes that were handed on.
    private var done = 0
    private static let chunk = 1 << 16
    /// The most bytes that a number takes.
    static let longest = 10

    /// - Parameter sink: gets the bytes in chunks; nil where only the digest is wanted.
    public init(history: History, sink: (([UInt8]) -> Void)? = nil) {
        self.init(history: history, marks: nil, sink: sink)
    }

    init(history: History, marks: StateMarks?, sink: (([UInt8]) -> Void)?) {
        self.history = history
        self.marks = marks
        self.sink = sink
        buffer = .allocate(capacity: StateEncoder.chunk)
    }

    deinit { buffer.deallocate() }

    public mutating func encode(_ value: Int) {
        if count + StateEncoder.longest > StateEncoder.chunk { flush() }
        count += StateEncoder.write(value, to: buffer + count)
    }

    /// Writes numbers that `write(_:to:)` put into bytes elsewhere: the same bytes, in the same chunks,
    /// as if each were encoded here.
    mutating func encode(numbers bytes: UnsafeBufferPointer<UInt8>) {
        var rest = bytes[...]
        while !rest.isEmpty {
            if count + StateEncoder.longest > StateEncoder.chunk { flush() }
            // A chunk ends with the first number that leaves no room for the longest.
            let room = StateEncoder.chunk - StateEncoder.longest + 1 - count
            var end = min(rest.endIndex, rest.startIndex + room)
            while end < rest.endIndex, rest[end - 1] >= 0x80 { end += 1 }
            _ = UnsafeMutableBufferPointer(start: buffer + count, count: end - rest.startIndex)
                .update(fromContentsOf: rest[rest.startIndex..<end])
            count += end - rest.startIndex
            rest = rest[end...]
        }
    }

    /// Writes a number and returns how many bytes it took.
    @inline(__always)
    static func write(_ value: Int, to bytes: UnsafeMutablePointer<UInt8>) -> Int {
        var rest = UInt64(bitPattern: Int64(value << 1 ^ value >> 63))
        var count = 0
        while rest >= 0x80 {
            bytes[count] = UInt8(truncatingIfNeeded: rest) | 0x80
            count += 1
            rest >>= 7
        }
        bytes[count] = UInt8(truncatingIfNeeded: rest)
        return count + 1
    }

    /// The running hash that a state's digest begins with, before the state's bytes.
    static func hash(_ name: String, _ version: Int) -> SHA256 {
        var hash = SHA256()
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: longest) { number in
            guard let bytes = number.baseAddress else { return }
            func add(_ value: Int) {
                let count = write(value, to: bytes)
                hash.update(UnsafeRawBufferPointer(start: bytes, count: count))
            }
            add(name.utf8.count)
            hash.update(name)
            add(version)
        }
        return hash
    }

    public mutating func encode(_ value: Int64) { encode(Int(value)) }

    public mutating func encode(_ text: String) {
        encode(text.utf8.count)
        for byte in text.utf8 {
            if count == StateEncoder.chunk { flush() }
            buffer[count] = byte
            count += 1
        }
    }

    /// Writes entries that each belong to a feeder: how many there are, then of each the feeder's name
    /// and what `body` writes. What is written in no other way can be divided by feeder
    /// (`Projection.feedersAreIndependent`).
    ///
    /// - Parameters:
    ///   - feeders: the feeder of each entry, in order of names.
    ///   - body: writes the entry at a place of `feeders`.
    public mutating func encode(
        entriesOf feeders: [FeederIndex], _ body: (inout StateEncoder, Int) -> Void
    ) {
        beginEntries(feeders.count)
        for (place, feeder) in feeders.enumerated() {
            beginEntry(of: feeder)
            body(&self, place)
        }
        endEntries()
    }

    /// The same in steps: how many entries there are; the feeder of each before what it holds; the end.
    mutating func beginEntries(_ number: Int) {
        marks?.beginSection(at: done + count)
        encode(number)
    }

    mutating func beginEntry(of feeder: FeederIndex) {
        marks?.beginEntry(of: feeder, at: done + count)
        encode(history.name(of: feeder))
    }

    mutating func endEntries() { marks?.endSection(at: done + count) }

    /// Each feeder that has another value than the untouched ones, in order of names.
    public mutating func encode(_ values: PerFeeder<Int>) {
        let touched = history.feedersByName.filter { values[$0] != values.zero }
        encode(entriesOf: touched) { coder, place in coder.encode(values[touched[place]]) }
    }

    private mutating func flush() {
        guard count > 0 else { return }
        let bytes = UnsafeBufferPointer(start: buffer, count: count)
        hash.update(UnsafeRawBufferPointer(bytes))
        sink?(Array(bytes))
        done += count
        count = 0
    }

    /// Hands on what is left, and gives the digest of all bytes.
    public mutating func finish() -> SHA256Digest {
        flush()
        return hash.digest()
    }
}

/// Reads a state's bytes.
public struct StateDecoder {
    public let history: History
    private var chunk: [UInt8] = []
    private var at = 0
    private let next: () throws -> [UInt8]?

    /// - Parameter next: gives the chunks in order, then nil.
    public init(history: History, next: @escaping () throws -> [UInt8]?) {
        self.history = history
        self.next = next
    }

    private mutating func byte() throws -> UInt8 {
        while at == chunk.count {
            guard let more = try next() else { throw StateError("the snapshot ends too early") }
            chunk = more
            at = 0
        }
        defer { at += 1 }
        return chunk[at]
    }

    /// - Throws: `StateError` where bytes are left that nobody read.
    mutating func finish() throws {
        while at == chunk.count {
            guard let more = try next() else { return }
            chunk = more
            at = 0
        }
        throw StateError("the snapshot goes on where its reader stopped")
    }

    public mutating func decode() throws -> Int {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while true {
            let byte = try byte()
            guard shift < 64 else { throw StateError("a number in the snapshot is too long") }
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { break }
            shift += 7
        }
        return Int(Int64(bitPattern: value >> 1 ^ (0 &- value & 1)))
    }

    /// A count of things to come, which is never negative.
    public mutating func decodeCount() throws -> Int {
        let count: Int = try decode()
        guard count >= 0 else { throw StateError("a count in the snapshot is negative") }
        return count
    }

    public mutating func decode() throws -> String {
        let count = try decodeCount()
        var bytes: [UInt8] = []
        for _ in 0..<count { bytes.append(try byte()) }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The index that a feeder's name has in this history.
    public mutating func decodeFeeder() throws -> FeederIndex {
        let name: String = try decode()
        guard let feeder = history.feeder(named: name) else {
            throw StateError("the snapshot names feeder \(name), which the ledger does not")
        }
        return feeder
    }

    /// - Parameter zero: the value of feeders that no event has touched.
    public mutating func decode(zero: Int = 0) throws -> PerFeeder<Int> {
        var values = PerFeeder<Int>(zero: zero)
        for _ in 0..<(try decodeCount()) {
            let feeder = try decodeFeeder()
            values[feeder] = try decode()
        }
        return values
    }
}
