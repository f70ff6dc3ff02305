import EventModel

/// The JSON that a walk goes over: what it skips, and the steps between names and values.
extension EventWalk {
    /// Skips one value with all that is in it.
    mutating func skipValue(depth: Int) throws(JSONError) {
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
    mutating func peek() -> UInt8 {
        while at < count {
            let byte = bytes[at]
            guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return byte }
            at += 1
        }
        return 0
    }

    @inline(__always)
    mutating func open(_ depth: Int) throws(JSONError) {
        guard depth < JSONReader.depthLimit else { throw malformed("the JSON is nested too deep") }
        at += 1
    }

    @inline(__always)
    mutating func beginName() throws(JSONError) -> Int {
        guard peek() == 0x22 else { throw malformed("a key in quotes was expected") }
        return at
    }

    @inline(__always)
    mutating func skipColon() throws(JSONError) {
        guard peek() == 0x3A else { throw malformed("a : was expected after the key") }
        at += 1
    }

    @inline(__always)
    mutating func closes(_ close: UInt8) throws(JSONError) -> Bool {
        let byte = peek()
        guard byte == close || byte == 0x2C else { throw malformed("a , was expected") }
        at += 1
        return byte == close
    }

    /// Passes the string that begins here; true where its bytes are its text.
    @inline(__always)
    mutating func scanString() throws(JSONError) -> Bool {
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
    mutating func skipScalar(_ byte: UInt8) throws(JSONError) -> JSONKind {
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
    func malformed(_ reason: String) -> JSONError {
        var reader = JSONReader(bytes)
        do {
            if try reader.peekKind() == .object { try reader.skipValue() }
        } catch {
            return error
        }
        return JSONError(offset: at, reason: reason)
    }
}
