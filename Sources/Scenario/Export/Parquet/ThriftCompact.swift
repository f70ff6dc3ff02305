/// Writes structs in Thrift's compact protocol, in which Parquet keeps its page headers and its
/// footer.
///
///     field   delta of the id (4 bits) ─ type (4 bits) ─ value     a zero byte ends the struct
///     i32/64  zigzag, then seven bits a byte
///     binary  count, then the bytes
///
/// Source: "Thrift Compact protocol encoding", thrift-compact-protocol.md of Apache Thrift.
struct ThriftCompact {
    enum Kind: UInt8 {
        case yes = 1
        case no = 2
        case int32 = 5
        case int64 = 6
        case binary = 8
        case list = 9
        case structure = 12
    }

    private(set) var bytes: [UInt8] = []
    private var last = 0

    /// Adds an i32; enumerations are such ones. Ids rise within a struct, by at most 15.
    mutating func add(_ id: Int, _ value: Int32) {
        begin(id, .int32)
        put(zigzag: Int64(value))
    }

    /// Adds an i64.
    mutating func add(_ id: Int, _ value: Int64) {
        begin(id, .int64)
        put(zigzag: value)
    }

    mutating func add(_ id: Int, _ value: Bool) { begin(id, value ? .yes : .no) }

    mutating func add(_ id: Int, _ text: String) { add(id, binary: Array(text.utf8)) }

    mutating func add(_ id: Int, binary: [UInt8]) {
        begin(id, .binary)
        put(binary: binary)
    }

    /// Adds a struct, whose ids begin anew.
    mutating func add(_ id: Int, _ body: (inout ThriftCompact) -> Void) {
        begin(id, .structure)
        put(body)
    }

    mutating func add<Element>(
        _ id: Int, structures elements: [Element], _ body: (inout ThriftCompact, Element) -> Void
    ) {
        begin(id, .list)
        put(count: elements.count, of: .structure)
        for element in elements { put { body(&$0, element) } }
    }

    mutating func add(_ id: Int, int32s: [Int32]) {
        begin(id, .list)
        put(count: int32s.count, of: .int32)
        for value in int32s { put(zigzag: Int64(value)) }
    }

    mutating func add(_ id: Int, texts: [String]) {
        begin(id, .list)
        put(count: texts.count, of: .binary)
        for text in texts { put(binary: Array(text.utf8)) }
    }

    /// The struct that `body` writes, as a whole.
    static func structure(_ body: (inout ThriftCompact) -> Void) -> [UInt8] {
        var writer = ThriftCompact()
        writer.put(body)
        return writer.bytes
    }

    private mutating func put(_ body: (inout ThriftCompact) -> Void) {
        let outer = last
        last = 0
        body(&self)
        bytes.append(0)
        last = outer
    }

    private mutating func begin(_ id: Int, _ kind: Kind) {
        bytes.append(UInt8(truncatingIfNeeded: (id - last) << 4) | kind.rawValue)
        last = id
    }

    private mutating func put(count: Int, of kind: Kind) {
        if count < 15 {
            bytes.append(UInt8(truncatingIfNeeded: count << 4) | kind.rawValue)
        } else {
            bytes.append(0xF0 | kind.rawValue)
            bytes.append(variable: UInt64(count))
        }
    }

    private mutating func put(binary: [UInt8]) {
        bytes.append(variable: UInt64(binary.count))
        bytes += binary
    }

    private mutating func put(zigzag value: Int64) {
        bytes.append(variable: UInt64(bitPattern: value << 1 ^ value >> 63))
    }
}

extension [UInt8] {
    /// Appends an integer, seven bits a byte, the lowest first (ULEB128).
    mutating func append(variable value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        append(UInt8(truncatingIfNeeded: rest))
    }

    /// Appends an integer's bytes, the lowest first.
    mutating func append<Value: FixedWidthInteger>(littleEndian value: Value) {
        Swift.withUnsafeBytes(of: value.littleEndian) { append(contentsOf: $0) }
    }
}
