import Foundation
import Testing

@Suite struct `The output` {
    private func ledger() throws -> Bench {
        let bench = try Bench()
        try bench.good("simulate --scenario \(Shipped.twoCats) --years 1 --seed 1 --ledger l")
        return bench
    }

    private static let commands = [
        "info --ledger l", "hydrate --ledger l", "hydrate --ledger l --json", "verify --ledger l",
        "export --ledger l --format jsonl", "show --ledger l seq:5",
        "show --ledger l seq:5 --proof",
        "tail --ledger l", "tail --ledger l --json --follow", "stats --ledger l",
        "stats --ledger l --json",
        "why --ledger l --projection bowl-totals --row kitchen|left --last 2",
        "whatif --ledger l --without seq:5", "check --ledger l --invariant daily-limit=9999",
        "bisect --ledger l --invariant daily-limit=9999",
    ]

    @Test(arguments: commands)
    func `a full disk behind standard output ends with 74`(command: String) throws {
        let done = try ledger().run(command, output: .file("/dev/full"))
        #expect(done.ending == .exit(74))
        #expect(done.errors.contains("standard output cannot be written: No space left"))
    }

    @Test(arguments: commands)
    func `a closed standard output ends with 74, and no file gets its number`(
        command: String
    ) throws {
        let bench = try ledger()
        let before = try bench.bytes("l")
        #expect(try bench.run(command, output: .closed).ending == .exit(74))
        #expect(try bench.bytes("l") == before)
        #expect(try bench.listing == ["l"])
    }

    @Test func `a reader that has had enough ends an export quietly`() throws {
        let bench = try ledger()
        var ends: [Int32] = [0, 0]
        #expect(pipe(&ends) == 0)
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        let run = try bench.start(
            "export --ledger l --format jsonl", output: .descriptor(ends[1]))
        close(ends[1])
        var byte: UInt8 = 0
        #expect(read(ends[0], &byte, 1) == 1)
        close(ends[0])
        let done = run.wait()
        #expect(done.ending == .signal(SIGPIPE))
        #expect(done.errors == "")
    }

    @Test(arguments: [[:], ["NO_COLOR": "1"], ["TERM": "xterm-256color"], ["TERM": "dumb"]])
    func `no escape codes where no terminal is`(environment: [String: String]) throws {
        let bench = try ledger()
        for command in Self.commands.filter({ !$0.contains("--follow") }) + [
            "hydrate --ledger l --store s", "help", "info --ledger n",
        ] {
            let done = try bench.run(command, environment: environment)
            #expect(!done.output.contains("\u{1B}") && !done.errors.contains("\u{1B}"))
        }
    }

    @Test func `a name in the data cannot steer the terminal`() throws {
        let bench = try Bench()
        try bench.write(
            #"{"id":"a","time":"2023-03-12T07:15:04Z","source":"com.feedmyfurbabies","#
                + #""detail-type":"evil\u001b[2J","detail":{"click-type":"LONG","device-id":"\u001b[31mX"}}"#,
            to: "in.jsonl")
        try bench.good("import in.jsonl --ledger l")
        for command in [
            "info --ledger l", "hydrate --ledger l", "show --ledger l head", "tail --ledger l",
            "stats --ledger l",
        ] {
            #expect(!(try bench.good(command).contains("\u{1B}")))
        }
        #expect(try bench.good("info --ledger l").contains(#"evil\u{1b}[2J"#))
    }

    @Test func `an export appears whole, and devices are written to, not replaced`() throws {
        let bench = try ledger()
        let text = try bench.good("export --ledger l --format jsonl")
        #expect(try bench.good("export --ledger l --format jsonl -o -") == text)
        try bench.good("export --ledger l --format jsonl -o out")
        #expect(try bench.read("out") == text)
        #expect(symlink("/dev/null", bench.path("null")) == 0)
        try bench.good("export --ledger l --format jsonl -o null")
        #expect(
            try FileManager.default.destinationOfSymbolicLink(atPath: bench.path("null"))
                == "/dev/null")
        #expect(try bench.bad(73, "export --ledger l --format jsonl -o no/out").contains("folder"))
        #expect(try bench.listing == ["l", "null", "out"])
    }
}
