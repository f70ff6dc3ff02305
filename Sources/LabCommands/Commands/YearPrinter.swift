import EventModel
import Foundation
import Lab

/// Shows the figures of a year.
struct YearPrinter {
    private let figures: YearFigures
    private let ledger: String
    /// Devices beyond this many are counted and not listed.
    private static let deviceLimit = 10

    init(_ figures: YearFigures, ledger: String) {
        self.figures = figures
        self.ledger = ledger
    }

    func printText() {
        let feeder = figures.feeder.map { ", feeder \($0)" } ?? ""
        Terminal.print(Terminal.bold("\(ledger)\(feeder): \(figures.year)".printable))
        printTotals()
        guard figures.presses > 0 else { return }
        let calendar = YearCalendar(figures, hasColour: Terminal.hasColour)
        Terminal.print()
        for line in calendar.lines(width: Terminal.width - 2) { Terminal.print("  " + line) }
        Terminal.print("      " + calendar.legend)
        printHours()
        printDevices()
        printGaps()
        printLateness()
    }

    private func printTotals() {
        let days = figures.daysWithPress
        var line =
            "  \(Figures.count(figures.presses, "press", "presses")) on \(Figures.count(days, "day"))"
        if let busiest = figures.busiest {
            line += ", \(Figures.decimal(Double(figures.presses) / Double(days))) a day;"
            line += " most on \(busiest.day), \(Figures.grouped(busiest.presses))"
        }
        Terminal.print(line)
        guard figures.years.count > 1 || figures.presses == 0 else { return }
        let years = figures.years.map { "\($0.year) \(Figures.grouped($0.presses))" }
        wrap("years", years.isEmpty ? ["no presses in any"] : years)
    }

    /// Prints parts after a name, in as many lines as they take.
    private func wrap(_ name: String, _ parts: [String]) {
        let begin = name.isEmpty ? "" : "  " + name
        var line = begin
        for part in parts {
            if line.count + 2 + part.count > max(40, Terminal.width) {
                Terminal.print(line)
                line = blanks(begin.count)
            }
            line += "  " + part
        }
        Terminal.print(line)
    }

    private func heading(_ text: String) {
        Terminal.print()
        Terminal.print("  " + Terminal.bold(text))
    }

    private func printHours() {
        let cell = Terminal.width >= 110 ? 4 : Terminal.width >= 80 ? 3 : 2
        let most = figures.hours.max() ?? 0
        let hour = figures.hours.firstIndex(of: most) ?? 0
        heading("hour of day, at most \(Figures.grouped(most)) from \(hour) h")
        for line in Charts.columns(figures.hours, height: 4, width: cell) {
            Terminal.print("  " + line)
        }
        var axis = ""
        for hour in stride(from: 0, to: 24, by: 3) {
            axis += String(hour).padding(toLength: cell * 3, withPad: " ", startingAt: 0)
        }
        while axis.last == " " { axis.removeLast() }
        Terminal.print("  " + axis)
    }

    private func printDevices() {
        heading("devices")
        let shown = figures.devices.prefix(YearPrinter.deviceLimit)
            .map { (name($0.name), $0.presses) }
        let width = shown.map { $0.0.count }.max() ?? 0
        let digits = shown.map { Figures.grouped($0.1).count }.max() ?? 0
        let room = max(5, min(60, Terminal.width - width - digits - 6))
        let most = max(1, shown.first?.1 ?? 1)
        for (name, presses) in shown {
            let number = Figures.grouped(presses)
            let bar = max(1, Int(Double(presses) / Double(most) * Double(room)))
            Terminal.print(
                "  " + name + blanks(width - name.count + 2 + digits - number.count) + number + "  "
                    + String(repeating: "▪", count: bar))
        }
        let rest = figures.devices.dropFirst(YearPrinter.deviceLimit)
        if !rest.isEmpty {
            let presses = rest.reduce(0) { $0 + $1.presses }
            Terminal.print(
                "  … and \(Figures.grouped(rest.count)) more with"
                    + " \(Figures.count(presses, "press", "presses")); --json lists all")
        }
    }

