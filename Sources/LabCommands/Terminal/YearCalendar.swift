import EventModel
import Lab

/// A year as a calendar: a column a week, a row a weekday, a shade for how many presses a day had.
///
/// The shades are the quarters of the days that have presses, so that a single wild day does not
/// bleach all others.
struct YearCalendar {
    private let figures: YearFigures
    /// The greatest number of each shade, rising: the quartiles and the maximum.
    private let limits: [Int]
    private let hasColour: Bool

    init(_ figures: YearFigures, hasColour: Bool) {
        self.figures = figures
        self.hasColour = hasColour
        let counts = figures.days.filter { $0 > 0 }.sorted()
        limits =
            counts.isEmpty
            ? [] : (1...4).map { counts[max(0, (counts.count * $0 + 3) / 4 - 1)] }
    }

    /// The calendar in lines of at most `width` columns: weeks of two columns where there is room, and
    /// the year in parts where there is little.
    func lines(width: Int) -> [String] {
        let monday = figures.firstDay.number - Int32(figures.firstDay.weekday)
        let weeks = Int(figures.lastDay.number - monday) / 7 + 1
        let cell = width >= 4 + weeks * 2 ? 2 : 1
        let most = max(4, (width - 4) / cell)
        let parts = (weeks + most - 1) / most
        let share = (weeks + parts - 1) / parts
        return stride(from: 0, to: weeks, by: share).flatMap { first in
            part(first..<min(first + share, weeks), monday, cell)
        }
    }

    private func part(_ weeks: Range<Int>, _ monday: Int32, _ cell: Int) -> [String] {
        var heading = "    "
        for (place, name) in Charts.months.enumerated() {
            guard
                let first = Timestamp.Day(year: figures.year, month: place + 1, day: 1),
                case let week = Int(first.number - monday) / 7, weeks.contains(week)
            else { continue }
            let column = 4 + (week - weeks.lowerBound) * cell
            guard heading.count <= column, column + name.count <= 4 + weeks.count * cell else {
                continue
            }
            heading += String(repeating: " ", count: column - heading.count) + name
        }
        var lines = [heading]
        for (weekday, name) in Charts.weekdays.enumerated() {
            let cells = weeks.map { week in
                self.cell(Timestamp.Day(number: monday + Int32(week * 7 + weekday)), cell)
            }
            var line = name + " " + cells.joined()
            while line.last == " " { line.removeLast() }
            lines.append(line)
        }
        return lines
    }

    /// A day before the first press of all, or after the last, is blank; one without a press a dot.
    private func cell(_ day: Timestamp.Day, _ width: Int) -> String {
        let blank = String(repeating: " ", count: width)
        guard day >= figures.firstDay, day <= figures.lastDay,
            figures.known?.contains(day) ?? false
        else { return blank }
        let count = figures.days[Int(day.number - figures.firstDay.number)]
        guard count > 0 else { return "·" + blank.dropFirst() }
        return block(limits.firstIndex { count <= $0 } ?? 3, width)
    }

    private func block(_ shade: Int, _ width: Int) -> String {
        Charts.block(shade, width: width, hasColour: hasColour)
    }

    /// `· 0  ░ 1–5  ▒ 6–7  ▓ 8  █ 9–14`: which numbers a shade stands for.
    var legend: String {
        var parts = ["· 0"]
        var below = 0
        for (shade, limit) in limits.enumerated() where limit > below {
            let range =
                limit == below + 1
                ? Figures.grouped(limit)
                : "\(Figures.grouped(below + 1))–\(Figures.grouped(limit))"
            parts.append("\(block(shade, 1)) \(range)")
            below = limit
        }
        return parts.joined(separator: "  ")
    }
}

extension Charts {
    /// Columns of `height` lines for as many numbers, each `width` characters wide with its gap; the
    /// greatest is full, and what is not 0 shows.
    static func columns(_ values: [Int], height: Int, width: Int) -> [String] {
        let steps = Array(" ▁▂▃▄▅▆▇█")
        let most = max(1, values.max() ?? 1)
        // The share is rounded up, in eighths of a line.
        let eighths = values.map { value in
            Int((Double(value) / Double(most) * Double(height * 8)).rounded(.up))
        }
        return (0..<height).reversed().map { line in
            var text = ""
            for eighth in eighths {
                let block = String(steps[min(8, max(0, eighth - line * 8))])
                text += String(repeating: block, count: max(1, width - 1)) + (width > 1 ? " " : "")
            }
            while text.last == " " { text.removeLast() }
            return text
        }
    }
}
