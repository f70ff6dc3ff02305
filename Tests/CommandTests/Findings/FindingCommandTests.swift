import EventModel
import Foundation
import Testing

/// A ledger with one double feed, and a hundred presses around it.
private func bench() throws -> Bench {
    let bench = try Bench()
    var lines: [String] = [
        #"{"id":"r","time":"2024-01-01T00:00:00Z","source":"com.feedmyfurbabies.registry","#
            + #""detail-type":"Feeder Registration","detail":{"device-id":"B","feeder":"kitchen","#
            + #""time-zone":"Pacific/Auckland","bowls":{"left":25,"right":30}}}"#
    ]
    for number in 0..<60 {
        let day = 1 + number / 3
        let minute = number == 41 ? "08:03:17" : ["08:00:05", "12:00:00", "19:30:00"][number % 3]
        lines.append(
            #"{"id":"p\#(number)","time":"2024-01-\#(day < 10 ? "0" : "")\#(day)T\#(minute)Z","#
                + #""source":"com.feedmyfurbabies","detail-type":"AWS IoT 1-Click","#
                + #""detail":{"click-type":"\#(number % 5 == 1 ? "LONG" : "SINGLE")","#
                + #""device-id":"B"},"device":"B"}"#)
    }
    // Two LONG presses within three minutes: numbers 39 and 41 are of one day.
    lines.swapAt(41, 42)
    try bench.write(lines.joined(separator: "\n") + "\n", to: "in.jsonl")
    try bench.good("import in.jsonl --ledger bug.ledger")
    return bench
}

@Suite struct `Laws of a ledger of next to nothing` {
    @Test func `are not said to hold where there was no event to try them on`() throws {
        let bench = try Bench()
        try bench.write("", to: "none.jsonl")
        try bench.good("import none.jsonl --ledger none.ledger")
        let text = try bench.good("check --ledger none.ledger --projection bowl-totals")
        #expect(text.contains("laws of bowl-totals: no event to try them on\n"), "\(text)")
        #expect(!text.contains("holds"), "\(text)")
    }

    @Test func `are tried on the one event there is`() throws {
        let bench = try Bench()
        let line =
            #"{"id":"p","time":"2024-01-01T00:00:00Z","source":"com.feedmyfurbabies","#
            + #""detail-type":"AWS IoT 1-Click","detail":{"click-type":"LONG"},"device":"B"}"#
        try bench.write(line + "\n", to: "one.jsonl")
        try bench.good("import one.jsonl --ledger one.ledger")
        let text = try bench.good("check --ledger one.ledger --projection bowl-totals")
        #expect(text.contains("  holds   laws of bowl-totals\n            on all 1 event: reader,"))
        #expect(!text.contains("at 0 of"), "\(text)")
    }
}

/// The exit code of a line in a shell of its own.
private func shell(_ line: String, in bench: Bench) throws -> Int32 {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", line]
    process.currentDirectoryURL = URL(fileURLWithPath: bench.folder)
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitForEnd()
    return process.terminationStatus
}

@Suite struct `Findings` {
    @Test func `check says what is broken and how to go on`() throws {
        let bench = try bench()
        let done = try bench.run("check --ledger bug.ledger --invariant no-double-feed=10")
        #expect(done.code == 1)
        #expect(done.output.contains("BROKEN  no-double-feed=10 at sequence"))
        // As the program was called, so that they run where this ran.
        let lines = done.output.split(separator: "\n").filter { $0.contains("/replaylab ") }
        #expect(lines.count == 2)
        #expect(try shell(String(lines[0]), in: bench) == 1)
        #expect(try shell(String(lines[1]), in: bench) == 0)
    }

    @Test func `check holds the laws of projections against a ledger`() throws {
        let bench = try bench()
        let report = try bench.json(
            "check --ledger bug.ledger --projection bowl-totals --projection feeding-stats --json")
        let projections = try #require(report["projections"]).elements
        #expect(projections.count == 2)
        for one in projections {
            #expect(one["broken"] == .null)
            let held = Set(one["held"]?.elements.compactMap(\.string) ?? [])
            #expect(
                held.isSuperset(of: [
                    "reader", "batches", "merge", "split", "snapshot", "rows", "store", "until",
                    "digest", "redelivery", "names", "stretches", "delivery", "crash",
                ]))
            #expect(one["tried"]?.elements.count == held.count)
        }
    }

    @Test func `check says on how much of the ledger a law was tried`() throws {
        let done = try bench().run("check --ledger bug.ledger --projection bowl-totals")
        #expect(done.output.contains("holds   laws of bowl-totals\n"))
        #expect(done.output.contains("on all "), "\(done.output)")
        #expect(done.output.contains("at 4 of "), "\(done.output)")
    }

    @Test(arguments: [
        ("check --ledger bug.ledger --invariant no-duble-feed", "did you mean \"no-double-feed\"?"),
        ("check --ledger bug.ledger --invariant daily-limit=many", "takes 0 to 1000000000 grams"),
        ("check --ledger bug.ledger --invariant press-has-one-effect=3", "takes no number"),
        ("bisect --ledger bug.ledger", "--invariant NAME, or --exec COMMAND"),
        ("reduce --ledger bug.ledger --invariant daily-limit --exec true -o m", "name one of them"),
        (
            "bisect --ledger bug.ledger --invariant daily-limit --match x",
            "--match goes with --exec"
        ),
        ("reduce --ledger bug.ledger --invariant daily-limit -o m --test ./m", "name one file"),
    ])
    func `wrong usage ends with 64`(words: String, answer: String) throws {
        #expect(try bench().bad(64, words).contains(answer))
    }

    @Test func `bisect shows the event, and the state before and after`() throws {
        let bench = try bench()
        let done = try bench.run("bisect --ledger bug.ledger --invariant no-double-feed --json")
        #expect(done.code == 1)
        let report = try JSONValue(parsing: done.output)
        let bad = try #require(report["bad"]?.integer)
        #expect(report["good"]?.integer == bad - 1)
        #expect(report["event"]?["id"]?.string == "p41")
        #expect(report["before"]?["kitchen"]?.string != report["after"]?["kitchen"]?.string)
        #expect(try bench.run("bisect --ledger bug.ledger --invariant daily-limit=9999").code == 0)
    }

    @Test func `bisect with a command finds the same event`() throws {
        let bench = try bench()
        let command = "\(ProcessRun.executable) check --ledger {} --invariant no-double-feed"
        let found = try bench.run(
            "bisect --ledger bug.ledger --json --exec", [command])
        #expect(found.code == 1)
        let bad = try JSONValue(parsing: found.output)["bad"]?.integer
        let other = try bench.run("bisect --ledger bug.ledger --invariant no-double-feed --json")
        #expect(try bad == JSONValue(parsing: other.output)["bad"]?.integer)
    }

    @Test func `reduce writes a sound ledger of three events, which fails in the same way`() throws
    {
        let bench = try bench()
        let report = try bench.json(
            "reduce --ledger bug.ledger --invariant no-double-feed -o min.ledger --json")
        #expect(report["kept"]?.elements.count == 3)
        #expect(report["minimal"] == .bool(true))
        try bench.good("verify --ledger min.ledger")
        let again = try #require(report["repeat"]?.string).split(separator: " ").dropFirst()
        let check = try bench.run(again.joined(separator: " "))
        #expect(check.code == 1)
        #expect(check.output.contains("kitchen's left bowl"))
        let provenance = try bench.good("info --ledger min.ledger --json")
        #expect(provenance.contains(try bench.root("bug.ledger")))
        // What it wrote is not written over.
        #expect(
            try bench.bad(73, "reduce --ledger bug.ledger --invariant no-double-feed -o min.ledger")
                .contains("is there already"))
    }

    @Test func `reduce with a command comes to the same events`() throws {
        let bench = try bench()
        let command =
            "\(ProcessRun.executable) check --ledger \"$REPLAYLAB_LEDGER\" --invariant no-double-feed"
        let report = try bench.json(
            "reduce --ledger bug.ledger -o min.ledger --json --exec", [command])
        #expect(report["minimal"] == .bool(true))
        // Without its registration a button is a feeder of its own name, and the last line of `check` does
        // not name the feeder.
        #expect(report["kept"]?.elements.count == 2)
        try bench.good("verify --ledger min.ledger")
        let matched = try bench.json(
            "reduce --ledger bug.ledger -o other.ledger --json --match kitchen's --exec", [command])
        #expect(matched["kept"]?.elements.count == 3)
        #expect((matched["otherFailures"]?.integer ?? 0) > 0)
        #expect(
            try bench.bad(65, "reduce --ledger bug.ledger -o m --match garden's --exec", [command])
                .contains("has no \"garden's\""))
    }

    @Test(arguments: ["my min.ledger", "it's \"min\" $HOME.ledger"])
    func `what reduce prints runs in a shell, whatever the paths`(name: String) throws {
        let bench = try bench()
        let program = "'\(ProcessRun.executable)'"
        for words in [
            ["--exec", "\(program) check --ledger {} --invariant no-double-feed"],
            ["--exec", "\(program) check --ledger \"{}\" --invariant no-double-feed"],
            [
                "--exec",
                "\(program) check --ledger \"$REPLAYLAB_LEDGER\" --invariant no-double-feed",
            ],
            ["--invariant", "no-double-feed"],
        ] {
            let report = try bench.json(
                "reduce --ledger bug.ledger --json", ["-o", name] + words)
            let line = try #require(report["repeat"]?.string)
            #expect(try shell(line, in: bench) == 1, "\(line)")
            bench.remove(name, name + ".swift")
        }
    }

    @Test func `a command that does not answer alike is told from one that does`() throws {
        let bench = try bench()
        let mark = bench.path("probes")
        // Bad six times where there is an event, which is what the bisection takes, and then no more.
        let command =
            "[ $(sqlite3 {} 'SELECT count(*) FROM event') -gt 0 ] || exit 0;"
            + " echo x >> \(mark); [ $(wc -l < \(mark)) -gt 6 ] || exit 1"
        #expect(
            try bench.bad(65, "reduce --ledger bug.ledger -o min.ledger --exec", [command])
                .contains("not always answer alike"))
    }

    @Test func `a command that is not there is no finding`() throws {
        let bench = try bench()
        let listing = try bench.listing
        for words in ["bisect", "reduce -o min.ledger"] {
            #expect(
                try bench.bad(65, "\(words) --ledger bug.ledger --exec", ["no-such-command {}"])
                    .contains("no such command"))
        }
        #expect(try bench.listing == listing)
    }

    @Test func `bisect shows the events around and the rows before and after`() throws {
        let bench = try bench()
        let command = "\(ProcessRun.executable) check --ledger {} --invariant no-double-feed"
        let done = try bench.run(
            "bisect --ledger bug.ledger --projection bowl-totals --exec", [command])
        #expect(done.code == 1)
        for part in ["  before  41  ", "  bad     42  ", "  after   43  ", "rows of bowl-totals"] {
            #expect(done.output.contains(part), "\(done.output)")
        }
        let rows = "bowls kitchen|left: dispenses 40 → 41"
        #expect(done.output.contains(rows))
        let invariant = try bench.run(
            "bisect --ledger bug.ledger --projection bowl-totals --invariant no-double-feed")
        #expect(invariant.output.contains(rows))
    }

    @Test func `a ledger that is good is not reduced`() throws {
        let bench = try bench()
        let listing = try bench.listing
        #expect(
            try bench.bad(1, "reduce --ledger bug.ledger --invariant daily-limit=9999 -o m")
                .contains("nothing to reduce"))
        #expect(
            try bench.bad(1, "reduce --ledger bug.ledger -o m --exec", ["true"]).contains("good"))
        #expect(try bench.listing == listing)
    }

    @Test func `a command that asks to stop stops`() throws {
        let bench = try bench()
        #expect(
            try bench.bad(65, "bisect --ledger bug.ledger --exec", ["exit 130"])
                .contains("asks to stop"))
        #expect(
            try bench.bad(65, "reduce --ledger bug.ledger -o m --exec", ["kill -9 $$"])
                .contains("asks to stop"))
    }

    @Test func `Ctrl-C keeps the best so far`() throws {
        let bench = try bench()
        let mark = bench.path("probes")
        let command =
            "echo x >> \(mark); [ $(wc -l < \(mark)) -lt 12 ] || sleep 0.2;"
            + " \(ProcessRun.executable) check --ledger {} --invariant no-double-feed"
        let run = try bench.start(
            "reduce --ledger bug.ledger -o min.ledger --exec", [command])
        while run.isRunning,
            (try? bench.read("probes").split(separator: "\n").count) ?? 0 < 13
        {
            usleep(5_000)
        }
        run.send(SIGINT)
        #expect(run.wait().ending == .signal(SIGINT))
        #expect(
            try bench.run("check --ledger min.ledger --invariant no-double-feed").code == 1)
        try bench.good("verify --ledger min.ledger")
    }
}
