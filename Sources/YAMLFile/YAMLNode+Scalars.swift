import EventModel

extension YAMLNode {
    /// A whole number in `range`.
    public func integer(_ what: String, in range: ClosedRange<Int>) throws(YAMLFileError) -> Int {
        let expected = "\(what), a whole number from \(range.lowerBound) to \(range.upperBound),"
        let text = try text(expected)
        guard let value = Decimals.units(text, decimals: 0), range.contains(value) else {
            throw fail("\(expected) was expected, not \"\(text)\"")
        }
        return value
    }

    /// A length of time such as `1h30m`, `25m` or `90s`, in milliseconds.
    public func duration(_ what: String, atMost limit: Int64) throws(YAMLFileError) -> Int64 {
        let expected = "\(what), a length of time such as 25m, 1h30m or 90s,"
        let text = try text(expected)
        guard let value = Decimals.duration(text) else {
            throw fail("\(expected) was expected, not \"\(text)\"")
        }
        guard value <= limit else {
            throw fail("\(what) is at most \(limit / 3_600_000)h, not \(text)")
        }
        return value
    }

    /// A length of time in whole seconds, in `range`.
    public func seconds(_ what: String, in range: ClosedRange<Int>) throws(YAMLFileError) -> Int {
        let milliseconds = try duration(what, atMost: .max)
        let seconds = Int(milliseconds / 1000)
        guard range.contains(seconds) else {
            throw fail(
                "\(what) is from \(range.lowerBound)s to \(range.upperBound)s, not \(seconds)s")
        }
        return seconds
    }

    /// One of some words.
    public func word<Value>(_ what: String, _ words: KeyValuePairs<String, Value>)
        throws(YAMLFileError)
        -> Value
    {
        let names = words.map(\.key)
        let list = names.joined(separator: ", ")
        let text = try text("\(what) (\(list))")
        guard let found = words.first(where: { $0.key == text }) else {
            throw fail("\"\(text)\" is no \(what); " + Spelling.hint(for: text, among: names))
        }
        return found.value
    }

    /// A name of 1 to 64 characters without control characters.
    public func name(_ what: String) throws(YAMLFileError) -> String {
        let text = try text(what)
        let isControl = text.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F }
        guard (1...64).contains(text.count), !isControl else {
            throw fail("\(what) has 1 to 64 characters and no control characters")
        }
        return text
    }
}
