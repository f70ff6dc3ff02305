import EventModel

/// One way over an event's bytes: checks them as JSON, hands the values that rules read to their
/// tests, and skips the rest.
///
/// It reads plain text itself; strings with escapes or beyond ASCII, and the words for what is wrong,
/// are `JSONReader`'s.
struct EventWalk {
    private let bytes: UnsafeRawBufferPointer
    private let count: Int
    private let rules: CompiledRules
    private var at = 0

    init(_ bytes: UnsafeRawBufferPointer, _ rules: CompiledRules) {
        self.bytes = bytes
        count = bytes.count
        self.rules = rules
    }

    /// Reads the whole event into `scratch`.
    mutating func run(_ scratch: inout MatchScratch) throws(JSONError) {
        guard peek() == 0x7B else {
            throw malformed("an event is a JSON object, from { to }")
        }
        try walkObject(0, element: -1, depth: 0, &scratch)
        guard peek() == 0 && at >= count else {
            throw JSONError(offset: at, reason: "there is text after the JSON value")
        }
    }

    // MARK: Values that rules may read

    private mutating func walkObject(
        _ node: Int, element: Int32, depth: Int, _ scratch: inout MatchScratch
    ) throws(JSONError) {
        try open(depth)
        if peek() == 0x7D {
            at += 1
            return
        }
        while true {
            let start = try beginName()
            let isPlain = try scanString()
            let end = at
            try skipColon()
            let child =
                isPlain
                ? step(node, start + 1, end - 1)
                : step(node, escaped: start..<end)
            if child < 0 {
                try skipValue(depth: depth + 1)
            } else {
                try walkValue(child, element: element, depth: depth + 1, &scratch)
            }
            if try closes(0x7D) { return }
        }
    }

    private mutating func walkArray(
        _ node: Int, element: Int32, depth: Int, _ scratch: inout MatchScratch
    ) throws(JSONError) {
        try open(depth)
        let array = scratch.arrayCount
        scratch.arrayCount += 1
        if peek() == 0x5D {
            at += 1
            return
        }
        var index: Int32 = 0
        while true {
            let byte = peek()
            var inner = element
            if byte == 0x7B || byte == 0x5B {
                inner = Int32(scratch.elements.count)
                scratch.elements.append(
                    MatchScratch.Element(array: array, index: index, parent: element))
            }
            try walkValue(node, element: inner, depth: depth + 1, &scratch)
            index += 1
            if try closes(0x5D) { return }
        }
    }

    private mutating func walkValue(
        _ node: Int, element: Int32, depth: Int, _ scratch: inout MatchScratch
    ) throws(JSONError) {
        let byte = peek()
        if byte == 0x7B { return try walkObject(node, element: element, depth: depth, &scratch) }
        if byte == 0x5B { return try walkArray(node, element: element, depth: depth, &scratch) }
        let start = at
        let field = Int(rules.trie.field(of: node))
        if byte == 0x22 {
            let isPlain = try scanString()
            guard field >= 0 else { return }
            if isPlain {
                let value = UnsafeRawBufferPointer(rebasing: bytes[start..<at])
                record(value, .string, field, element, &scratch)
            } else {
                resolve(start..<at, &scratch)
                let plain = scratch.plain
                plain.withUnsafeBytes { record($0, .string, field, element, &scratch) }
            }
            return
        }
        let kind = try skipScalar(byte)
        guard field >= 0 else { return }
        record(
            UnsafeRawBufferPointer(rebasing: bytes[start..<at]), kind, field, element, &scratch)
    }

    /// Holds a value against its field's tests and notes which it passes.
    private func record(
        _ value: UnsafeRawBufferPointer, _ kind: JSONKind, _ field: Int, _ element: Int32,
        _ scratch: inout MatchScratch
    ) {
        let first = Int32(scratch.passed.count)
        scratch.isPresent[field] = true
        if element >= 0 { scratch.isInElement[field] = true }
        rules.tests[field].evaluate(value, kind) { test in
            scratch.passed.append(test)
            rules.members.add(test, to: &scratch.got)
        }
        scratch.values.append(
            MatchScratch.Value(
                field: Int32(field), element: element, firstPassed: first,
                endPassed: Int32(scratch.passed.count)))
    }

    /// Puts the string at `range` into the scratch, its quotes kept, its escapes resolved.
    private func resolve(_ range: Range<Int>, _ scratch: inout MatchScratch) {
        scratch.plain.removeAll(keepingCapacity: true)
        scratch.plain.append(0x22)
        scratch.plain += JSONReader(bytes).text(ofString: range).utf8
        scratch.plain.append(0x22)
    }

    /// The node behind a name without escapes; -1 where no rule goes that way.
    @inline(__always)
    private func step(_ node: Int, _ start: Int, _ end: Int) -> Int {
        let name = UnsafeRawBufferPointer(rebasing: bytes[start..<end])
        let child = rules.trie.child(of: node, name)
        if child >= 0 { return child }
        return name.contains(0x2E) ? stepByStep(node, name) : -1
    }

