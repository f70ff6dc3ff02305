import EventModel
import Foundation
import Testing

@Suite struct `The hydrate command` {
    private func cats(years: Int = 1) throws -> Bench {
        let bench = try Bench()
        try bench.good(
            "simulate --scenario \(Shipped.twoCats) --years \(years) --seed 42 --ledger l")
        return bench
    }

    @Test func `prints one object with the documented members and nothing else`() throws {
        let bench = try cats()
        let done = try bench.run("hydrate --ledger l --json")
        #expect(done.ending == .exit(0) && done.errors == "")
        #expect(done.output.utf8.count { $0 == 0x0A } == 1 && done.output.hasSuffix("}\n"))
        let report = try JSONValue(parsing: done.output)
        #expect(try report[path: "ledger", "root"]?.string == bench.root("l"))
        #expect(try report[path: "ledger", "head"] == bench.json("info --ledger l --json")["head"])
        #expect(report[path: "until", "asked"]?.string == "head")
        #expect(report[path: "until", "sequence"] == report[path: "ledger", "head"])
        let last = try #require(report[path: "until", "time"]?.string)
        #expect(last.contains(/^2020-12-3\dT[\d:.]+Z$/))
        let names = try #require(report["projections"]?.keys)
        #expect(names == ["bowl-totals", "feeding-stats"])
        for name in names {
            let one = try #require(report[path: "projections", name])
            #expect(one["version"]?.integer == 1)
            #expect(one["events"]?.integer ?? 0 > 0)
            #expect(one["digest"]?.string?.count == 64)
            #expect(try #require(one["state"]?.keys).first != nil)
        }

        let bowls = try #require(report[path: "projections", "bowl-totals", "state", "bowls"])
        #expect(bowls.elements.compactMap { $0["bowl"]?.string } == ["left", "right"])
        for bowl in bowls.elements {
            #expect(bowl.keys == ["feeder", "bowl", "dispenses", "grams", "lastDispense"])
            let portion = bowl["bowl"]?.string == "left" ? 25 : 30
            #expect(bowl["grams"]?.integer == (bowl["dispenses"]?.integer ?? 0) * portion)
            #expect(bowl["lastDispense"]?.string?.hasSuffix("Z") == true)
        }
        let days = try #require(report[path: "projections", "feeding-stats", "state", "days"])
        for day in days.elements {
            #expect(
                day.keys == [
                    "feeder", "day", "feeds", "single", "double", "long", "first", "last",
                    "longestGapSeconds", "doubleFeeds",
                ])
            let kinds = ["single", "double", "long"].map { day[$0]?.integer ?? -1 }
            #expect(day["feeds"]?.integer == kinds.reduce(0, +))
            #expect(day["day"]?.string?.contains(/^2020-\d\d-\d\d$/) == true)
        }
    }

    @Test func `what is absent is null`() throws {
        let bench = try Bench()
        try bench.write(
            #"{"id":"a","time":"2024-03-01T07:00:00Z","source":"com.feedmyfurbabies","#
                + #""detail-type":"AWS IoT 1-Click","detail":{"click-type":"SINGLE"}}"#, to: "in")
        try bench.good("import in --ledger l")
        let report = try bench.json("hydrate --ledger l --json --portion 7 --until 100%")
        let bowls = try #require(report[path: "projections", "bowl-totals", "state", "bowls"])
        #expect(
            bowls.elements.map { $0.text() } == [
                #"{"feeder":"default","bowl":"left","dispenses":1,"grams":7,"#
                    + #""lastDispense":"2024-03-01T07:00:00Z"}"#,
                #"{"feeder":"default","bowl":"right","dispenses":0,"grams":0,"lastDispense":null}"#,
            ])
        let days = try #require(report[path: "projections", "feeding-stats", "state", "days"])
        #expect(
            days.elements.map { $0.text() } == [
                #"{"feeder":"default","day":"2024-03-01","feeds":1,"single":1,"double":0,"long":0,"#
                    + #""first":"2024-03-01T07:00:00Z","last":"2024-03-01T07:00:00Z","#
                    + #""longestGapSeconds":null,"doubleFeeds":0}"#
            ])
        let empty = try bench.json("hydrate --ledger l --json --until seq:0")
        #expect(empty[path: "until", "time"] == .null)
        #expect(empty[path: "projections", "bowl-totals", "state", "bowls"]?.elements == [])
    }

    @Test func `every way to name a point leads to it`() throws {
        let bench = try cats()
        let lines = try bench.good("export --ledger l --format jsonl").split(separator: "\n")
        let middle = lines.count / 2
        let event = try JSONValue(parsing: lines[middle - 1])
        let time = try #require(event["time"]?.string)
        let id = try #require(event["id"]?.string)
        // In the middle of 2020 Auckland is 12 hours ahead.
        let wall = Timestamp(
            microseconds: try Timestamp(text: time).microseconds + 12 * 3_600_000_000)
        let bySequence = try bench.good("hydrate --ledger l --digests --until seq:\(middle)")
        let words = [
            "--until id:\(id)", "--until \(time)", "--until head --as-of \(time)",
            "--until \(wall.text.dropLast()) --zone Pacific/Auckland",
        ]
        for word in words {
            let digests = try bench.good("hydrate --ledger l --digests \(word)")
            #expect(digests == bySequence, "\(word)")
        }
        let half = try bench.json("hydrate --ledger l --json --until 50%")
        #expect(half[path: "until", "sequence"]?.integer == middle)
    }

    @Test(
        arguments: [
            (64, "--until yesterday", "--zone, seq:N, id:ID, 50% or head"),
            (64, "--until 2020-06-01T07:00", "give --zone"),
            (64, "--until 101%", "0% to 100%"), (64, "--until seq:-1", "seq:"),
            (65, "--until seq:99999999", "head is"), (65, "--until id:none", "no event none"),
            (64, "--zone Pacific/Auklan", "--zone: no time zone Pacific/Auklan"),
            (64, "--default-zone Nowhere", "--default-zone"),
            (64, "--projection bowl-total", "did you mean \"bowl-totals\"?"),
            (64, "--portion -5", "--portion"), (64, "--stor s", "did you mean --store?"),
            (73, "--store no/s", "there is no folder"),
        ] as [(Int32, String, String)])
    func `wrong usage says what is right`(code: Int32, words: String, reason: String) throws {
        let bench = try cats()
        let said = try bench.bad(code, "hydrate --ledger l \(words)")
        #expect(said.contains(reason), "\(said)")
        #expect(try bench.listing == ["l"])
    }

    @Test func `what is no ledger is refused`() throws {
        let bench = try Bench()
        try bench.write("no database", to: "text")
        try bench.tamper("other", "CREATE TABLE t (a)")
        #expect(try bench.bad(65, "hydrate --ledger text").contains("text is no ledger"))
        #expect(try bench.bad(65, "hydrate --ledger other").contains("another program"))
        #expect(try bench.bad(65, "hydrate --ledger .").contains("is a directory"))
        #expect(try bench.bad(66, "hydrate --ledger none").contains("no ledger at none"))
    }
}
