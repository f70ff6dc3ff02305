import ArgumentParser
import EventModel
import Foundation
import Ledger
import Projections

/// Times the command line on a million presses beside raw SQLite loops in C, whole processes, in
/// turn, several rounds; prints medians and ratios.
@main
struct LedgerBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ledger-bench",
        abstract: "Measure simulate, import and hydrate against raw SQLite in C, in the same run.")

    @Option(help: "The folder of the built programs.")
    var bin: String

    @Option(help: "How often everything is measured.")
    var rounds = 3

    @Option(help: "The scenario.")
    var scenario = "Benchmarks/million.yaml"

    @Option(help: "How many years of it.")
    var years = 1

    @Option(help: "Measure only hydrations, of this ledger; it gets an index if it has none.")
    var ledger: String?

    @Flag(help: "Leave the hydrations from rows out.")
    var indexOnly = false

    @Option(
        help: "Hydrate --ledger once, with so many threads, and print seconds and sums as JSON.")
    var once: Int?

    @Flag(help: "With --once: bowl totals alone.")
    var bowlsOnly = false

    @Option(
        help: "Hydrate --ledger to so many points, from snapshots and from events, and print JSON.")
    var until: Int?

    @Option(help: "With --once: only the first N events.")
    var first: Int?

    @Option(
        help: "Reduce a planted failure of so many needed events in --presses, and print JSON.")
    var reduce: Int?

    @Option(help: "With --reduce: presses of the history.")
    var presses = 1_000_000

    @Option(help: "With --reduce: which places are drawn.")
    var seed: UInt64 = 1

    @Flag(help: "With --reduce: by classic ddmin.")
    var ddmin = false

    func run() throws {
        if let reduce {
            return try ReductionBench(presses: presses, needed: reduce, seed: seed)
                .run(ddmin: ddmin)
        }
        if let ledger, let until { return try UntilBench(path: ledger, points: until).run() }
        if let ledger, let once {
            let point = first.map { PointInTime.sequence($0) } ?? .head
            return try ResultsBench(
                path: ledger, jobs: once, withStats: !bowlsOnly, point: point
            ).run()
        }
        if let ledger {
            _ = try ReplayIndex.build(path: ledger, holder: "ledger-bench")
            try HydrationBench(ledger, raw: bin + "/rawloop")
                .run(rounds: rounds, withRows: !indexOnly)
            return
        }
        let folder = FileManager.default.temporaryDirectory.appending(
            path: "ledger-bench-\(ProcessInfo.processInfo.processIdentifier)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        func file(_ name: String) -> String { folder.appending(path: name).path }
        func clear(_ names: String...) {
            for name in names {
                for suffix in ["", "-wal", "-shm"] { unlink(file(name) + suffix) }
            }
        }
        let lab = bin + "/replaylab"
        let raw = bin + "/rawloop"
        var table = Measurements()

        for round in 1...rounds {
            FileHandle.standardError.write(Data("round \(round) of \(rounds)\n".utf8))
            clear("sim.ledger", "raw.db", "import.ledger")
            let simulate = try measure([
                lab, "simulate", "--scenario", scenario, "--years", String(years), "--seed", "7",
                "--jobs", "1", "--ledger", file("sim.ledger"), "--json",
            ])
            guard let events = simulate.number("head"), let bytes = simulate.number("bytes") else {
                throw ValidationError("simulate printed no head")
            }
            table.add("simulate", events, simulate)
            table.bytes = Double(bytes) / Double(events)

            let copy = try measure([raw, "copy", file("sim.ledger"), file("raw.db")])
            table.add("raw insert loop (C)", copy.rows, copy, seconds: copy.statedSeconds)

            try export(lab, from: file("sim.ledger"), to: file("events.jsonl"))
            let imported = try measure([
                lab, "import", file("events.jsonl"), "--ledger", file("import.ledger"),
                "--recorded", "2026-01-01T00:00:00Z",
            ])
            table.add("import (EventBridge lines)", events, imported)

            table.add("hydrate both projections", events, seconds: try hydrate(file("sim.ledger")))
            let digests = try measure([
                lab, "hydrate", "--ledger", file("sim.ledger"), "--until", "head", "--digests",
            ])
            table.add("the same, the whole process", events, digests)
            let json = try measure([
                lab, "hydrate", "--ledger", file("sim.ledger"), "--json", "--until", "head",
            ])
            table.add("the same, all states as JSON", events, json)
            clear("store.sqlite")
            let store = try measure([
                lab, "hydrate", "--ledger", file("sim.ledger"), "--until", "head", "--digests",
                "--store", file("store.sqlite"),
            ])
            table.add("the same, into a store", events, store)
            let scan = try measure([raw, "scan", file("sim.ledger")])
            table.add("raw scan loop (C)", scan.rows, scan, seconds: scan.statedSeconds)
            let verify = try measure([lab, "verify", "--ledger", file("sim.ledger")])
            table.add("verify", events, verify)
        }
        table.print(rounds: rounds)
        print()
        _ = try ReplayIndex.build(path: file("sim.ledger"), holder: "ledger-bench")
        try HydrationBench(file("sim.ledger"), raw: raw).run(rounds: rounds)
    }

    /// The seconds that hydrating both projections takes in this process, digests of their states
    /// included: what the raw loop is compared with, which does not count its process's start either.
    private func hydrate(_ path: String) throws -> Double {
        let ledger = try EventLedger(path: path)
        let database = try TimeZoneDatabase()
        let begin = ContinuousClock.now
        var hydration = try Hydration(
            ledger, to: ledger.resolve(.head), projections: [BowlTotals.self, FeedingStats.self],
            database: database)
        hydration.usesSnapshots = false
        try hydration.run()
        for fold in hydration.folds { _ = fold.digest(hydration.history) }
        return (ContinuousClock.now - begin) / .seconds(1)
    }

    private func export(_ lab: String, from ledger: String, to path: String) throws {
        _ = try measure([lab, "export", "--ledger", ledger, "--format", "eventbridge", "-o", path])
    }
}
