import EventModel
import Foundation
import GRDB
import Testing

@Suite struct `Diff, why and whatif` {
    private func cats() throws -> Bench {
        let bench = try Bench()
        try bench.good("simulate --scenario \(Shipped.twoCats) --years 1 --seed 42 --ledger l")
        return bench
    }

    /// The rows of a store's table as texts.
    private func rows(_ bench: Bench, _ name: String, _ sql: String) throws -> [String] {
        let queue = try DatabaseQueue(path: bench.path(name))
        return try queue.read { try Row.fetchAll($0, sql: sql).map { "\($0)" } }
    }

    @Test func `why names the events that made a day`() throws {
        let bench = try cats()
        let words = "why --ledger l --projection feeding-stats --row kitchen|2020-02-29 --every 1"
        let object = try bench.json("\(words) --json")
        #expect(object["table"]?.string == "days" && object["every"]?.int == 1)
        let changes = try #require(object["changes"]?.array)
        #expect(object["row"]?["feeds"]?.int == changes.count)
        #expect(changes.first?["before"] == .null)
        #expect(changes.last?["after"] == object["row"])
        let text = try bench.good(words)
        #expect(text.contains("feeding-stats, days kitchen|2020-02-29\n"))
        #expect(text.contains("new: feeds 1"))
        let last = try bench.json("\(words) --json --last 2")
        #expect(last["changes"]?.array == Array(changes.suffix(2)))
        #expect(last["earlier"] == true)
        let all = try bench.json("\(words) --json --all")
        #expect(all["changes"]?.array == changes)
        // At an earlier point the row is what it was then.
        let half = try #require(changes[1]["sequence"]?.int)
        let early = try bench.json("\(words) --json --until seq:\(half)")
        #expect(early["row"] == changes[1]["after"])
    }

    @Test(arguments: [
        (65, "--projection feeding-stats --row kitchen|2020-02-30", "kitchen|2020-02-29"),
        (65, "--projection bowl-totals --row kitchn|left", "kitchen|left"),
        (65, "--projection bowl-totals --row kitchen|left --until seq:99999", "sequence 99999"),
        (64, "--projection bowl-total --row x", "did you mean \"bowl-totals\"?"),
        (64, "--projection bowl-totals --row x --table bowles", "did you mean \"bowls\"?"),
        (64, "--projection bowl-totals --row x --last 0", "--last takes a number"),
    ])
    func `why says what is wrong`(code: Int32, words: String, hint: String) throws {
        let said = try cats().bad(code, "why --ledger l \(words)")
        #expect(said.contains(hint), "\(said)")
    }

    @Test func `diff finds what somebody did to a store`() throws {
        let bench = try cats()
        try bench.good("hydrate --ledger l --store s --until 50%")
        let words = "diff --ledger l --projection feeding-stats --store s"
        #expect(try bench.good(words).contains("equal: the store holds the rows"))
        try bench.tamper("s", "UPDATE feeding_stats_days SET feeds = 99 WHERE day = '2020-02-03'")
        try bench.tamper("s", "DELETE FROM feeding_stats_days WHERE day = '2020-02-04'")
        let done = try bench.run(words)
        #expect(done.ending == .exit(1))
        #expect(done.output.contains("1 missing in the store, 1 with other values"))
        #expect(done.output.contains("made days kitchen|2020-02-03:"))
        let object = try JSONValue(parsing: bench.run("\(words) --json").output)
        #expect(object["equal"] == false && object["isStateAt"] == .null)
        #expect(object["rows"]?.array?.count == 2)
        #expect(try bench.listing == ["l", "s"])
    }

