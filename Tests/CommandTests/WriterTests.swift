import Foundation
import Testing

@Suite struct `A second writer` {
    private static let fleet =
        "simulate --scenario \(Shipped.scenario("fleet")) --years 20 --seed 1"

    /// A long simulation that has begun to write.
    private func busy(_ bench: Bench) throws -> ProcessRun {
        let run = try bench.start(Self.fleet + " --ledger l")
        while run.isRunning, !FileManager.default.fileExists(atPath: bench.path("l-wal")) {
            usleep(10_000)
        }
        return run
    }

    @Test func `is told who is at it, and changes nothing`() throws {
        let bench = try Bench()
        let first = try busy(bench)
        let said = try bench.bad(75, "import \(Shipped.archive) --ledger l --wait 0.2")
        #expect(said.contains("written by pid \(first.pid) (simulate)") && said.contains("--wait"))
        // Readers go on.
        try bench.good("info --ledger l")
        first.send(SIGKILL)
        #expect(first.wait().ending == .signal(SIGKILL))
        // A killed writer leaves no lease behind.
        try bench.good("import \(Shipped.archive) --ledger l")
        try bench.good("verify --ledger l")
    }

    @Test func `waits if it is told to, and checks against what was written meanwhile`() throws {
        let bench = try Bench()
        let first = try busy(bench)
        let second = try bench.start("import \(Shipped.archive) --ledger l --wait 600 --json")
        usleep(300_000)
        #expect(second.isRunning)
        first.send(SIGINT)
        #expect(first.wait().ending == .signal(SIGINT))
        let done = second.wait()
        #expect(done.ending == .exit(0), "\(done.errors)")
        try bench.good("verify --ledger l")
        #expect(try bench.listing == ["l"])
    }

    @Test(arguments: [SIGINT, SIGTERM])
    func `stops waiting on Ctrl-C`(signal: Int32) throws {
        let bench = try Bench()
        let first = try busy(bench)
        let second = try bench.start("import \(Shipped.archive) --ledger l --wait 600")
        let third = try bench.start(Self.fleet + " --ledger l --wait 600")
        usleep(300_000)
        for run in [second, third] {
            run.send(signal)
            #expect(run.wait().ending == .signal(signal))
        }
        #expect(first.isRunning)
    }
}
