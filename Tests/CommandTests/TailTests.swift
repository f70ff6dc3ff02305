import EventModel
import Foundation
import Ledger
import Testing

@Suite struct `The tail command` {
    private func cats() throws -> Bench {
        let bench = try Bench()
        try bench.good("simulate --scenario \(Shipped.twoCats) --years 1 --seed 42 --ledger l")
        return bench
    }

    @Test(arguments: [0, 1, 10, 1500, 1_000_000])
    func `shows the last events as an export writes them`(count: Int) throws {
        let bench = try cats()
        let all = try bench.good("export --ledger l --format jsonl").split(separator: "\n")
        let lines = try bench.good("tail --ledger l -n \(count) --json").split(separator: "\n")
        #expect(lines == all.suffix(count))
        #expect(
            try bench.good("tail --ledger l --lines \(count)").split(separator: "\n").count
                == lines.count)
    }

    @Test func `says what happened in one line`() throws {
        let bench = try cats()
        let lines = try bench.good("tail --ledger l -n 9999").split(separator: "\n")
        #expect(
            lines[0].hasSuffix(
                "  G030PM0123456789  registered with kitchen, Pacific/Auckland, 25 g and 30 g"))
        #expect(
            lines[1] == "         2  2019-12-31T11:54:48.744000Z  G030PM0123456789  SINGLE")
        try bench.good("import \(Shipped.archive) --ledger r --recorded 2023-08-01T00:00:00Z")
        #expect(try bench.good("tail --ledger r").contains(", recorded "))
    }

    @Test(arguments: ["tail --ledger none", "tail --ledger none --follow"])
    func `needs a ledger`(command: String) throws {
        #expect(try Bench().bad(66, command).contains("no ledger at none"))
    }

    @Test func `refuses numbers that cannot be`() throws {
        let bench = try cats()
        #expect(try bench.bad(64, "tail --ledger l --lines=-1").contains("not -1"))
        #expect(try bench.bad(64, "tail --ledger l --follow --interval 0").contains("0.05"))
        #expect(try bench.bad(64, "tail --ledger l --follow --interval nan").contains("0.05"))
    }

    /// Waits for as many lines in a file, at most half a minute.
    private func lines(_ bench: Bench, _ name: String, _ count: Int) throws -> [Substring] {
        for _ in 0..<3000 {
            let lines = (try? bench.read(name))?.split(separator: "\n") ?? []
            if lines.count >= count { return lines }
            usleep(10_000)
        }
        return try bench.read(name).split(separator: "\n")
    }

    private func event(_ number: Int) -> Event {
        Event(
            id: EventID("tail-\(number)"), time: Timestamp(seconds: 2_000_000_000 + Int64(number)),
            content: EventContent(
                source: FeederSystem.source, detailType: FeederSystem.detailType, device: "B",
                detail: #"{"click-type": "LONG"}"#))
    }

    @Test func `follows what writers append, and lets them close the ledger`() throws {
        let bench = try cats()
        let head = try #require(bench.json("info --ledger l --json")["head"]?.integer)
        let run = try bench.start(
            "tail --ledger l -n 2 --follow --interval 0.05 --json", output: .file(bench.path("out"))
        )
        #expect(try lines(bench, "out", 2).count == 2)
        for round in 0..<3 {
            let writer = try LedgerWriter(path: bench.path("l")) { _ in "{}" }
            for part in 0..<4 {
                try writer.append((0..<700).map { event(round * 2800 + part * 700 + $0) })
                let due = 2 + round * 2800 + (part + 1) * 700
                #expect(try lines(bench, "out", due).count == due)
            }
            try writer.close()
        }
        run.send(SIGINT)
        #expect(run.wait().ending == .signal(SIGINT))
        let all = try bench.good("export --ledger l --format jsonl").split(separator: "\n")
        #expect(all.count == head + 8400)
        #expect(try bench.read("out").split(separator: "\n") == all.suffix(8402))
        try bench.good("verify --ledger l")
        // No WAL is left behind.
        #expect(try bench.listing == ["l", "out"])
    }

    @Test func `ends when nobody reads any more, without a new event`() throws {
        let bench = try cats()
        var ends: [Int32] = [0, 0]
        #expect(pipe(&ends) == 0)
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        let run = try bench.start(
            "tail --ledger l -n 1 --follow --interval 0.05", output: .descriptor(ends[1]))
        close(ends[1])
        var byte: UInt8 = 0
        #expect(read(ends[0], &byte, 1) == 1)
        close(ends[0])
        let ending = run.wait().ending
        #expect(ending == .exit(0) || ending == .signal(SIGPIPE))
    }

    @Test func `says that another ledger took the place`() throws {
        let bench = try cats()
        try bench.good("simulate --scenario \(Shipped.twoCats) --years 2 --seed 7 --ledger other")
        let run = try bench.start(
            "tail --ledger l -n 1 --follow --interval 0.05", output: .file(bench.path("out")))
        #expect(try lines(bench, "out", 1).count == 1)
        #expect(rename(bench.path("other"), bench.path("l")) == 0)
        let done = run.wait()
        #expect(done.ending == .exit(65))
        #expect(done.errors.contains("another ledger took the place"))
    }
}