    private func step(_ node: Int, escaped range: Range<Int>) -> Int {
        Array(JSONReader(bytes).text(ofString: range).utf8).withUnsafeBytes { stepByStep(node, $0) }
    }

    /// The node behind a name of which each dot ends a step.
    private func stepByStep(_ node: Int, _ name: UnsafeRawBufferPointer) -> Int {
        var node = node
        for step in name.split(separator: 0x2E, omittingEmptySubsequences: false) {
            node = rules.trie.child(of: node, UnsafeRawBufferPointer(rebasing: step))
            if node < 0 { return -1 }
        }
        return node
    }

    // MARK: JSON

    /// Skips one value with all that is in it.
    private mutating func skipValue(depth: Int) throws(JSONError) {
        let byte = peek()
        switch byte {
        case 0x22: _ = try scanString()
        case 0x7B:
            try open(depth)
            if peek() == 0x7D {
                at += 1
                return
            }
            while true {
                _ = try beginName()
                _ = try scanString()
                try skipColon()
                try skipValue(depth: depth + 1)
                if try closes(0x7D) { return }
            }
        case 0x5B:
            try open(depth)
            if peek() == 0x5D {
                at += 1
                return
            }
            while true {
                try skipValue(depth: depth + 1)
                if try closes(0x5D) { return }
            }
        default: _ = try skipScalar(byte)
        }
    }

    /// The next byte that is no white space; 0 at the end.
    @inline(__always)
    private mutating func peek() -> UInt8 {
        while at < count {
            let byte = bytes[at]
            guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return byte }
            at += 1
        }
        return 0
    }

    @inline(__always)
    private mutating func open(_ depth: Int) throws(JSONError) {
        guard depth < JSONReader.depthLimit else { throw malformed("the JSON is nested too deep") }
        at += 1
    }

    @inline(__always)
    private mutating func beginName() throws(JSONError) -> Int {
        guard peek() == 0x22 else { throw malformed("a key in quotes was expected") }
        return at
    }

    @inline(__always)
    private mutating func skipColon() throws(JSONError) {
        guard peek() == 0x3A else { throw malformed("a : was expected after the key") }
        at += 1
    }

    @inline(__always)
    private mutating func closes(_ close: UInt8) throws(JSONError) -> Bool {
        let byte = peek()
        guard byte == close || byte == 0x2C else { throw malformed("a , was expected") }
        at += 1
        return byte == close
    }

    /// Passes the string that begins here; true where its bytes are its text.
    @inline(__always)
    private mutating func scanString() throws(JSONError) -> Bool {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let tops: UInt64 = 0x8080_8080_8080_8080
        var place = at + 1
        while place + 8 <= count {
            let word = UInt64(
                littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self))
            let quote = word ^ ones &* 0x22
            let backslash = word ^ ones &* 0x5C
            // As in JSONReader: the lowest byte whose top bit is set is a stop.
            let stops =
                ((quote &- ones) & ~quote | (backslash &- ones) & ~backslash
                    | (word &- ones &* 0x20) & ~word | word) & tops
            if stops != 0 {
                place += stops.trailingZeroBitCount >> 3
                break
            }
            place += 8
        }
        while place < count, bytes[place] >= 0x20, bytes[place] < 0x80, bytes[place] != 0x5C {
            if bytes[place] == 0x22 {
                at = place + 1
                return true
            }
            place += 1
        }
        return try scanUncommonString()
    }

    private mutating func scanUncommonString() throws(JSONError) -> Bool {
        var reader = JSONReader(bytes, at: at)
        let range = try reader.skipString()
        at = reader.offset
        return !bytes[range].contains(0x5C)
    }

    /// Passes a number or a word.
    private mutating func skipScalar(_ byte: UInt8) throws(JSONError) -> JSONKind {
        if byte == 0x2D || byte >= 0x30 && byte <= 0x39 {
            if !skipPlainInteger() { try skipByReader() }
            return .number
        }
        try skipByReader()
        return byte == 0x6E ? .null : .bool
    }

    /// Passes a number without sign, fraction and exponent; false, and nothing passed, for others.
    @inline(__always)
    private mutating func skipPlainInteger() -> Bool {
        guard bytes[at] >= 0x31, bytes[at] <= 0x39 else { return false }
        var place = at + 1
        while place < count, bytes[place] >= 0x30, bytes[place] <= 0x39 { place += 1 }
        guard place < count, bytes[place] != 0x2E, bytes[place] | 0x20 != 0x65 else { return false }
        at = place
        return true
    }

    private mutating func skipByReader() throws(JSONError) {
        var reader = JSONReader(bytes, at: at)
        try reader.skipValue()
        at = reader.offset
    }

    /// What is wrong with the event, in the words of the one who reads JSON everywhere else.
    private func malformed(_ reason: String) -> JSONError {
        var reader = JSONReader(bytes)
        do {
            if try reader.peekKind() == .object { try reader.skipValue() }
        } catch {
            return error
        }
        return JSONError(offset: at, reason: reason)
    }
}
