import EventModel
import Foundation
import Testing

@Suite struct `A replay that is interrupted` {
    /// History at a pace that nobody waits for: an event every few seconds.
    private static let slow = "replay --ledger cats --target cat-feeder --transcript t"

    @Test(arguments: [("ordered", 5_000), ("eventbridge", 50), ("chaos", 5_000)])
    func `says how far it was, and what it sent until then was right`(
        delivery: String, speed: Int
    ) throws {
        let bench = try Bench.withCats()
        let run = try bench.start("\(Self.slow) --json --delivery \(delivery) --speed \(speed)")
        usleep(1_500_000)
        #expect(run.isRunning)
        run.send(SIGINT)
        let done = run.wait()
        #expect(done.ending == .signal(SIGINT), "\(done.errors)")
        let json = try JSONValue(parsing: done.output)
        #expect(json["state"] == "CANCELLED")
        #expect(json[path: "messages", "accepted"] == .bool(true))
        let events = try #require(json["events"]?.integer)
        #expect((0..<1_000).contains(events), "nothing is rushed out: \(events)")
        if delivery == "ordered" {
            #expect(
                done.errors.contains(
                    "cancelled after sequence \(events); go on with --from seq:\(events + 1)"))
            let rest = try bench.replayed("--target cat-feeder --from seq:\(events + 1)")
            #expect(rest["events"] == .int(2_377 - events))
        } else {
            let advice = try #require(
                done.errors.firstMatch(of: /go on with --from seq:(\d+)|run it again/),
                "\(done.errors)")
            let next = advice.1.flatMap { Int($0) } ?? 1
            let rest = try bench.replayed("--target cat-feeder --from seq:\(next)")
            #expect(rest["events"] == .int(2_378 - next))
        }
        // What was sent is in the transcript, which appears all the same.
        #expect(try bench.listing == ["cats", "t"])
    }

    @Test func `leaves a store as it was`() throws {
        let bench = try Bench.withCats()
        try bench.good("replay --ledger cats --store s --until 20%")
        let before = try bench.good("verify --ledger cats --store s")
        let run = try bench.start("replay --ledger cats --store s --speed 100")
        usleep(1_000_000)
        run.send(SIGINT)
        #expect(run.wait().ending == .signal(SIGINT))
        #expect(try bench.good("verify --ledger cats --store s") == before)
        #expect(try bench.listing == ["cats", "s"])
    }
}

@Suite struct `A replay on the command line` {
    @Test func `takes its time where it is told to`() throws {
        let bench = try Bench.withCats()
        let begin = ContinuousClock.now
        // Events 2 to 5 lie hours apart.
        let json = try bench.replayed("--from seq:2 --until seq:5")
        let quick = ContinuousClock.now - begin
        let export = try { () throws -> [JSONValue] in
            try bench.good("export --ledger cats --format eventbridge -o events")
            return try Array(bench.lines("events")[1..<5])
        }()
        let times = try export.map { try Timestamp(text: #require($0["time"]?.string)) }
        let span = Double(times[3].seconds - times[0].seconds)
        #expect(span > 60)
        let start = ContinuousClock.now
        let paced = try bench.replayed("--from seq:2 --until seq:5 --speed \(Int(span / 2))")
        let took = ContinuousClock.now - start
        #expect(took > .seconds(1.5) && took > quick, "\(took)")
        #expect(paced == json)
    }

    @Test(arguments: [("deployed", 1), ("mended", 0), ("fleet", 0)] as [(String, Int32)])
    func `proves that it feeds nobody, or fails`(topology: String, code: Int32) throws {
        let bench = try Bench.withCats()
        let words = "replay --ledger cats --target cat-feeder --topology \(topology)"
        let done = try bench.run("\(words) --assert-no-dispense")
        #expect(done.ending == .exit(code), "\(done.errors)")
        #expect(done.errors.contains("the replay moved motors: 3,236 dispenses") == (code == 1))
        try bench.good(words)
        // Told to act on replays, the mended function feeds.
        if code == 0 { try bench.bad(1, "\(words) --replays publish --assert-no-dispense") }
    }

    @Test func `sends to a broker elsewhere only if that is allowed, and says what`() throws {
        let bench = try Bench.withCats()
        // Not a loopback address, and nobody listens there.
        let words = "replay --ledger cats --target cat-feeder --until seq:9 --mqtt mqtt://0.0.0.0:1"
        #expect(try bench.bad(64, words).contains("--allow-real-broker"))
        let errors = try bench.bad(75, "\(words) --allow-real-broker --broker-timeout 2")
        #expect(errors.contains("about to send 8 messages to a broker that is not on this machine"))
        #expect(errors.contains("cat-feeder/action") && errors.contains("FAILED after sequence 0"))
    }

    @Test func `keeps a store that is hydrate's, and goes on where it stands`() throws {
        let bench = try Bench.withCats()
        try bench.good("replay --ledger cats --store s --until seq:800")
        #expect(try bench.good("verify --ledger cats --store s").contains("800"))
        try bench.good("replay --ledger cats --store s")
        try bench.good("hydrate --ledger cats --store h")
        let (store, plain) = (
            try bench.good("verify --ledger cats --store s"),
            try bench.good("verify --ledger cats --store h")
        )
        #expect(store.replacing("s:", with: "h:") == plain.replacing("s:", with: "h:"))
    }

    /// Thousands of attempts would be due.
    @Test func `starts no program any more, and says where to go on`() throws {
        let bench = try Bench.withCats()
        try bench.writeTopology(
            adding: "{id: program, kind: process, command: [sh, -c, \"echo x >> calls; exit 7\"]}")
        let run = try bench.start("replay --ledger cats --topology t.yaml --target program --json")
        while run.isRunning, (try? bench.read("calls").count) ?? 0 < 10 { usleep(10_000) }
        run.send(SIGINT)
        let before = try bench.read("calls").count / 2
        let done = run.wait()
        #expect(done.ending == .signal(SIGINT), "\(done.errors)")
        // One may have begun when the signal came, and one be in between.
        #expect(try bench.read("calls").count / 2 <= before + 2)
        #expect(try JSONValue(parsing: done.output)["state"] == "CANCELLED")
        // The last event waits for another attempt, and maybe one before it.
        let advice = try #require(
            done.errors.firstMatch(
                of: /cancelled after sequence (\d+); go on with --from seq:(\d+)/),
            "\(done.errors)")
        let (last, next) = (try #require(Int(advice.1)), try #require(Int(advice.2)))
        #expect((1...last).contains(next))
    }
}
