import EventModel
import Foundation
import Testing

/// Something to do for a quarter of a second or more, in batches that are many.
struct Labour {
    /// About 24,000 presses of ten feeders.
    static let scenario = """
        name: labour
        time-zone: UTC
        start: 2020-01-01
        fleet:
          count: 10
          name: feeder-##
          button: G030PMFLEET#####
          time-zones: {Pacific/Auckland: 1, Europe/Berlin: 1}
          bowls: {left: 25, right: 30}
          habits:
            - {name: breakfast, click: LONG, at: "07:15", spread: 45m}
          snacks:
            - name: begging
              per-hour: {"06:00-22:00": 0.2}
              clicks: {SINGLE: 5, DOUBLE: 4, LONG: 1}

        """

    static func simulate(_ ledger: String, years: Int = 1) -> String {
        "simulate --scenario labour.yaml --years \(years) --seed 5 --batch 500 --ledger \(ledger)"
    }
}

@Suite struct `Ctrl-C` {
    @Test func `ends a simulation with whole batches, and the same command goes on`() throws {
        let bench = try Bench()
        try bench.write(Labour.scenario, to: "labour.yaml")
        try bench.good(Labour.simulate("whole", years: 5))
        let run = try bench.start(Labour.simulate("l", years: 5))
        while run.isRunning, !FileManager.default.fileExists(atPath: bench.path("l-wal")) {
            usleep(2_000)
        }
        usleep(100_000)
        run.send(SIGINT)
        let done = run.wait()
        #expect(done.ending == .signal(SIGINT))
        #expect(done.errors.contains("the same command goes on from there"))
        #expect(try bench.listing == ["l", "labour.yaml", "whole"])
        let head = try #require(bench.json("verify --ledger l --json")["head"]?.integer)
        #expect(head % 500 == 0)
        #expect(try bench.good("info --ledger l").contains("(interrupted)"))
        try bench.good(Labour.simulate("l", years: 5))
        #expect(try bench.root("l") == bench.root("whole"))
        try bench.good("verify --ledger l")
    }

    @Test func `ends an import with whole batches, and the same command goes on`() throws {
        let bench = try Bench()
        try bench.write(Labour.scenario, to: "labour.yaml")
        try bench.good(Labour.simulate("whole"))
        try bench.good("export --ledger whole --format jsonl -o in.jsonl")
        let run = try bench.start("import in.jsonl --batch 50 --ledger l")
        while run.isRunning, !FileManager.default.fileExists(atPath: bench.path("l-wal")) {
            usleep(2_000)
        }
        run.send(SIGINT)
        let done = run.wait()
        #expect(done.ending == .signal(SIGINT))
        let head = try #require(bench.json("verify --ledger l --json")["head"]?.integer)
        #expect(head % 50 == 0)
        try bench.good("import in.jsonl --batch 50 --ledger l")
        #expect(try bench.root("l") == bench.root("whole"))
    }

    @Test func `ends an import that waits for standard input, and leaves nothing`() throws {
        let bench = try Bench()
        var ends: [Int32] = [0, 0]
        #expect(pipe(&ends) == 0)
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        defer { for end in ends { close(end) } }
        let run = try bench.start("import - --ledger l", input: .descriptor(ends[0]))
        usleep(200_000)
        run.send(SIGINT)
        #expect(run.wait().ending == .signal(SIGINT))
        #expect(try bench.listing == [])
    }

    @Test func `leaves a store as it was`() throws {
        let bench = try Bench()
        try bench.write(Labour.scenario, to: "labour.yaml")
        try bench.good(Labour.simulate("l", years: 5))
        try bench.good("hydrate --ledger l --store s --until 10%")
        let before = try bench.good("verify --ledger l --store s")
        let run = try bench.start("hydrate --ledger l --store s")
        usleep(150_000)
        run.send(SIGINT)
        if case .signal = run.wait().ending {
            #expect(try bench.good("verify --ledger l --store s") == before)
        }
        try bench.good("hydrate --ledger l --store s")
        try bench.good("verify --ledger l --store s")
        #expect(try bench.listing == ["l", "labour.yaml", "s"])
    }
}
