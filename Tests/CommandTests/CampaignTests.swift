import EventModel
import Foundation
import Testing

@Suite struct `The campaign command` {
    @Test func `over the mended system ends well, and leaves nothing behind`() throws {
        let bench = try Bench()
        let text = try bench.good("campaign --seeds 4 --jobs 2")
        #expect(text.hasPrefix("4 seeds from 1 to 4 over mended, fleet: "))
        #expect(text.contains("\nevery run holds; "))
        #expect(try bench.listing.isEmpty)
    }

    @Test func `prints the same bytes on one thread and on three, and in another process`() throws {
        let bench = try Bench()
        let line = "campaign --topology deployed --seeds 3 --from-seed 7 --faults"
        let words = ["answer-lost=0.2", "--jobs"]
        let first = try bench.run(line, words + ["1"])
        #expect(first.ending == .exit(1))
        #expect(try bench.run(line, words + ["3"]).output == first.output)
    }

    /// What is printed as the command that repeats a failure does so, in a process of its own.
    @Test func `keeps each failure in a file, with a command that repeats it`() throws {
        let kept = try Bench()
        let done = try kept.run("campaign --topology deployed --from-seed 3 --seeds 1 --json")
        #expect(done.ending == .exit(1), "\(done.errors)")
        let failures = try JSONValue(parsing: done.output)["failures"]?.elements ?? []
        #expect(failures.count >= 4)
        for failure in failures {
            let identity = try #require(failure["identity"]?.string)
            let file = "campaign-failures/" + identity.replacing("/", with: ".") + ".json"
            #expect(try JSONValue(parsing: kept.read(file)) == failure)

            let line = try #require(failure["repeat"]?.string)
            // The program as it was called: a lab of one's own has another name.
            #expect(line.hasPrefix(ProcessRun.executable + " campaign --topology deployed "))
            let words = line.split(separator: " ").dropFirst()
            let bench = try Bench()
            let again = try bench.run(words.joined(separator: " "))
            #expect(again.ending == .exit(1), "\(again.line)\n\(again.errors)")
            #expect(again.output.contains("  \(identity): 1 seed, the smallest "), "\(again.line)")
            let what = try #require(failure[path: "reduced", "what"]?.string)
            #expect(again.output.contains(what), "\(again.output)")
            #expect(try bench.listing.isEmpty)
        }
    }

    /// Ctrl-C: what was found until then is printed and kept, and where to go on.
    @Test func `says what it did when it is interrupted`() throws {
        let bench = try Bench()
        let words = "campaign --topology deployed --seeds 100000 --json"
        let run = try bench.start(words)
        usleep(1_500_000)
        run.send(SIGINT)
        let done = run.wait()
        #expect(done.ending == .signal(SIGINT), "\(done.errors)")
        let report = try JSONValue(parsing: done.output)
        let count = try #require(report["seedsRun"]?.integer)
        #expect(count > 0 && count < 100_000 && report["nextSeed"]?.integer == count + 1)
        #expect(report["green"] == .bool(false))
        // The first seed has failures of its own.
        let failures = report["failures"]?.elements ?? []
        #expect(!failures.isEmpty)
        #expect(try bench.listing == ["campaign-failures"])
    }

    @Test func `takes its faults from a file`() throws {
        let bench = try Bench()
        try bench.write("duplicate-delivery: 1\n", to: "twice")
        let done = try bench.run("campaign --topology deployed --seeds 1 --profile twice --keep k")
        #expect(done.ending == .exit(1))
        #expect(done.output.contains("one-feed-a-press/delivered-again"), "\(done.output)")
        #expect(done.output.contains("kept in k/\n"))
        #expect(try bench.listing.contains("k"))
    }

    @Test(arguments: [
        (64, "campaign --seeds 0", "--seeds takes 1 to 10000000, not 0"),
        (64, "campaign --jobs 0", "--jobs takes 1 to 256, not 0"),
        (64, "campaign --reports 3", "it takes --seeds 1"),
        (64, "campaign --seeds 1 --reports 3-1", "--reports takes numbers of reports"),
        (64, "campaign --faults wifi-lots=1", "no fault wifi-lots; did you mean \"wifi-lost\"?"),
        (64, "campaign --faults none --profile p", "take one of them"),
        (65, "campaign --seeds 1 --reports 9999", "seed 1: there is no report 9999"),
        (
            64, "campaign --from-seed 18446744073709551615 --seeds 2",
            "there are no 2 seeds from 18446744073709551615"
        ),
        (66, "campaign --profile absent", "absent cannot be read"),
        (65, "campaign --profile bad", "bad:1: \"wifi-lost\" is no fault with its rate"),
        (65, "campaign --topology mendde", "did you mean \"mended\"?"),
        (64, "campaign --sedes 3", "did you mean --seeds?"),
    ])
    func `names what is wrong`(code: Int32, line: String, message: String) throws {
        let bench = try Bench()
        try bench.write("wifi-lost\n", to: "bad")
        let said = try bench.bad(code, line)
        #expect(said.contains(message), "\(said)")
    }
}
