extension Timestamp {
    /// Why a text is no time.
    public struct TextError: Error, Equatable, CustomStringConvertible {
        public let description: String
        init(_ description: String) { self.description = description }
    }

    /// Reads an RFC 3339 date and time: `2024-02-29T18:00:00Z`, with `T`, `t` or one space between
    /// date and time, any number of fraction digits, and `Z`, `z` or an offset such as `+12:45`.
    ///
    /// Digits finer than a microsecond are cut off. A leap second (`:60`) is refused: the timeline
    /// has none.
    public init(text: some StringProtocol) throws(TextError) {
        let found = Array(text.utf8).withUnsafeBytes { bytes in
            Result { () throws(TextError) -> Timestamp in try Timestamp.parse(bytes).0 }
        }
        self = try found.get()
    }

    /// Reads the bytes of an RFC 3339 date and time; also says how finely the text gives it.
    public static func parse(
        _ bytes: UnsafeRawBufferPointer
    ) throws(TextError) -> (Timestamp, Resolution) {
        var reader = TextReader(bytes: bytes)
        let day = try reader.readDay()
        guard let mark = reader.next(), mark == 0x54 || mark == 0x74 || mark == 0x20 else {
            throw TextError("a time such as 2024-02-29T18:00:00Z was expected, with a T and a zone")
        }
        let hour = try reader.readNumber(2, "hour", 0...23)
        try reader.expect(0x3A, "a : after the hour")
        let minute = try reader.readNumber(2, "minute", 0...59)
        try reader.expect(0x3A, "a : after the minute")
        let second = try reader.readNumber(2, "second", 0...60)
        guard second < 60 else {
            throw TextError("second 60 is a leap second; the ledger's timeline has none")
        }
        let (fraction, digits) = try reader.readFraction()
        let offset = try reader.readOffset()
        guard reader.isAtEnd else { throw TextError("there is text after the time's zone") }
        let seconds =
            Int64(day.number) * 86_400 + Int64(hour * 3600 + minute * 60 + second) - offset
        let time = Timestamp(microseconds: seconds * 1_000_000 + fraction)
        guard time >= earliest, time <= latest else {
            throw TextError("the time lies outside the years 0001 to 9999")
        }
        return (time, digits == 0 ? .second : digits <= 3 ? .millisecond : .microsecond)
    }

    /// This moment as `2024-02-29T18:00:00.123456Z`, always with six fraction digits.
    public var text: String { text(.microsecond) }

    /// This moment in UTC, cut to `resolution`: no fraction for `.second`, else 3 or 6 digits.
    public func text(_ resolution: Resolution) -> String {
        String(unsafeUninitializedCapacity: 27) { buffer in
            write(resolution, into: buffer)
        }
    }

    /// This moment with the fewest of 0, 3 or 6 fraction digits that write it exactly.
    public var shortText: String { text(resolution) }

    /// Writes the text form into `buffer` (at least 27 bytes) and returns how many bytes it took.
    ///
    /// Of a year outside 0 to 9999 only the last four digits are written: see `earliest`.
    public func write(_ resolution: Resolution, into buffer: UnsafeMutableBufferPointer<UInt8>)
        -> Int
    {
        let seconds = self.seconds
        let fraction = Int((microseconds % 1_000_000 + 1_000_000) % 1_000_000)
        let day = Int32((seconds >= 0 ? seconds : seconds - 86_399) / 86_400)
        let secondOfDay = Int(seconds - Int64(day) * 86_400)
        let date = Day(number: day).date
        var at = 0
        func put(_ value: Int, _ digits: Int) {
            var rest = abs(value)
            let end = at + digits
            var place = end
            while place > at {
                place -= 1
                buffer[place] = UInt8(truncatingIfNeeded: 0x30 + rest % 10)
                rest /= 10
            }
            at = end
        }
        func put(_ character: UInt8) {
            buffer[at] = character
            at += 1
        }
        put(date.year, 4)
        put(0x2D)
        put(date.month, 2)
        put(0x2D)
        put(date.day, 2)
        put(0x54)
        put(secondOfDay / 3600, 2)
        put(0x3A)
        put(secondOfDay / 60 % 60, 2)
        put(0x3A)
        put(secondOfDay % 60, 2)
        if resolution != .second {
            put(0x2E)
            if resolution == .millisecond { put(fraction / 1000, 3) } else { put(fraction, 6) }
        }
        put(0x5A)
        return at
    }
}