    @Test func `diff names the state that a store is`() throws {
        let bench = try cats()
        // The tables of an earlier point under the checkpoint of a later one: a lost batch.
        try bench.good("hydrate --ledger l --store early --until seq:1000")
        try bench.good("hydrate --ledger l --store s --until seq:1003")
        try bench.tamper(
            "s",
            """
            ATTACH '\(bench.path("early"))' AS early; DELETE FROM bowl_totals_bowls;
            INSERT INTO bowl_totals_bowls SELECT * FROM early.bowl_totals_bowls
            """)
        let done = try bench.run("diff --ledger l --projection bowl-totals --store s")
        #expect(done.ending == .exit(1))
        #expect(
            done.output.contains("the store is the state at seq:1000, 3 behind its checkpoint"),
            "\(done.output)")
    }

    @Test func `diff refuses what cannot be compared`() throws {
        let bench = try cats()
        try bench.good("simulate --scenario \(Shipped.twoCats) --years 1 --seed 43 --ledger m")
        try bench.good("hydrate --ledger l --store s --projection bowl-totals")
        for (code, words, hint) in [
            (65, "--ledger m --projection bowl-totals --store s", "another history than m"),
            (65, "--ledger l --projection feeding-stats --store s", "it holds bowl-totals"),
            (65, "--ledger l --projection bowl-totals --store l", "no store of replaylab"),
            (66, "--ledger l --projection bowl-totals --store none", "no store none"),
            (66, "--ledger n --projection bowl-totals --projection feeding-stats", "n"),
            (64, "--ledger l --projection bowl-totals", "compares two projections"),
            (64, "--ledger l --projection bowl-totals --projection bowl-totals", "same as itself"),
            (64, "--ledger l --projection bowl-totals --projection feeding-stats", "in common"),
        ] as [(Int32, String, String)] {
            let said = try bench.bad(code, "diff \(words)")
            #expect(said.contains(hint), "\(words): \(said)")
        }
    }

    @Test func `whatif is what an edited export leads to`() throws {
        let bench = try cats()
        let object = try bench.json(
            "whatif --ledger l --without seq:500 --delay seq:900=400d --json --insert",
            ["2020-05-05T05:05:05Z LONG G030PM0123456789"])
        #expect(object["changes"] == true)
        var lines = try bench.good("export --ledger l --format jsonl").split(separator: "\n")
            .map(String.init)
        // Beyond the last event: the delayed one comes last.
        let late = lines[899].replacing(/"recorded":"2020/, with: "\"recorded\":\"2029")
        let new =
            #"{"id":"new","time":"2020-05-05T05:05:05Z","recorded":"2020-05-05T05:05:05Z","source":"com.feedmyfurbabies","#
            + #""detailType":"AWS IoT 1-Click","device":"G030PM0123456789","detail":{"click-type":"LONG"}}"#
        let place = try #require(
            lines.firstIndex { line in
                let recorded = (try? JSONValue(parsing: line))?["recorded"]?.string ?? ""
                return recorded > "2020-05-05T05:05:05Z"
            })
        lines.append(late)
        if place > 899 { lines.insert(new, at: place) }
        lines.remove(at: 899)
        if place <= 899 { lines.insert(new, at: place) }
        lines.remove(at: place <= 499 ? 500 : 499)
        let text = lines.map { $0.replacing(/"sequence":\d+,/, with: "") + "\n" }.joined()
        try bench.write(text, to: "edited.jsonl")
        try bench.good("import edited.jsonl --ledger e")
        for (type, tables) in [("bowl-totals", ["bowls"]), ("feeding-stats", ["days", "hours"])] {
            try bench.good("hydrate --ledger l --store sl --projection \(type)")
            try bench.good("hydrate --ledger e --store se --projection \(type)")
            let found = object["projections"]?.array?.first { $0["projection"]?.string == type }
            for table in tables {
                let name = type.replacing("-", with: "_") + "_" + table
                let before = try rows(bench, "sl", "SELECT * FROM \(name)")
                let after = try rows(bench, "se", "SELECT * FROM \(name)")
                let rows = (found?["rows"]?.array ?? []).filter { $0["table"]?.string == table }
                #expect(
                    rows.count { $0["second"] != .null } == after.count { !before.contains($0) })
                #expect(rows.count { $0["first"] != .null } == before.count { !after.contains($0) })
            }
        }
        #expect(object["messages"]?.array?.count == 3)
        for point in ["2020-05-20T00:00:00Z", "2020-03-01T00:00:00Z"] {
            let then = try bench.json(
                "whatif --ledger l --without seq:500 --delay seq:900=400d --json --until \(point)"
                    + " --projection bowl-totals --insert",
                ["2020-05-05T05:05:05Z LONG G030PM0123456789"])
            for ledger in ["l", "e"] {
                try bench.good("hydrate --ledger \(ledger) --store then-\(ledger) --until \(point)")
            }
            let sql = "SELECT * FROM bowl_totals_bowls"
            let (old, new) = (try rows(bench, "then-l", sql), try rows(bench, "then-e", sql))
            let changed = then["projections"]?.array?.first?["rows"]?.array ?? []
            #expect(changed.count { $0["first"] != .null } == old.count { !new.contains($0) })
            #expect(changed.count { $0["second"] != .null } == new.count { !old.contains($0) })
            bench.remove("then-l", "then-e")
        }
    }

    @Test func `whatif until a point takes the ledger up to there`() throws {
        let bench = try cats()
        let all = "whatif --ledger l --without seq:500 --json --until"
        #expect(try bench.json("\(all) seq:500")["after"]?.integer == 499)
        #expect(try bench.json("\(all) seq:500")["before"]?.integer == 500)
        #expect(try bench.bad(65, "\(all) seq:499").contains("lies behind --until"))
        // What happened later leads to no message, and is in no row.
        let before = try bench.json("\(all) 2020-01-02T00:00:00Z")
        #expect(before["changes"] == false && before["messages"]?.array?.isEmpty == true)
    }

    @Test func `whatif says that nothing changes, and writes nothing`() throws {
        let bench = try cats()
        let before = try bench.bytes("l")
        #expect(
            try bench.good("whatif --ledger l --delay seq:500=0s")
                .hasSuffix(" events\n  nothing changes\n"))
        #expect(try bench.good("whatif --ledger l --without seq:500").contains("gone: 2020-"))
        #expect(try bench.bytes("l") == before)
        #expect(try bench.listing == ["l"])
    }

    @Test(arguments: [
        (64, ["--without", "50%"], "takes one event"), (64, [], "nothing is edited"),
        (64, ["--delay", "seq:5"], "write the event and how much later"),
        (64, ["--delay", "seq:5=2y"], "no length of time"),
        (64, ["--delay", "seq:5=99999999999999999999d"], "no length of time"),
        (64, ["--insert", "2020-01-01T00:00:00Z TRIPLE"], "clicks are"),
        (64, ["--insert", "yesterday LONG x"], "--insert yesterday"),
        (65, ["--insert", "{\"detail-type\": 1}"], "--insert:1:"),
        (65, ["--without", "seq:0"], "no sequence 0"),
        (65, ["--without", "seq:99999"], "no sequence 99999"),
        (65, ["--without", "id:nobody"], "event nobody"),
        (65, ["--without", "seq:5", "--delay", "seq:5=2h"], "edited twice"),
        (66, ["--without", "seq:5", "--topology", "nowhere"], "no topology nowhere"),
    ])
    func `whatif says what is wrong`(code: Int32, words: [String], hint: String) throws {
        let said = try cats().bad(code, "whatif --ledger l", words)
        #expect(said.contains(hint), "\(said)")
    }

    @Test func `an empty ledger has no rows, and gets its first`() throws {
        let bench = try Bench()
        try bench.good("import /dev/null --ledger l")
        #expect(
            try bench.bad(65, "why --ledger l --projection bowl-totals --row kitchen|left")
                .contains("has no row kitchen|left"))
        try bench.good("hydrate --ledger l --store s")
        #expect(
            try bench.good("diff --ledger l --projection bowl-totals --store s").contains("equal"))
        #expect(try bench.bad(65, "whatif --ledger l --without seq:1").contains("its head is 0"))
        #expect(
            try bench.good("whatif --ledger l --insert", ["2020-01-01T00:00:00Z LONG"])
                .contains("0 → 1 event\n"))
    }
}