    private func printGaps() {
        guard !figures.gaps.isEmpty else { return }
        heading("longest gaps")
        let shown = figures.gaps.map { gap in
            (
                Figures.duration(gap.microseconds), minutes(gap.localBegin), minutes(gap.localEnd),
                name(gap.feeder)
            )
        }
        let width = shown.map { $0.0.count }.max() ?? 0
        for (duration, begin, end, feeder) in shown {
            Terminal.print(
                "  \(duration)\(blanks(width - duration.count))  \(begin) to \(end)  \(feeder)")
        }
    }

    private func printLateness() {
        guard let lateness = figures.lateness else { return }
        heading("recorded later than it happened")
        guard lateness.quantile(percent: 100) > 0 else {
            Terminal.print("  no press")
            return
        }
        let quantiles = [50, 90, 99, 100].map { percent in
            "\(percent == 100 ? "all" : "\(percent)%") within"
                + " \(Figures.duration(max(0, lateness.quantile(percent: percent))))"
        }
        wrap("", quantiles)
        let minute: Int64 = 60_000_000
        let late = lateness.count(over: minute)
        Terminal.print(
            "  \(Figures.count(late, "press", "presses")) by more than a minute; the latest is of"
                + " \(lateness.latest.time.shortText), sequence"
                + " \(Figures.grouped(lateness.latest.sequence))")
    }

    private func blanks(_ count: Int) -> String { String(repeating: " ", count: max(0, count)) }

    private func name(_ name: String?) -> String {
        name?.printableLine ?? "(no device)"
    }

    /// `2024-03-01 20:00` of a local text.
    private func minutes(_ text: String) -> String {
        String(text.prefix(16)).replacing("T", with: " ")
    }
}

extension YearPrinter {
    func printJSON() {
        let days = figures.days.enumerated().filter { $0.element > 0 }.map { place, presses in
            let day = Timestamp.Day(number: figures.firstDay.number + Int32(place))
            return JSONValue.Member(day.description, .int(presses))
        }
        Terminal.print(
            JSONValue.object([
                .init("ledger", .string(ledger)), .init("year", .int(figures.year)),
                .init("feeder", .optional(figures.feeder)), .init("presses", .int(figures.presses)),
                .init(
                    "years",
                    .array(
                        figures.years.map { ["year": .int($0.year), "presses": .int($0.presses)] })
                ),
                .init("days", .object(days)),
                .init("hours", .array(figures.hours.map { .int($0) })),
                .init(
                    "devices",
                    .array(
                        figures.devices.map {
                            ["name": .optional($0.name), "presses": .int($0.presses)]
                        })),
                .init("gaps", .array(figures.gaps.map(json))), .init("lateness", lateness),
            ]).text())
    }

    private func json(_ gap: YearFigures.Gap) -> JSONValue {
        [
            "feeder": .string(gap.feeder), "begin": .string(gap.begin.text),
            "end": .string(gap.end.text), "localBegin": .string(gap.localBegin),
            "localEnd": .string(gap.localEnd), "microseconds": .int(gap.microseconds),
        ]
    }

    private var lateness: JSONValue {
        guard let lateness = figures.lateness else { return .null }
        func quantile(_ percent: Int) -> JSONValue { .int(lateness.quantile(percent: percent)) }
        return [
            "medianMicroseconds": quantile(50), "percent90Microseconds": quantile(90),
            "percent99Microseconds": quantile(99), "greatestMicroseconds": quantile(100),
            "overOneMinute": .int(lateness.count(over: 60_000_000)),
            "latest": [
                "sequence": .int(lateness.latest.sequence),
                "time": .string(lateness.latest.time.text),
                "microseconds": .int(lateness.latest.lag),
            ],
        ]
    }
}
