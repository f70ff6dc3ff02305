import EventModel
import YAMLFile

extension YAMLNode {
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

    /// A list of days, or one of the words for some.
    func weekdays() throws(ScenarioError) -> Weekdays {
        if isList {
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
