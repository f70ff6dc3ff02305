import EventModel
import Foundation
import GRDB
import Testing

@Suite struct `The stats command` {
    private func cats() throws -> Bench {
        let bench = try Bench()
        try bench.good("simulate --scenario \(Shipped.twoCats) --years 2 --seed 42 --ledger l")
        return bench
    }

    private func column(_ bench: Bench, _ store: String, _ sql: String) throws -> [Int] {
        let queue = try DatabaseQueue(path: bench.path(store))
        defer { try? queue.close() }
        return try queue.read { try Int.fetchAll($0, sql: sql) }
    }

    /// The projection works the same out from other code.
    @Test(arguments: [2020, 2021])
    func `has the days, hours and gaps that feeding-stats has`(year: Int) throws {
        let bench = try cats()
        try bench.good("hydrate --ledger l --store s --projection feeding-stats")
        let object = try bench.json("stats --ledger l --year \(year) --json")
        let days = try #require(object["days"])
        #expect(
            try column(
                bench, "s",
                "SELECT feeds FROM feeding_stats_days WHERE day LIKE '\(year)-%'"
                    + " ORDER BY day") == days.keys.compactMap { days[$0]?.integer })
        let gaps = try #require(object["gaps"]?.array)
        #expect(gaps.count == 5)
        let longest = try column(
            bench, "s",
            "SELECT max(longest_gap_seconds) FROM feeding_stats_days WHERE day LIKE '\(year)-%'")
        #expect((gaps[0]["microseconds"]?.integer ?? 0) / 1_000_000 == longest[0])
        #expect(
            try #require(object["hours"]?.array).reduce(0) { $0 + ($1.integer ?? 0) }
                == object["presses"]?.integer)
    }

    @Test func `takes the last year with a press, and names all of them`() throws {
        let bench = try cats()
        let object = try bench.json("stats --ledger l --json")
        #expect(object["year"] == 2021)
        #expect(object["years"]?.array?.compactMap { $0["year"]?.integer } == [2020, 2021])
        #expect(
            try bench.json("stats --ledger l --year 2021 --feeder kitchen --json")["days"]
                == object["days"])
        let empty = try bench.json("stats --ledger l --year 1999 --json")
        #expect(empty["presses"] == 0)
        #expect(empty["lateness"] == .null)
        #expect(try bench.good("stats --ledger l --year 1999").contains("0 presses on 0 days"))
    }

    @Test(arguments: [("2024-01-01T00:30:00Z", 2023), ("2024-01-02T00:30:00Z", 2024)])
    func `does not take a year that has only begun, unless it is named`(
        last: String, year: Int
    ) throws {
        let bench = try Bench()
        let lines = ["2023-05-01T12:00:00Z", last].enumerated().map { number, time in
            #"{"id":"\#(number)","time":"\#(time)","source":"com.feedmyfurbabies","#
                + #""detailType":"AWS IoT 1-Click","device":"B","detail":{"click-type":"LONG"}}"#
        }
        try bench.write(lines.joined(separator: "\n"), to: "in.jsonl")
        try bench.good("import in.jsonl --format jsonl --ledger l")
        #expect(try bench.json("stats --ledger l --json")["year"]?.integer == year)
        #expect(try bench.json("stats --ledger l --year 2024 --json")["presses"] == 1)
    }

    @Test func `counts days and hours by hand, and puts late reports where they belong`() throws {
        let bench = try Bench()
        func line(_ id: String, _ time: String, _ recorded: String) -> String {
            #"{"id":"\#(id)","time":"\#(time)","recorded":"\#(recorded)","#
                + #""source":"com.feedmyfurbabies","detailType":"AWS IoT 1-Click","device":"B\#(id)","#
                + #""detail":{"click-type":"LONG"}}"#
        }
        let lines = [
            line("1", "2023-12-31T10:00:00Z", "2023-12-31T10:00:00Z"),
            line("2", "2024-01-01T10:00:00Z", "2024-01-01T10:00:00Z"),
            // In Auckland the second day has begun.
            line("3", "2024-01-01T11:30:00Z", "2024-01-01T11:30:00Z"),
            line("4", "2024-01-01T10:30:00Z", "2024-01-01T11:31:00Z"),
            line("5", "2024-03-01T00:00:00Z", "2024-03-03T00:00:00Z"),
        ]
        try bench.write(lines.map { $0 + "\n" }.joined(), to: "in.jsonl")
        try bench.good("import in.jsonl --format jsonl --ledger l")
        let object = try bench.json("stats --ledger l --default-zone Pacific/Auckland --json")
        #expect(
            object["days"] == ["2024-01-01": 2, "2024-01-02": 1, "2024-03-01": 1])
        let hours = try #require(object["hours"]?.array)
        #expect(hours[23] == 2 && hours[0] == 1 && hours[13] == 1)
        #expect(object[path: "lateness", "greatestMicroseconds"] == 172_800_000_000)
        #expect(object[path: "lateness", "medianMicroseconds"] == 0)
        #expect(object[path: "lateness", "overOneMinute"] == 2)
        #expect(object[path: "lateness", "latest"]?["sequence"] == 5)
        // Each device is a feeder of its own here, with one press.
        #expect(object["gaps"] == [])
        let text = try bench.good("stats --ledger l --default-zone Pacific/Auckland")
        #expect(text.contains("50% within 0 s  90% within 2 d"))
    }

    @Test(arguments: [40, 60, 80, 140])
    func `fits the terminal`(width: Int) throws {
        let bench = try cats()
        let done = try bench.run("stats --ledger l", environment: ["COLUMNS": "\(width)"])
        #expect(done.ending == .exit(0))
        for line in done.output.split(separator: "\n") where width >= 80 {
            #expect(line.count <= width, "\(line)")
        }
        let calendar = done.output.split(separator: "\n").filter { $0.hasPrefix("  Mon ") }
        #expect(calendar.count == (width == 40 ? 2 : 1))
        #expect(calendar.allSatisfy { $0.count <= width })
        #expect(width < 120 || calendar.allSatisfy { $0.count > 100 })
        #expect(!done.output.contains("\u{1B}"))
    }

    /// A terminal of so many columns, with what a command prints to it.
    private func onTerminal(
        _ bench: Bench, _ columns: UInt16, _ environment: [String: String]
    ) throws -> String {
        let terminal = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
        try #require(terminal >= 0)
        defer { close(terminal) }
        // TIOCSPTLCK, TIOCGPTN: what unlockpt(3) and ptsname(3) do, which Glibc's module leaves out.
        var lock: Int32 = 0
        var number: UInt32 = 0
        try #require(ioctl(terminal, UInt(0x4004_5431), &lock) == 0)
        try #require(ioctl(terminal, UInt(0x8004_5430), &number) == 0)
        let child = open("/dev/pts/\(number)", O_RDWR | O_NOCTTY | O_CLOEXEC)
        try #require(child >= 0)
        var size = winsize(ws_row: 50, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
        try #require(ioctl(child, UInt(TIOCSWINSZ), &size) == 0)
        let run = try bench.start(
            "stats --ledger l", environment: environment, output: .descriptor(child))
        close(child)
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while case let count = read(terminal, &buffer, buffer.count), count > 0 {
            bytes += buffer[..<count]
        }
        #expect(run.wait().ending == .exit(0))
        return String(decoding: bytes, as: UTF8.self).replacing("\r\n", with: "\n")
    }

    @Test(arguments: [80, 140] as [UInt16])
    func `is in colour on a terminal, and not with NO_COLOR`(columns: UInt16) throws {
        let bench = try cats()
        let coloured = try onTerminal(bench, columns, ["TERM": "xterm-256color"])
        #expect(coloured.contains("\u{1B}[38;5;35m█"))
        let plain = try onTerminal(bench, columns, ["TERM": "xterm-256color", "NO_COLOR": "1"])
        #expect(!plain.contains("\u{1B}"))
        #expect(plain.contains("▒"))
        #expect(
            plain
                == (try bench.run("stats --ledger l", environment: ["COLUMNS": "\(columns)"]).output)
        )
        // The same picture, apart from its colours.
        let shapes = coloured.replacing(/\u{1B}\[[0-9;]*m/, with: "")
        #expect(
            shapes.split(separator: "\n").map(\.count) == plain.split(separator: "\n").map(\.count))
    }

    @Test(arguments: [
        (64, "--year 0", "--year takes"), (64, "--feeder kitchn", "did you mean \"kitchen\"?"),
        (64, "--default-zone Mars/Base", "--default-zone"),
    ])
    func `says what is wrong`(code: Int32, words: String, answer: String) throws {
        #expect(try cats().bad(code, "stats --ledger l \(words)").contains(answer))
    }

    @Test func `has nothing to show of a ledger without a press`() throws {
        let bench = try Bench()
        try bench.write(
            #"{"id":"a","time":"2023-03-12T07:15:04Z","source":"x","detail-type":"y","detail":{}}"#,
            to: "in.jsonl")
        try bench.good("import in.jsonl --ledger l")
        #expect(try bench.bad(65, "stats --ledger l").contains("no press yet"))
    }
}