extension Timestamp: CustomStringConvertible {
    public var description: String { text }
}

extension Timestamp.Day: CustomStringConvertible {
    /// Reads `2024-02-29`.
    public init(text: some StringProtocol) throws(Timestamp.TextError) {
        let found = Array(text.utf8).withUnsafeBytes { bytes in
            Result { () throws(Timestamp.TextError) -> Timestamp.Day in
                var reader = TextReader(bytes: bytes)
                let day = try reader.readDay()
                guard reader.isAtEnd else {
                    throw Timestamp.TextError("a day such as 2024-02-29 was expected")
                }
                return day
            }
        }
        self = try found.get()
    }

    /// This day as `2024-02-29`.
    public var description: String {
        String(Timestamp(seconds: Int64(number) * 86_400).text(.second).prefix(10))
    }
}

/// Reads the parts of a date and time from ASCII bytes.
private struct TextReader {
    let bytes: UnsafeRawBufferPointer
    var at = 0

    init(bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    var isAtEnd: Bool { at == bytes.count }

    mutating func next() -> UInt8? {
        guard at < bytes.count else { return nil }
        defer { at += 1 }
        return bytes[at]
    }

    mutating func expect(_ byte: UInt8, _ what: String) throws(Timestamp.TextError) {
        guard next() == byte else { throw Timestamp.TextError("\(what) was expected") }
    }

    mutating func readNumber(
        _ digits: Int, _ what: String, _ range: ClosedRange<Int>
    ) throws(Timestamp.TextError) -> Int {
        var value = 0
        for _ in 0..<digits {
            guard let byte = next(), byte >= 0x30, byte <= 0x39 else {
                throw Timestamp.TextError("the \(what) needs \(digits) digits")
            }
            value = value * 10 + Int(byte - 0x30)
        }
        guard range.contains(value) else {
            throw Timestamp.TextError(
                "\(what) \(value) is not in \(range.lowerBound) to \(range.upperBound)")
        }
        return value
    }

    mutating func readDay() throws(Timestamp.TextError) -> Timestamp.Day {
        let year = try readNumber(4, "year", 1...9999)
        try expect(0x2D, "a - after the year")
        let month = try readNumber(2, "month", 1...12)
        try expect(0x2D, "a - after the month")
        let day = try readNumber(2, "day", 1...31)
        guard let found = Timestamp.Day(year: year, month: month, day: day) else {
            throw Timestamp.TextError("month \(month) of \(year) has no day \(day)")
        }
        return found
    }

    /// The fraction in microseconds, and how many digits stood there.
    mutating func readFraction() throws(Timestamp.TextError) -> (Int64, Int) {
        guard at < bytes.count, bytes[at] == 0x2E else { return (0, 0) }
        at += 1
        var value: Int64 = 0
        var digits = 0
        while at < bytes.count, bytes[at] >= 0x30, bytes[at] <= 0x39 {
            if digits < 6 { value = value * 10 + Int64(bytes[at] - 0x30) }
            digits += 1
            at += 1
        }
        guard digits > 0 else { throw Timestamp.TextError("digits were expected after the point") }
        for _ in 0..<max(0, 6 - digits) { value *= 10 }
        return (value, digits)
    }

    /// The offset east of UTC in seconds.
    mutating func readOffset() throws(Timestamp.TextError) -> Int64 {
        switch next() {
        case 0x5A, 0x7A: return 0
        case let sign? where sign == 0x2B || sign == 0x2D:
            let hours = try readNumber(2, "offset's hour", 0...23)
            if at < bytes.count, bytes[at] == 0x3A { at += 1 }
            let minutes = try readNumber(2, "offset's minute", 0...59)
            let offset = Int64(hours * 3600 + minutes * 60)
            return sign == 0x2B ? offset : -offset
        default:
            throw Timestamp.TextError("the time needs a zone: Z, or an offset such as +12:00")
        }
    }
}
