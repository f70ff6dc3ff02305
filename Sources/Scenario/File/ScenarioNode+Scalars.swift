import EventModel

extension ScenarioNode {
    /// A whole number in `range`.
    func integer(_ what: String, in range: ClosedRange<Int>) throws(ScenarioError) -> Int {
        let expected = "\(what), a whole number from \(range.lowerBound) to \(range.upperBound),"
        let text = try text(expected)
        guard let value = Decimals.units(text, decimals: 0), range.contains(value) else {
            throw fail("\(expected) was expected, not \"\(text)\"")
        }
        return value
    }

    /// A decimal number in millionths, exact: `0.98` is 980,000.
    func micro(_ what: String, in range: ClosedRange<Int>) throws(ScenarioError) -> Int {
        let bounds = "\(range.lowerBound / 1_000_000) to \(range.upperBound / 1_000_000)"
        let expected = "\(what), a number from \(bounds) with at most 6 decimals,"
        let text = try text(expected)
        guard let value = Decimals.units(text, decimals: 6), range.contains(value) else {
            throw fail("\(expected) was expected, not \"\(text)\"")
        }
        return value
    }

    /// A time of day such as `07:30` or `07:30:15`, in milliseconds.
    func timeOfDay() throws(ScenarioError) -> Int64 {
        let expected = "a time of day such as \"07:30\" or \"07:30:15\""
        let text = try text(expected)
        guard let seconds = Decimals.clock(text), seconds < 86_400 else {
            throw fail("\(expected) was expected, not \"\(text)\"")
        }
        return Int64(seconds) * 1000
    }

    /// A length of time such as `1h30m`, `25m` or `90s`, in milliseconds.
    func duration(_ what: String, atMost limit: Int64) throws(ScenarioError) -> Int64 {
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

    /// One of some words.
    func word<Value>(_ what: String, _ words: KeyValuePairs<String, Value>) throws(ScenarioError)
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

    /// A list of days, or one of the words for some.
    func weekdays() throws(ScenarioError) -> Weekdays {
        if case .sequence = node {
            var days: Weekdays = []
            for element in try elements("days of the week") {
                let name = try element.text("a day of the week")
                guard let place = Weekdays.names.firstIndex(of: name) else {
                    throw element.fail(
                        "\"\(name)\" is no day of the week; "
                            + Spelling.hint(for: name, among: Weekdays.names))
                }
                days.insert(Weekdays(rawValue: 1 << UInt8(place)))
            }
            return days
        }
        return try word(
            "choice of weekdays",
            ["daily": .daily, "weekdays": .mondayToFriday, "weekends": .weekend])
    }

    /// A date such as `2020-01-01`, from 1970-01-02 on: ids hold no earlier time.
    func day() throws(ScenarioError) -> Timestamp.Day {
        let expected = "a date such as 2020-01-01"
        let text = try text(expected)
        do {
            let day = try Timestamp.Day(text: text)
            guard day.number >= 1 else {
                throw fail("\(text) is too early; 1970-01-02 is the first")
            }
            return day
        } catch let error as Timestamp.TextError {
            throw fail("\(expected) was expected, not \"\(text)\": \(error)")
        } catch let error as ScenarioError {
            throw error
        } catch {
            throw fail("\(expected) was expected, not \"\(text)\"")
        }
    }

    /// A name of 1 to 64 characters without control characters.
    func name(_ what: String) throws(ScenarioError) -> String {
        let text = try text(what)
        let isControl = text.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F }
        guard (1...64).contains(text.count), !isControl else {
            throw fail("\(what) has 1 to 64 characters and no control characters")
        }
        return text
    }

    /// The id of a button; with `#` for digits in a fleet's pattern.
    func buttonID(allowing extra: String = "") throws(ScenarioError) -> String {
        let text = try text("the id of a button, such as G030PM0123456789,")
        let isPlain = text.utf8.allSatisfy { byte in
            (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte & ~0x20)
                || "-_.:".utf8.contains(byte) || extra.utf8.contains(byte)
        }
        guard (1...64).contains(text.utf8.count), isPlain else {
            throw fail(
                "the id of a button has 1 to 64 letters, digits, \"-\", \"_\", \".\" or \":\","
                    + " such as G030PM0123456789, not \"\(text)\"")
        }
        return text
    }
}

/// Numbers from text, exactly, without a floating-point number on the way.
enum Decimals {
    /// A decimal number without sign or exponent, in units of 10^-decimals; nil for any other text,
    /// for more decimals, and for what has more than 12 digits.
    static func units(_ text: String, decimals: Int) -> Int? {
        let parts = text.utf8.split(separator: 0x2E, omittingEmptySubsequences: false)
        let fraction = parts.count == 2 ? Array(parts[1]) : []
        guard parts.count <= 2, parts.count == 1 || !fraction.isEmpty, fraction.count <= decimals,
            !parts[0].isEmpty, parts[0].count <= 12
        else { return nil }
        var value = 0
        let padding = [UInt8](repeating: 0x30, count: decimals - fraction.count)
        for byte in Array(parts[0]) + fraction + padding {
            guard (0x30...0x39).contains(byte) else { return nil }
            value = value * 10 + Int(byte - 0x30)
        }
        return value
    }

    /// Seconds of `hh:mm` or `hh:mm:ss`; up to 24:00:00.
    static func clock(_ text: String) -> Int? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard (2...3).contains(parts.count) else { return nil }
        var seconds = 0
        for place in 0..<3 {
            let part = place < parts.count ? String(parts[place]) : "00"
            guard part.utf8.count == 2, let value = units(part, decimals: 0), value < 60
            else { return nil }
            seconds = seconds * 60 + value
        }
        return seconds <= 86_400 ? seconds : nil
    }

    /// Milliseconds of `1h30m`, `25m`, `90s`: whole numbers, units in this order, each once.
    static func duration(_ text: String) -> Int64? {
        var rest = text[...]
        var total = 0
        var found = false
        for (unit, milliseconds) in [("h", 3_600_000), ("m", 60_000), ("s", 1000)] {
            guard let end = rest.firstIndex(of: Character(unit)) else { continue }
            guard let value = units(String(rest[..<end]), decimals: 0), value < 1_000_000 else {
                return nil
            }
            total += value * milliseconds
            found = true
            rest = rest[rest.index(after: end)...]
        }
        return found && rest.isEmpty ? Int64(total) : nil
    }
}
