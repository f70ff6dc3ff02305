import EventModel
import Testing

@Suite struct `A target of a replay` {
    @Test func `that is a file gets each event, and what its template makes`() throws {
        let bench = try Bench.withCats()
        try bench.writeTopology(
            adding: "{id: clicks, kind: file, path: clicks.jsonl,"
                + " input-transformer: {input-paths: {c: $.detail.click-type, t: $.time},"
                + " template: '{\"click\": <c>, \"text\": \"<c> at <t>\"}'}}")
        try bench.good(
            "replay --ledger cats --topology t.yaml --target clicks --from seq:2 --until seq:40")
        let lines = try bench.lines("clicks.jsonl")
        #expect(lines.count == 39)
        for line in lines {
            let (click, text) = (line["click"]?.string ?? "?", line["text"]?.string ?? "?")
            #expect(["SINGLE", "DOUBLE", "LONG"].contains(click))
            #expect(text.hasPrefix("\(click) at 20") && text.hasSuffix("Z"))
        }
    }

    @Test func `that is a file in no folder fails with exit 74 and the path`() throws {
        let bench = try Bench.withCats()
        try bench.writeTopology(adding: "{id: lines, kind: file, path: no/lines.jsonl}")
        let errors = try bench.bad(74, "replay --ledger cats --topology t.yaml --target lines")
        #expect(errors.contains("no/lines.jsonl cannot be written"))
        #expect(try bench.listing == ["cats", "t.yaml"])
    }

    /// A program reads the event from its standard input, in whatever language it is written.
    @Test(arguments: [
        (
            "python3",
            "import json, sys\\nopen('out', 'a').write(json.load(sys.stdin)['id'] + '\\\\n')"
        ),
        ("sh", "sed -E 's/.*\\\"id\\\":\\\"([^\\\"]*)\\\".*/\\\\1/' >> out; echo >> out"),
    ])
    func `that is a program gets one event at a time, and acts only if it is named`(
        language: String, program: String
    ) throws {
        let bench = try Bench.withCats()
        try bench.writeTopology(
            adding: "{id: program, kind: process, command: [\(language), -c, \"\(program)\"]}")
        let words = "replay --ledger cats --topology t.yaml --until seq:6"
        try bench.good(words)
        #expect(try bench.listing == ["cats", "t.yaml"])
        try bench.good("\(words) --target program")
        try bench.good("export --ledger cats --format eventbridge -o events")
        let ids = try bench.lines("events").prefix(6).map { $0["id"]?.string ?? "?" }
        #expect(try bench.read("out").split(separator: "\n").map(String.init) == ids)
    }

    /// Fails so often, then takes what it is given.
    private func writeTopology(_ bench: Bench, refusals: Int) throws {
        try bench.writeTopology(
            adding: "{id: program, kind: process, command: [sh, refuse.sh],"
                + " retry: {attempts: 2}, dead-letter: letters}")
        try bench.write(
            "echo x >> calls; [ $(wc -l < calls) -gt \(refusals) ] || exit 7", to: "refuse.sh")
    }

    @Test func `that fails is tried again, and then its event is a dead letter`() throws {
        let bench = try Bench.withCats()
        try writeTopology(bench, refusals: 1_000)
        let words = "replay --ledger cats --topology t.yaml --target program --until seq:2"
        let text = try bench.good("\(words) --dead-letters letters.jsonl")
        #expect(text.contains("6 attempts, 0 delivered, 6 failed, 2 given up"))
        #expect(text.contains("dead letters 2 in letters"))
        let letters = try bench.lines("letters.jsonl")
        #expect(letters.map { $0["sequence"] } == [.int(1), .int(2)])
        for letter in letters {
            #expect(
                letter.keys == [
                    "queue", "target", "rule", "sequence", "reason", "attempts", "errorCode",
                    "errorMessage", "at", "event",
                ])
            #expect(letter["queue"] == "letters" && letter["target"] == "program")
            #expect(letter["rule"] == "stores-rule" && letter["attempts"] == .int(3))
            #expect(letter["reason"] == "MaximumRetryAttempts")
            #expect(letter["errorMessage"]?.string?.contains("exit 7") == true)
            #expect(letter[path: "event", "replay-name"] == "replay")
        }
        try bench.good("export --ledger cats --format eventbridge -o events")
        let ids = try bench.lines("events").prefix(2).map { $0["id"] }
        #expect(letters.map { $0[path: "event", "id"] } == ids)
        #expect(
            try bench.replayed("--topology t.yaml --target program --until seq:2")[
                path: "deadLetters", "letters"] == .int(2))
    }

    @Test func `gets its dead letters once more, and then none are left`() throws {
        let bench = try Bench.withCats()
        try writeTopology(bench, refusals: 6)
        let text = try bench.good(
            "replay --ledger cats --topology t.yaml --target program --until seq:2"
                + " --redrive --dead-letters letters.jsonl")
        #expect(text.contains("8 attempts, 2 delivered, 6 failed, 2 given up, 2 redriven"))
        #expect(text.contains("2 redriven") && !text.contains("dead letters"))
        #expect(try bench.read("letters.jsonl").isEmpty)
    }

    @Test func `that gives up for good without a queue is counted`() throws {
        let bench = try Bench.withCats()
        try bench.writeTopology(
            adding: "{id: program, kind: process, command: [\"false\"], retry: {attempts: 0}}")
        let words =
            "replay --ledger cats --topology t.yaml --target program --until seq:3 --redrive"
        #expect(
            try bench.good(words).contains("3 dropped, whose targets name no dead-letter queue"))
    }
}
