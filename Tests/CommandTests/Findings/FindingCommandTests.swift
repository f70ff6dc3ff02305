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

@Suite struct `Findings` {
    @Test func `check says what is broken and how to go on`() throws {
        let bench = try bench()
        let done = try bench.run("check --ledger bug.ledger --invariant no-double-feed=10")
        #expect(done.code == 1)
        #expect(done.output.contains("BROKEN  no-double-feed=10 at sequence"))
        let lines = done.output.split(separator: "\n").filter { $0.contains("  replaylab ") }
        #expect(lines.count == 2)
        for line in lines {
            let words = line.split(separator: " ").dropFirst().joined(separator: " ")
            #expect([0, 1].contains(try bench.run(words).code))
        }
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
        // Without its registration a button is a feeder of its own name: a command's failure has no
        // identity, so the registration may go.
        #expect(report["kept"]?.elements.count == 2)
        try bench.good("verify --ledger min.ledger")
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
