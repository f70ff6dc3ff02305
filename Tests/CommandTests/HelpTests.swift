import Testing

@Suite struct `The help` {
    @Test(arguments: [
        "simulate", "import", "export", "hydrate", "verify", "info", "index", "pattern", "press",
        "experiment", "replay", "broker", "show", "tail", "stats", "snapshots", "diff", "why",
        "whatif", "check", "bisect", "reduce", "campaign",
    ])
    func `every command has a help with an example`(command: String) throws {
        let bench = try Bench()
        let help = try bench.good("help \(command)")
        #expect(help.contains("  replaylab \(command) "))
        #expect(try bench.good("\(command) --help") == help)
    }

    @Test func `help and version answer on standard output`() throws {
        let bench = try Bench()
        #expect(try bench.good("help").contains("simulate"))
        #expect(try bench.good("--version").contains(/^\d+\.\d+\.\d+\n$/))
    }

    @Test(arguments: [
        ("simulat", "did you mean simulate?"), ("hydrat", "did you mean hydrate?"),
        ("shwo", "did you mean show?"), ("pattern tset", "did you mean test?"),
        ("experiment rnu", "did you mean run?"), ("experiment run orde", "order"),
        ("help hydrat", "did you mean hydrate?"), ("help pattern tset", "did you mean test?"),
        ("pattern frobnicate", "no command pattern frobnicate."),
        ("pattern test --patern x", "pattern test has no option --patern; did you mean --pattern?"),
        ("frobnicate", "no command frobnicate."),
    ])
    func `an unknown command suggests the right one`(word: String, answer: String) throws {
        #expect(try Bench().bad(64, word).contains(answer))
    }
}
