import EventModel
import Lab

/// Small pictures of numbers in text.
enum Charts {
    /// `▁▂▅█` for as many numbers: the greatest is full, 0 is a blank.
    static func sparkline(_ values: [Int]) -> String {
        let steps = Array("▁▂▃▄▅▆▇█")
        let most = max(1, values.max() ?? 1)
        return String(
            values.map { value in
                value == 0 ? " " : steps[min(7, (value * 8 - 1) / most)]
            })
    }

    /// A calendar of the weeks that end with `last`: a row a weekday, a column a week.
    ///
    ///     Mon ▒▒░ █
    ///     Tue ░▒▒█▒
    static func calendar(_ feeds: [Timestamp.Day: Int], last: Timestamp.Day, weeks: Int) -> [String]
    {
        let weeks = max(1, weeks)
        let monday = last.number - Int32(last.weekday)
        let first = monday - Int32(weeks - 1) * 7
        let known = feeds.keys.min() ?? last
        let most = max(1, feeds.values.max() ?? 1)
        var heading = "    "
        for week in 0..<weeks {
            let date = Timestamp.Day(number: first + Int32(week) * 7).date
            guard heading.count <= 4 + week, date.day <= 7, week + 3 <= weeks else { continue }
            heading +=
                String(repeating: " ", count: 4 + week - heading.count) + months[date.month - 1]
        }
        var lines = [heading]
        for (weekday, name) in weekdays.enumerated() {
            var line = name + " "
            for week in 0..<weeks {
                let day = Timestamp.Day(number: first + Int32(week * 7 + weekday))
                line += day < known || day > last ? " " : shade(feeds[day] ?? 0, of: most)
            }
            while line.last == " " { line.removeLast() }
            lines.append(line)
        }
        return lines
    }

    static let weekdays = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]

    static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// How many columns `calendar` takes for the days from `first` to `last`.
    static func weeks(from first: Timestamp.Day, to last: Timestamp.Day) -> Int {
        let monday = first.number - Int32(first.weekday)
        return Int((last.number - monday) / 7) + 1
    }

    /// What the shades stand for: `· none  ░ to 12  ▒ to 24  ▓ to 36  █ to 48`.
    static func legend(of most: Int) -> String {
        var parts = ["\(shade(0, of: most)) none"]
        var before = 0
        for step in 1...4 {
            // The greatest number that has this shade.
            let limit = most / 4 * step + most % 4 * step / 4
            guard limit > before else { continue }
            before = limit
            parts.append("\(shade(limit, of: most)) to \(Figures.grouped(limit))")
        }
        return parts.joined(separator: "  ")
    }

    /// One of five shades, in green where there is colour; a day without anything is a dot.
    static func shade(_ value: Int, of most: Int) -> String {
        guard value > 0 else { return "·" }
        return block(min(3, (value * 4 - 1) / most), hasColour: Terminal.hasColour)
    }

    /// A block of one of four shades, 0 the lightest, `width` columns wide.
    ///
    /// The shade is the glyph's, with colour as without: how much of the cell is painted. A scale of
    /// colours from light to dark says the opposite on a dark terminal, and nobody knows which it is.
    static func block(_ shade: Int, width: Int = 1, hasColour: Bool) -> String {
        let text = String(repeating: ["░", "▒", "▓", "█"][shade], count: width)
        return hasColour ? "\u{1B}[38;5;35m\(text)\u{1B}[0m" : text
    }
}
