extension JSONReader {
    /// Skips the string that begins here, quotes included, and returns its range.
    @discardableResult
    public mutating func skipString() throws(JSONError) -> Range<Int> {
        let start = offset
        offset += 1
        skipPlainWords()
        while offset < bytes.count {
            let byte = bytes[offset]
            switch byte {
            case 0x22:
                offset += 1
                return start..<offset
            case 0x5C: try skipEscape()
            case 0x20...0x7F: offset += 1
            case 0..<0x20:
                throw fail(
                    "control character \(JSONReader.name(of: byte)) must be escaped in a string")
            default: try skipMultibyte()
            }
        }
        throw fail("the text ended inside a string")
    }

    /// Skips printable ASCII eight bytes at once, up to the first quote, backslash, control
    /// character or byte above ASCII.
    @inline(__always)
    private mutating func skipPlainWords() {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let tops: UInt64 = 0x8080_8080_8080_8080
        while offset + 8 <= bytes.count {
            let word = UInt64(
                littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
            let quote = word ^ ones &* 0x22
            let backslash = word ^ ones &* 0x5C
            // A subtraction sets the top bit of the lowest byte that matches; those above it may
            // be wrong, and are not looked at.
            let stops =
                ((quote &- ones) & ~quote | (backslash &- ones) & ~backslash
                    | (word &- ones &* 0x20) & ~word | word) & tops
            guard stops == 0 else {
                offset += stops.trailingZeroBitCount >> 3
                return
            }
            offset += 8
        }
    }

    private mutating func skipEscape() throws(JSONError) {
        guard offset + 1 < bytes.count else {
            offset = bytes.count
            throw fail("the text ended inside a string")
        }
        switch bytes[offset + 1] {
        case 0x22, 0x5C, 0x2F, 0x62, 0x66, 0x6E, 0x72, 0x74: offset += 2
        case 0x75:
            let escape = offset
            let unit = try hexUnit()
            offset += 6
            guard unit >= 0xD800, unit <= 0xDFFF else { return }
            guard unit <= 0xDBFF, offset + 1 < bytes.count, bytes[offset] == 0x5C,
                bytes[offset + 1] == 0x75, (0xDC00...0xDFFF).contains(try hexUnit())
            else {
                offset = escape
                throw fail("a lone surrogate in a \\u escape is no character")
            }
            offset += 6
        default: throw fail("\\\(JSONReader.name(of: bytes[offset + 1])) is no JSON escape")
        }
    }

    /// The four digits of the `\u` escape that begins here.
    private func hexUnit() throws(JSONError) -> UInt32 {
        guard offset + 6 <= bytes.count else { throw fail("a \\u escape needs four digits") }
        var unit: UInt32 = 0
        for place in offset + 2..<offset + 6 {
            guard let value = hexValue(bytes[place]) else {
                throw fail("a \\u escape needs four hexadecimal digits")
            }
            unit = unit << 4 | UInt32(value)
        }
        return unit
    }

    /// One UTF-8 sequence of two to four bytes, checked as in the Unicode Standard, table 3-7.
    private mutating func skipMultibyte() throws(JSONError) {
        func byte(_ place: Int) -> UInt8 {
            offset + place < bytes.count ? bytes[offset + place] : 0
        }
        func continues(_ place: Int) -> Bool { byte(place) & 0xC0 == 0x80 }
        let first = byte(0)
        let second = byte(1)
        switch first {
        case 0xC2...0xDF where continues(1): offset += 2
        case 0xE0...0xEF
        where continues(1) && continues(2) && !(first == 0xE0 && second < 0xA0)
            && !(first == 0xED && second > 0x9F):
            offset += 3
        case 0xF0...0xF4
        where continues(1) && continues(2) && continues(3) && !(first == 0xF0 && second < 0x90)
            && !(first == 0xF4 && second > 0x8F):
            offset += 4
        default:
            throw fail(
                "byte 0x\(String(first, radix: 16, uppercase: true)) is not valid UTF-8 here")
        }
    }

    mutating func skipNumber() throws(JSONError) {
        func digit(_ place: Int) -> Bool {
            place < bytes.count && bytes[place] >= 0x30 && bytes[place] <= 0x39
        }
        if bytes[offset] == 0x2D { offset += 1 }
        guard digit(offset) else { throw fail("a digit was expected") }
        if bytes[offset] == 0x30 {
            offset += 1
            if digit(offset) { throw fail("a number must not begin with 0") }
        } else {
            while digit(offset) { offset += 1 }
        }
        if offset < bytes.count, bytes[offset] == 0x2E {
            offset += 1
            guard digit(offset) else { throw fail("a digit was expected after the point") }
            while digit(offset) { offset += 1 }
        }
        if offset < bytes.count, bytes[offset] | 0x20 == 0x65 {
            offset += 1
            if offset < bytes.count, bytes[offset] == 0x2B || bytes[offset] == 0x2D { offset += 1 }
            guard digit(offset) else { throw fail("a digit was expected in the exponent") }
            while digit(offset) { offset += 1 }
        }
    }

    mutating func skipWord(_ word: StaticString) throws(JSONError) {
        for place in 0..<word.utf8CodeUnitCount {
            guard offset + place < bytes.count, bytes[offset + place] == word.utf8Start[place]
            else {
                throw fail("\(word) was expected")
            }
        }
        offset += word.utf8CodeUnitCount
    }

    /// The text of a string that `skipString` has passed: its quotes off, its escapes resolved.
    public func text(ofString range: Range<Int>) -> String {
        let inner = UnsafeRawBufferPointer(
            rebasing: bytes[range.lowerBound + 1..<range.upperBound - 1])
        guard hasEscape(range) else { return String(decoding: inner, as: UTF8.self) }
        var units: [UInt16] = []
        var at = 0
        var plain = 0
        var text = ""
        func flush(_ end: Int) {
            text += String(decoding: inner[plain..<end], as: UTF8.self)
        }
        while at < inner.count {
            guard inner[at] == 0x5C else {
                at += 1
                continue
            }
            flush(at)
            units.removeAll(keepingCapacity: true)
            while at + 5 < inner.count, inner[at] == 0x5C, inner[at + 1] == 0x75 {
                units.append(
                    inner[at + 2..<at + 6].reduce(0) { $0 << 4 | UInt16(hexValue($1) ?? 0) })
                at += 6
            }
            if units.isEmpty {
                text.unicodeScalars.append(JSONReader.escaped(inner[at + 1]))
                at += 2
            } else {
                text += String(decoding: units, as: UTF16.self)
            }
            plain = at
        }
        flush(inner.count)
        return text
    }

    private static func escaped(_ letter: UInt8) -> UnicodeScalar {
        switch letter {
        case 0x62: "\u{8}"
        case 0x66: "\u{C}"
        case 0x6E: "\n"
        case 0x72: "\r"
        case 0x74: "\t"
        default: UnicodeScalar(letter)
        }
    }

    /// Whether the string at `range` (quotes included) says these very bytes, escapes resolved.
    public func string(at range: Range<Int>, is text: inout String) -> Bool {
        let inner = UnsafeRawBufferPointer(
            rebasing: bytes[range.lowerBound + 1..<range.upperBound - 1])
        let isSame = text.withUTF8 {
            $0.count == inner.count && inner.elementsEqual(UnsafeRawBufferPointer($0))
        }
        return isSame || hasEscape(range) && self.text(ofString: range).hasSameBytes(as: text)
    }

    /// Whether the string at `range` (quotes included) is exactly these ASCII bytes, unescaped.
    @inline(__always)
    public func string(at range: Range<Int>, is word: StaticString) -> Bool {
        guard range.count == word.utf8CodeUnitCount + 2 else {
            return hasEscape(range) && text(ofString: range) == word.description
        }
        for place in 0..<word.utf8CodeUnitCount
        where bytes[range.lowerBound + 1 + place] != word.utf8Start[place] {
            return false
        }
        return true
    }

    /// Whether there is a backslash in `range`. A plain loop: asked for every member's name, and the
    /// standard library's takes ten times as long in a debug build.
    @inline(__always)
    private func hasEscape(_ range: Range<Int>) -> Bool {
        var place = range.lowerBound
        while place < range.upperBound {
            if bytes[place] == 0x5C { return true }
            place += 1
        }
        return false
    }
}
