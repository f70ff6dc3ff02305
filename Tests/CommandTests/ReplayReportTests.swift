import EventModel
import Testing

@Suite struct `The report of a replay` {
    /// What the text says after a word that begins a line.
    private func line(_ word: String, of text: String) throws -> String {
        let line = text.split(separator: "\n").first { $0.hasPrefix("  \(word) ") }
        return String(try #require(line, "\(word) in\n\(text)").dropFirst(2 + word.count))
    }

    /// The numbers of a text, without their separators.
    private func numbers(_ text: String) -> [Int] {
        text.replacing(",", with: "").split { !$0.isNumber }.compactMap { Int($0) }
    }

    @Test(arguments: ["ordered", "eventbridge --seed 5", "chaos --seed 4"])
    func `says the same as text and as JSON`(delivery: String) throws {
        let bench = try Bench.withCats()
        let options = "--target cat-feeder --target bowl-totals --delivery \(delivery)"
        let json = try bench.replayed(options)
        let text = try bench.good("replay --ledger cats \(options)")
        #expect(json["state"] == "COMPLETED" && text.hasPrefix("replay replay of cats: COMPLETED"))
        let events = try #require(json["events"]?.integer)
        let first = try #require(text.split(separator: "\n").first)
        #expect(numbers(String(first)).first == events)
        let messages = try #require(json["messages"])
        let kinds = ["missing", "unexpected", "duplicated", "outOfOrder"]
        let counts = kinds.map { messages[$0]?["count"]?.integer }
        #expect(
            try numbers(line("messages", of: text))
                == [messages["expected"]?.integer, messages["received"]?.integer] + counts)
        #expect(messages["accepted"] == .bool(true))
        let decisions = try #require(json["decisions"])
        #expect(decisions.keys.isEmpty == (delivery == "ordered"))
        if delivery != "ordered" {
            let said = try numbers(line("decisions", of: text))
            #expect(decisions.keys.map { decisions[$0]?.integer } == said)
            #expect(try line("delivery", of: text).contains(json["faults"]?.string ?? "?"))
        }
        let feeder = try numbers(line("feeder", of: text))
        #expect(feeder[0] == json["dispenses"]?.integer)
        #expect(feeder[1] + feeder[2] == json["grams"]?.integer)
        let digest = try #require(json[path: "digests", "bowl-totals"]?.string)
        #expect(try line("bowl-totals", of: text).hasSuffix(digest))
        #expect(try line("root", of: text).hasSuffix(json["root"]?.string ?? "?"))
    }

    @Test(arguments: ["ordered", "eventbridge", "chaos"])
    func `and the transcript have the same bytes for the same seed, and others for another`(
        delivery: String
    ) throws {
        let bench = try Bench.withCats()
        var outputs: [String] = []
        for (name, seed) in [("a", 7), ("b", 7), ("c", 8)] {
            outputs.append(
                try bench.good(
                    "replay --ledger cats --target cat-feeder --delivery \(delivery) --seed \(seed)"
                        + " --transcript \(name).jsonl"))
        }
        #expect(outputs[0] == outputs[1])
        #expect(try bench.bytes("a.jsonl") == bench.bytes("b.jsonl"))
        let isSame = try bench.bytes("a.jsonl") == bench.bytes("c.jsonl")
        #expect(isSame == (delivery == "ordered"))
    }

    @Test func `has the digests that hydrate prints, at any point`() throws {
        let bench = try Bench.withCats()
        for until in ["head", "seq:700", "33%", "2020-06-01T00:00:00Z"] {
            let json = try bench.replayed("--until \(until)")
            let hydrated = try bench.json("hydrate --ledger cats --json --until \(until)").text()
            let digests = try #require(json["digests"])
            #expect(digests.keys == ["bowl-totals", "feeding-stats"])
            for name in digests.keys {
                #expect(hydrated.contains(try #require(digests[name]?.string)), "\(name) \(until)")
            }
        }
    }

    @Test func `of one rule or target has nothing of the others`() throws {
        let bench = try Bench.withCats()
        let stores = try bench.replayed("--rule stores-rule")
        #expect(stores["digests"]?.keys == ["bowl-totals", "feeding-stats"])
        #expect(stores[path: "messages", "received"] == .int(0))
        #expect(try bench.replayed("--rule feeds-rule")["digests"]?.keys == [])
        let one = try bench.replayed("--target feeding-stats")
        #expect(one["digests"]?.keys == ["feeding-stats"])
        let both = try bench.replayed("--rule feeds-rule --target cat-feeder")
        #expect(both[path: "messages", "received"] == .int(2_376))
        #expect(both["digests"]?.keys == [])
    }

    @Test func `names the replay, whose name its events carry`() throws {
        let bench = try Bench.withCats()
        try bench.writeTopology(
            adding: "{id: lines, kind: file, path: lines.jsonl}")
        let json = try bench.replayed(
            "--topology t.yaml --target lines --name june-again --until seq:3")
        #expect(json["replay"] == "june-again" && json["events"] == .int(3))
        #expect(
            try bench.lines("lines.jsonl").map { $0["replay-name"] } == [
                "june-again", "june-again", "june-again",
            ])
    }
}

@Suite struct `The transcript of a replay` {
    @Test func `has each message of the window, to the feeder and from the function`() throws {
        let bench = try Bench.withCats()
        try bench.good(
            "replay --ledger cats --target cat-feeder --from seq:101 --until seq:200"
                + " --transcript t.jsonl")
        let actions = try bench.lines("t.jsonl").filter { $0["topic"] == "cat-feeder/action" }
        #expect(actions.count { $0["direction"] == "in" } == 100)
        #expect(actions.count { $0["direction"] == "out" } == 100)
        for line in actions {
            let payload = try JSONValue(parsing: try #require(line["payload"]?.string))
            #expect(["SINGLE", "DOUBLE", "LONG"].contains(payload["event"]?.string))
        }
        let times = try bench.lines("t.jsonl").compactMap { $0["time"]?.string }
        #expect(times == times.sorted() && !times.isEmpty)
    }

    @Test func `takes the place of the one before, whole or not at all`() throws {
        let bench = try Bench.withCats()
        let words = "replay --ledger cats --target cat-feeder --until seq:50 --transcript t"
        try bench.write("the one before\n", to: "t")
        // A broker that is not there: the run fails, and what was there stays.
        try bench.bad(64, words + " --mqtt mqtt://127.0.0.1:1")
        #expect(try bench.read("t") == "the one before\n")
        try bench.good(words)
        #expect(try bench.read("t").hasPrefix("{\"time\""))
        #expect(try bench.listing == ["cats", "t"])
    }

    @Test func `is the same over real sockets`() throws {
        let bench = try Bench.withCats()
        let words = "replay --ledger cats --target cat-feeder --until seq:60 --transcript"
        try bench.good("\(words) memory")
        try bench.good("\(words) wire --mqtt wire")
        #expect(try bench.bytes("memory") == bench.bytes("wire"))
    }
}
