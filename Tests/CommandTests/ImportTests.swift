import EventModel
import Foundation
import Testing

/// Object members sorted, so that equal JSON is equal.
private func normal(_ value: JSONValue) -> JSONValue {
    switch value {
    case .array(let elements): .array(elements.map(normal))
    case .object(let members):
        .object(members.map { .init($0.key, normal($0.value)) }.sorted { $0.key < $1.key })
    default: value
    }
}

private func lines(_ text: String) throws -> [JSONValue] {
    try text.split(separator: "\n").map { normal(try JSONValue(parsing: $0)) }
}

@Suite struct `The import and export commands` {
    @Test(arguments: [
        ("eventbridge-archive.jsonl", ""), ("buttons.jsonl", ""),
        ("buttons-without-time.jsonl", "--time 2023-03-12T07:15:04Z"),
    ])
    func `each recorded file comes back out equal, and its export is lossless`(
        name: String, options: String
    ) throws {
        let bench = try Bench()
        try bench.good("import \(Shipped.recorded(name)) --ledger l \(options)")
        let original = try bench.good("export --ledger l --format original")
        let input = try String(contentsOfFile: Shipped.recorded(name), encoding: .utf8)
        // The archive holds a copy of an event: the first one stays.
        var seen: Set<String> = []
        let unique = try lines(input).filter { line in
            line["id"]?.string.map { seen.insert($0).inserted } ?? true
        }
        #expect(try lines(original) == unique)

        try bench.good("export --ledger l --format jsonl -o l.jsonl")
        try bench.good("import l.jsonl --ledger again")
        #expect(try bench.root("again") == bench.root("l"))
    }

    @Test(arguments: ["jsonl", "csv", "cloudevents", "cloudevents-batch"])
    func `what goes out and in again is an equal ledger`(format: String) throws {
        let bench = try Bench()
        let files = ["buttons.jsonl", "cloudevents-batch.json", "presses.csv"].map(Shipped.recorded)
        try bench.good("import \(Shipped.archive) \(files.joined(separator: " ")) --ledger l")
        try bench.good("export --ledger l --format \(format) -o out")
        try bench.good("import out --ledger again")
        #expect(try bench.root("again") == bench.root("l"))
        try bench.good("verify --ledger again")
    }

    @Test func `a csv with a misspelt column is named and leaves nothing`() throws {
        let bench = try Bench()
        try bench.write("id,time,sorce,detailType,detail\n", to: "bad.csv")
        let said = try bench.bad(65, "import bad.csv --ledger l")
        #expect(said.contains("bad.csv:1:9: the header has an unknown column \"sorce\"; did you"))
        #expect(try bench.listing == ["bad.csv"])
    }

    @Test func `an eventbridge export is known when it comes back`() throws {
        let bench = try Bench()
        try bench.good("import \(Shipped.archive) --ledger l")
        try bench.good("export --ledger l --format eventbridge -o e.jsonl")
        let root = try bench.root("l")
        let again = try bench.json("import e.jsonl --ledger l --json")
        #expect(again["appended"]?.integer == 0)
        #expect(again["skipped"]?.integer == again["values"]?.integer)
        #expect(try bench.root("l") == root)
        #expect(try bench.listing == ["e.jsonl", "l"])
    }

    @Test func `twice is once`() throws {
        let bench = try Bench()
        let first = try bench.json("import \(Shipped.archive) --ledger l --json")
        let second = try bench.json("import \(Shipped.archive) --ledger l --json")
        #expect(second["appended"]?.integer == 0)
        #expect(second["skipped"] == first["values"])
        #expect(second["root"] == first["root"])
        // The journal mode in the header: 1 is one plain file, 2 would be a write-ahead log.
        #expect(try bench.bytes("l")[18...19] == Data([1, 1]))
    }

