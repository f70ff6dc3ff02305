import EventModel
import Foundation
import Testing

@Suite struct `The show command` {
    private func cats() throws -> Bench {
        let bench = try Bench()
        try bench.good("simulate --scenario \(Shipped.twoCats) --years 1 --seed 42 --ledger l")
        return bench
    }

    @Test func `prints an event, what it means, and where its feeder stood`() throws {
        let bench = try cats()
        let press = try bench.good("show --ledger l seq:3")
        for line in [
            "l: sequence 3 of ", "  time      2019-12-31T17:40:53.115Z",
            "  type      AWS IoT 1-Click",
            "  device    G030PM0123456789", "  what      press LONG: left 25 g, right 30 g",
            "  feeder    kitchen", "in Pacific/Auckland, registered at sequence 1",
            "  local     2020-01-01T06:40:53.115+13:00", "the event leads to it",
        ] {
            #expect(press.contains(line), "\(line)\n\(press)")
        }
        let registration = try bench.good("show --ledger l seq:1")
        #expect(
            registration.contains(
                "registers G030PM0123456789 with feeder kitchen, Pacific/Auckland, left 25 g,"))
        // It counts from the next event on.
        #expect(registration.contains("in UTC, registered nowhere before, so by default"))
        let zoned = try bench.good("show --ledger l seq:1 --default-zone Asia/Kathmandu")
        #expect(zoned.contains("+05:45"))
    }

    @Test func `finds the same event by its id, and the last one`() throws {
        let bench = try cats()
        let object = try bench.json("show --ledger l seq:7 --json")
        let id = try #require(object["id"]?.string)
        #expect(try bench.json("show --ledger l id:\(id) --json") == object)
        let head = try #require(bench.json("info --ledger l --json")["head"]?.integer)
        #expect(
            try bench.good("show --ledger l head --json")
                == bench.good("show --ledger l seq:\(head) --json"))
    }

    @Test func `lets no line break in the data make up a line of its own`() throws {
        let bench = try Bench()
        try bench.write(
            #"{"id":"a\n  root      b","time":"2024-03-01T00:00:00Z","source":"s\tt","detailType":"#
                + "\"t\",\"detail\":{\n\"a\":1}}", to: "in.jsonl")
        try bench.good("import in.jsonl --ledger l")
        let said = try bench.good("show --ledger l head")
        #expect(said.contains(#"  id        a\n  root      b"#), "\(said)")
        #expect(said.contains(#"  source    s\tt"#))
        #expect(said.contains("  detail    {\n            \"a\":1}\n"))
    }

    @Test func `prints one JSON object with the proof`() throws {
        let bench = try cats()
        let object = try bench.json("show --ledger l seq:5 --json")
        #expect(
            object.keys == [
                "ledger", "sequence", "id", "time", "recorded", "source", "detailType", "device",
                "form", "detail", "envelope", "meaning", "feeder", "proof",
            ])
        #expect(object[path: "meaning", "kind"] == "press")
        #expect(object[path: "feeder", "name"] == "kitchen")
        #expect(object[path: "proof", "holds"] == true)
        #expect(object[path: "proof", "index"] == 4)
        #expect(try object[path: "proof", "root"]?.string == bench.root("l"))
        let line = try #require(
            bench.good("export --ledger l --format jsonl --until seq:5").split(separator: "\n").last
        )
        let exported = try JSONValue(parsing: line)
        for key in ["id", "time", "recorded", "source", "detailType", "device", "form"] {
            #expect(object[key] == exported[key])
        }
        #expect(line.contains(try #require(object["detail"]?.string)))
    }

    /// What somebody without our program does with the script.
    private func shell(_ bench: Bench, _ script: String) throws -> Int32 {
        try bench.write(script, to: "check.sh")
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = [bench.path("check.sh")]
        process.environment = ["PATH": "/usr/bin:/bin"]
        process.standardOutput = nil
        process.standardError = nil
        try process.run()
        process.waitForEnd()
        return process.terminationStatus
    }

    @Test(arguments: [1, 2, 1024, 1025, 2000])
    func `prints a proof that the shell checks with sha256sum`(sequence: Int) throws {
        let bench = try cats()
        let script = try bench.good("show --ledger l seq:\(sequence) --proof")
        #expect(try shell(bench, script) == 0)
        // Another digit anywhere leads elsewhere.
        for line in script.split(separator: "\n") where line.hasPrefix("node=$(h 01") {
            let flipped = line.replacing("0", with: "1")
            #expect(try shell(bench, script.replacing(line, with: flipped)) == 1)
        }
        #expect(!script.contains("replaylab"))
    }

    @Test func `proves an event against a root that was noted`() throws {
        let bench = try cats()
        let (head, root) = (
            try #require(bench.json("info --ledger l --json")["head"]?.integer),
            try bench.root("l")
        )
        try bench.good("simulate --scenario \(Shipped.twoCats) --years 2 --seed 42 --ledger l")
        let object = try bench.json("show --ledger l seq:9 --size \(head) --root \(root) --json")
        #expect(object[path: "proof", "size"]?.integer == head)
        #expect(try bench.json("show --ledger l seq:9 --size \(head) --json") == object)
        let other = String(root.reversed())
        let done = try bench.run("show --ledger l seq:9 --size \(head) --root \(other)")
        #expect(done.ending == .exit(1))
        #expect(done.output.contains("does NOT lead to it"))
        #expect(done.errors.contains("was rewritten"))
    }

    @Test(arguments: [3, 1500])
    func `finds that the row was changed`(sequence: Int) throws {
        let bench = try cats()
        try bench.tamper(
            "l",
            "DROP TRIGGER event_update; UPDATE event SET lag = lag + 1 WHERE sequence = \(sequence)"
        )
        let done = try bench.run("show --ledger l seq:\(sequence) --json")
        #expect(done.ending == .exit(1))
        #expect(try JSONValue(parsing: done.output)[path: "proof", "holds"] == false)
    }

    @Test(arguments: [
        (64, "seq:0", "show takes one event"), (64, "50%", "show takes one event"),
        (64, "2024-01-01T00:00:00Z", "show takes one event"),
        (64, "frobnicate", "no point in time"),
        (64, "seq:-1", "needs a number"), (65, "seq:99999", "no sequence 99999"),
        (65, "id:none", "no event none"), (64, "seq:1 --size 0", "--size"),
        (64, "seq:1 --root 12", "64 hexadecimal"), (64, "seq:1 --proof --json", "do not go"),
        (65, "seq:9 --size 3", "among its first 3 events"), (65, "seq:9 --size 999999", "999999"),
        (64, "seq:1 --default-zone Mars/Base", "--default-zone"),
    ])
    func `says what is wrong`(code: Int32, words: String, answer: String) throws {
        #expect(try cats().bad(code, "show --ledger l \(words)").contains(answer))
    }
}
