import ArgumentParser
import Foundation

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

    func run() throws {
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

            let hydrate = try measure([
                lab, "hydrate", "--ledger", file("sim.ledger"), "--json", "--until", "head",
            ])
            table.add("hydrate, rows to JSON of all states", events, hydrate)
            let digests = try measure([
                lab, "hydrate", "--ledger", file("sim.ledger"), "--until", "head", "--digests",
            ])
            table.add("hydrate both projections", events, digests)
            clear("store.sqlite")
            let store = try measure([
                lab, "hydrate", "--ledger", file("sim.ledger"), "--until", "head", "--digests",
                "--store", file("store.sqlite"),
            ])
            table.add("hydrate both into a store", events, store)
            let scan = try measure([raw, "scan", file("sim.ledger")])
            table.add("raw scan loop (C)", scan.rows, scan, seconds: scan.statedSeconds)
            let verify = try measure([lab, "verify", "--ledger", file("sim.ledger")])
            table.add("verify", events, verify)
        }
        table.print(rounds: rounds)
    }

    private func export(_ lab: String, from ledger: String, to path: String) throws {
        _ = try measure([lab, "export", "--ledger", ledger, "--format", "eventbridge", "-o", path])
    }
}

/// Medians by name, in order of first mention.
struct Measurements {
    private var names: [String] = []
    private var rates: [String: [Double]] = [:]
    private var memory: [String: Int] = [:]
    private var events = 0
    var bytes = 0.0

    mutating func add(_ name: String, _ count: Int, _ run: FinishedRun, seconds: Double? = nil) {
        if rates[name] == nil { names.append(name) }
        rates[name, default: []].append(Double(count) / (seconds ?? run.seconds))
        memory[name] = max(memory[name] ?? 0, run.peakKilobytes)
        events = max(events, count)
    }

    func median(_ name: String) -> Double {
        let sorted = (rates[name] ?? []).sorted()
        guard !sorted.isEmpty else { return 0 }
        return sorted[sorted.count / 2]
    }

    func print(rounds: Int) {
        func column(_ text: String, _ width: Int) -> String {
            String(repeating: " ", count: max(0, width - text.count)) + text
        }
        func row(_ a: String, _ b: String, _ c: String) {
            let name = a + String(repeating: " ", count: max(0, 38 - a.count))
            Swift.print(name + column(b, 14) + column(c, 12))
        }
        Swift.print("\(events) events, \(rounds) rounds, medians\n")
        row("", "events/s", "peak MB")
        for name in names {
            row(name, String(Int(median(name))), String((memory[name] ?? 0) / 1024))
        }
        func ratio(_ a: String, _ b: String, _ aim: String) {
            let hundredths = Int((median(a) / median(b) * 100).rounded())
            let digits = String(hundredths % 100 + 100).dropFirst()
            let text = "\(hundredths / 100).\(digits)"
            Swift.print("\(a) / \(b): \(text) (aim \(aim))")
        }
        let tenths = Int((bytes * 10).rounded())
        let perPress = "\(tenths / 10).\(tenths % 10)"
        Swift.print("\nbytes a press, all included: \(perPress) (aim 100 at most)")
        ratio("simulate", "raw insert loop (C)", "0.5")
        ratio("hydrate both projections", "raw scan loop (C)", "0.7")
    }
}
