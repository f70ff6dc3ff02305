import EventModel
import Testing

@Suite struct `An option of replay` {
    /// A wrong value, the exit code, and words of the message that say what to do.
    private static let mistakes: [(String, Int32, [String])] = [
        ("--from yesterday", 64, ["yesterday is no point in time", "seq:N, id:ID, 50%"]),
        ("--from seq:x", 64, ["seq:x"]), ("--from 101%", 64, ["0% to 100%"]),
        ("--from id:nobody", 65, ["cats has no event nobody"]),
        ("--from 2020-06-01T07:00:00", 64, ["--zone"]),
        ("--until seq:99999", 65, ["no sequence 99999", "its head is 2377"]),
        ("--until id:nobody", 65, ["cats has no event nobody"]),
        ("--until 20%%", 64, ["20%%"]),
        ("--from seq:100 --until seq:50", 64, ["--from seq:100 lies after --until seq:50"]),
        ("--from seq:9999", 64, ["lies after --until head", "name the earlier one first"]),
        ("--from 60% --until 50%", 64, ["--from 60% lies after"]),
        (
            "--from 2020-06-01T00:00:00Z --until 2020-05-01T00:00:00Z", 64,
            ["lies after --until 2020-05-01T00:00:00Z"]
        ),
        ("--zone Mars/Base", 64, ["--zone: no time zone Mars/Base", "Pacific/Auckland"]),
        ("--default-zone Mars/Base", 64, ["--default-zone: no time zone Mars/Base"]),
        ("--portion heavy", 64, ["'heavy' is invalid for '--portion"]),
        ("--rule feed-rule", 64, ["no rule feed-rule", "did you mean \"feeds-rule\"?"]),
        ("--target cat-feder", 64, ["no target cat-feder", "did you mean \"cat-feeder\"?"]),
        ("--target Bowl-Totals", 64, ["no target Bowl-Totals", "bowl-totals"]),
        ("--delivery twice", 64, ["'ordered', 'eventbridge' or 'chaos'"]),
        ("--seed minus", 64, ["'minus' is invalid for '--seed"]),
        ("--seed 18446744073709551616", 64, ["--seed"]),
        ("--name a/b", 64, ["1 to 64 characters of A-Z a-z 0-9 . - _", "a/b"]),
        ("--archive-lag 1441", 64, ["--archive-lag takes 0 to 1440 minutes, not 1441"]),
        ("--speed 0", 64, ["'0' is invalid for '--speed", "N times as fast as history, or max"]),
        ("--speed nan", 64, ["'nan' is invalid"]), ("--speed inf", 64, ["'inf' is invalid"]),
        ("--mqtt broker", 64, ["--mqtt takes memory, wire or a broker's address", "mqtt://host"]),
        ("--mqtt mqtt://example.com", 64, ["not on this machine", "--allow-real-broker"]),
        ("--broker-timeout 0", 64, ["--broker-timeout takes 1 to 600 seconds, not 0"]),
        ("--tls-cert c.pem", 64, ["--tls-cert and --tls-key go together"]),
        ("--states some", 64, ["'all', 'on-change' or 'none'"]),
        ("--replays maybe", 64, ["'topology', 'ignore' or 'publish'"]),
        (
            "--delivery chaos --seed 6 --target cat-feeder --mqtt mqtt://localhost", 64,
            ["no broker of ours, which message-lost of seed 6 needs", "take --mqtt memory or wire"]
        ),
        ("--transcript t --mqtt mqtt://localhost", 64, ["take --mqtt memory or wire"]),
        ("--transcript no/t", 73, ["there is no folder", "make it first"]),
        ("--transcript cats", 73, ["would overwrite a ledger", "name another file"]),
        ("--dead-letters no/d", 73, ["there is no folder"]),
        ("--dead-letters cats", 73, ["would overwrite a ledger"]),
        ("--transcript a --dead-letters a", 64, ["need a file each"]),
        ("--store s --delivery chaos", 64, ["--store needs --delivery ordered"]),
        ("--store s --delivery eventbridge", 64, ["a store holds a prefix of history"]),
        ("--store no/s", 73, ["there is no folder"]),
        ("--topology sent", 66, ["no topology sent", "one of deployed, mended, fleet"]),
        (
            "--assert-no-dispense --target cat-feeder --from 2031-01-01T00:00:00Z", 64,
            ["proves nothing: no event lies in the window"]
        ),
    ]