    @Test func `standard input, plain or gzip, a file or a pipe, gives the same events`() throws {
        let bench = try Bench()
        try bench.good("import \(Shipped.archive) --ledger a --recorded 2024-01-01T00:00:00Z")
        try bench.good(
            "import - --ledger b --recorded 2024-01-01T00:00:00Z", input: .file(Shipped.archive))
        let gzip = Process()
        gzip.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        gzip.arguments = ["gzip", "-kc", Shipped.archive]
        let pipe = Pipe()
        gzip.standardOutput = pipe
        try gzip.run()
        let run = try bench.start(
            "import - --ledger c --recorded 2024-01-01T00:00:00Z",
            input: .descriptor(pipe.fileHandleForReading.fileDescriptor))
        #expect(run.wait().ending == .exit(0))
        gzip.waitForEnd()
        #expect(try bench.root("a") == bench.root("b"))
        #expect(try bench.root("a") == bench.root("c"))
        #expect(try bench.listing == ["a", "b", "c"])
    }

    @Test func `recorded time is what --recorded says`() throws {
        let bench = try Bench()
        try bench.good("import \(Shipped.archive) --ledger l --recorded 2024-01-01T00:00:00+13:00")
        for line in try lines(bench.good("export --ledger l --format jsonl")) {
            #expect(line["recorded"]?.string == "2023-12-31T11:00:00.000000Z")
        }
    }
}

@Suite struct `An import of bad input` {
    private static let good = """
        {"version":"0","id":"e1","detail-type":"AWS IoT 1-Click","source":"com.feedmyfurbabies",\
        "time":"2023-03-01T05:29:04Z","detail":{"click-type":"DOUBLE"}}

        """

    @Test(arguments: [
        ("{\"version\":", "bad.jsonl:3:1:"),
        ("{\"nonsense\": true}", "bad.jsonl:2:1:"),
        (good.replacing("05:29", with: "25:29"), "bad.jsonl:2:"),
        (good.replacing("DOUBLE", with: "SINGLE"), "event e1"),
    ])
    func `is named and leaves nothing`(line: String, place: String) throws {
        let bench = try Bench()
        try bench.write(Self.good + line + "\n", to: "bad.jsonl")
        let said = try bench.bad(65, "import bad.jsonl --ledger l")
        #expect(said.contains(place) && said.contains("--skip-bad"), "\(said)")
        #expect(try bench.listing == ["bad.jsonl"])
    }

    @Test func `is collected where one asks for it`() throws {
        let bench = try Bench()
        try bench.write("{\"a\": 1}\n" + Self.good + "{oops}\n", to: "bad.jsonl")
        let done = try bench.run("import bad.jsonl --ledger l --skip-bad rest --json")
        #expect(done.ending == .exit(0))
        let said = try JSONValue(parsing: done.output)
        #expect(said["appended"]?.integer == 1)
        #expect(said["bad"]?.integer == 2)
        #expect(try bench.read("rest") == "{\"a\": 1}\n{oops}\n")
        #expect(done.errors.contains("bad.jsonl:1:1:") && done.errors.contains("bad.jsonl:3:"))
    }

    @Test func `that contradicts the ledger changes nothing in it`() throws {
        let bench = try Bench()
        try bench.write(Self.good, to: "good.jsonl")
        try bench.good("import good.jsonl --ledger l")
        let before = try bench.bytes("l")
        let other =
            Self.good.replacing("e1", with: "e2") + Self.good.replacing("DOUBLE", with: "LONG")
        try bench.write(other, to: "other.jsonl")
        let said = try bench.bad(65, "import other.jsonl --ledger l")
        #expect(said.contains("other.jsonl:2:1: event e1 is in the ledger with other content"))
        #expect(try bench.bytes("l") == before)
        #expect(try bench.listing == ["good.jsonl", "l", "other.jsonl"])
    }

    @Test(
        arguments: [
            (64, "F --format eventbrige", "  - eventbridge\n"),
            (64, "F --recordd 2024-01-01T00:00:00Z", "did you mean --recorded?"),
            (64, "F --recorded yesterday", "--recorded yesterday"),
            (66, "none.jsonl", "no file none.jsonl"),
            (66, ".", "is a directory"),
            (73, "F --skip-bad no/rest", "there is no folder"),
        ] as [(Int32, String, String)])
    func `wrong usage says what is right`(code: Int32, words: String, reason: String) throws {
        let bench = try Bench()
        let said = try bench.bad(
            code, "import --ledger l " + words.replacing("F", with: Shipped.archive))
        #expect(said.contains(reason), "\(said)")
        #expect(try bench.listing == [])
    }
}