    @Test(arguments: mistakes)
    func `with a wrong value says what to do, and leaves nothing behind`(
        options: String, code: Int32, words: [String]
    ) throws {
        let bench = try Bench.withCats()
        let done = try bench.run("replay --ledger cats \(options)")
        #expect(done.ending == .exit(code), "\(done.line)\n\(done.errors)")
        for word in words { #expect(done.errors.contains(word), "\(options): \(done.errors)") }
        #expect(try bench.listing == ["cats"])
    }

    @Test(arguments: [
        ("nothing", 66, "`replaylab simulate` or `replaylab import` make one"),
        ("text", 65, "text"), ("empty", 65, "empty"),
    ])
    func `names a ledger that is none`(ledger: String, code: Int32, words: String) throws {
        let bench = try Bench()
        try bench.write("no ledger, but some text", to: "text")
        try bench.write("", to: "empty")
        #expect(try bench.bad(code, "replay --ledger \(ledger)").contains(words))
        #expect(try bench.listing == ["empty", "text"])
    }

    @Test func `has a ledger that was tampered with found out before anything is sent`() throws {
        let bench = try Bench.withCats()
        try bench.tamper(
            "cats",
            """
            DROP TRIGGER IF EXISTS events_are_never_deleted;
            PRAGMA writable_schema = ON; DELETE FROM sqlite_master WHERE type = 'trigger';
            """)
        try bench.tamper("cats", "DELETE FROM event WHERE sequence = 1000")
        let done = try bench.run("replay --ledger cats --target cat-feeder --transcript t")
        #expect(done.ending == .exit(65), "\(done.errors)")
        #expect(done.errors.contains("1000") && done.errors.contains("cats"), "\(done.errors)")
        #expect(try bench.listing == ["cats"])
    }

    @Test(arguments: [
        ("variant: deployed", "variant: deployd", "t.yaml:23:18:", "did you mean \"deployed\"?"),
        ("kind: cat-feeder", "kind: dog-feeder", "t.yaml:20:15:", "cat-feeder"),
        ("hopper-grams: 2000", "hoper-grams: 2000", "t.yaml:", "mean \"hopper-grams\"?"),
    ])
    func `names the place of a mistake in a topology`(
        old: String, new: String, place: String, hint: String
    ) throws {
        let bench = try Bench.withCats()
        try bench.writeTopology(replacing: [old: new])
        let errors = try bench.bad(65, "replay --ledger cats --topology t.yaml")
        #expect(errors.contains(place) && errors.contains(hint), "\(errors)")
    }

    @Test(arguments: [
        (#"{"source":["a"}"#, "t.yaml:16:14: an event pattern was expected"),
        (
            #"{"source":[{"prefx":"a"}]}"#,
            "rule feeds-rule of the topology: Event pattern is not valid."
        ),
        (
            #"{"a":[{"wildcard":"*a*a*a*a*a*a*"}]}"#,
            "Rule is too complex - try using fewer wildcard"
        ),
    ])
    func `names the rule whose pattern EventBridge would refuse`(
        pattern: String, words: String
    ) throws {
        let bench = try Bench.withCats()
        try bench.writeTopology(replacing: [#"{"source":["com.feedmyfurbabies"]}"#: pattern])
        let errors = try bench.bad(65, "replay --ledger cats --topology t.yaml")
        #expect(errors.contains(words), "\(errors)")
    }
}
