import EventModel
import Foundation
import Testing

/// Repeatable random numbers (SplitMix64).
private struct Dice {
    var state: UInt64

    /// 0 up to, not including, 1.
    mutating func roll() -> Double {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
        return Double((z ^ z >> 31) >> 11) / Double(1 << 53)
    }
}

/// SIGKILL at random moments, 100 in all. A kill falls at a share of the time that the whole run
/// took just before, so that slow machines are hit in the middle, too.
@Suite(.serialized) struct `Killed at random moments` {
    /// When the kills fell.
    private struct Tally: CustomStringConvertible {
        var before = 0
        var within = 0
        var after = 0
        var description: String { "\(before) before, \(within) within, \(after) after the run" }
    }

    private static let seed: UInt64 = 20_260_101

    /// Starts a command, kills it after a share of `whole`, and says whether it had ended before.
    private func killed(_ bench: Bench, _ command: String, after delay: Duration) throws -> Bool {
        let run = try bench.start(command)
        usleep(UInt32(delay / .microseconds(1)))
        let hadEnded = !run.isRunning
        run.send(SIGKILL)
        run.wait()
        return hadEnded
    }

    private func time(_ body: () throws -> Void) rethrows -> Duration {
        try ContinuousClock().measure(body)
    }

    /// Checks what a killed writer left: a sound ledger of whole batches, a prefix of `whole`.
    ///
    /// - Returns: its head; nil where the kill came before there was a ledger.
    private func checkPrefix(_ bench: Bench, of whole: Data, batch: Int) throws -> Int? {
        let verified = try bench.run("verify --ledger l --json")
        if [65, 66].contains(verified.code) {
            #expect(
                verified.errors.contains("no ledger at") || verified.errors.contains("is empty"))
            return nil
        }
        #expect(verified.ending == .exit(0), "\(verified.output)\(verified.errors)")
        let head = try #require(JSONValue(parsing: verified.output)["head"]?.integer)
        try bench.good("export --ledger l --format jsonl -o l.jsonl")
        let kept = try bench.bytes("l.jsonl")
        #expect(whole.starts(with: kept))
        #expect(kept.count == whole.count || head % batch == 0, "\(head)")
        return head
    }

    /// Kills a writing command over and over, in one ledger and in fresh ones.
    private func killWriter(
        _ bench: Bench, _ command: String, batch: Int, kills: Int, salt: UInt64,
        whole: Data, root: String?
    ) throws -> Tally {
        var dice = Dice(state: Self.seed &+ salt)
        let full = try time { try bench.good(command) }
        let size = try bench.number("l", "SELECT max(sequence) FROM event")
        bench.remove("l")
        var tally = Tally()
        for kill in 0..<kills {
            let delay = full * (0.1 + 0.9 * dice.roll())
            _ = try killed(bench, command, after: delay)
            switch try checkPrefix(bench, of: whole, batch: batch) {
            case nil, 0: tally.before += 1
            case size: tally.after += 1
            default: tally.within += 1
            }
            // Every other time the next kill hits the resumed run.
            guard kill % 2 == 1 || kill == kills - 1 else { continue }
            try bench.good(command)
            try bench.good("verify --ledger l")
            if let root { #expect(try bench.root("l") == root) }
            try checkRecorded(bench)
            bench.remove("l", "l-lease", "l-wal", "l-shm")
        }
        return tally
    }

    /// All events of an import were recorded at one time, that of its begin.
    private func checkRecorded(_ bench: Bench) throws {
        guard FileManager.default.fileExists(atPath: bench.path("clock")) else { return }
        #expect(try bench.number("l", "SELECT count(DISTINCT time + lag) FROM event") == 1)
    }

    private func labour() throws -> (Bench, whole: Data, root: String) {
        let bench = try Bench()
        try bench.write(Labour.scenario, to: "labour.yaml")
        try bench.good(Labour.simulate("whole"))
        try bench.good("export --ledger whole --format jsonl -o whole.jsonl")
        return (bench, try bench.bytes("whole.jsonl"), try bench.root("whole"))
    }

    @Test func `a simulation resumes to the same root, 34 kills`() throws {
        let (bench, whole, root) = try labour()
        let tally = try killWriter(
            bench, Labour.simulate("l"), batch: 500, kills: 34, salt: 1, whole: whole, root: root)
        print("SIGKILL of simulate: \(tally)")
        #expect(tally.within > 0)
    }

    @Test func `an import with a recorded time resumes to the same root, 17 kills`() throws {
        let bench = try envelopes()
        let command = "import in.jsonl --batch 250 --recorded 2024-01-01T00:00:00Z --ledger l"
        try bench.good(command)
        let whole = Data(try bench.good("export --ledger l --format jsonl").utf8)
        let root = try bench.root("l")
        bench.remove("l")
        let tally = try killWriter(
            bench, command, batch: 250, kills: 17, salt: 2, whole: whole, root: root)
        print("SIGKILL of import --recorded: \(tally)")
    }

    @Test func `an import keeps the clock's reading of its begin, 16 kills`() throws {
        let bench = try envelopes()
        try bench.write("", to: "clock")
        let command = "import in.jsonl --batch 250 --ledger l"
        var dice = Dice(state: Self.seed &+ 3)
        let full = try time { try bench.good(command) }
        let size = try bench.number("l", "SELECT max(sequence) FROM event")
        bench.remove("l")
        var tally = Tally()
        for _ in 0..<16 {
            _ = try killed(bench, command, after: full * (0.4 + 0.6 * dice.roll()))
            let verified = try bench.run("verify --ledger l --json")
            let head =
                verified.code == 0
                ? try JSONValue(parsing: verified.output)["head"]?.integer ?? 0 : 0
            #expect(verified.code == 0 || [65, 66].contains(verified.code))
            #expect(head % 250 == 0 || head == size)
            if head == 0 {
                tally.before += 1
            } else if head == size {
                tally.after += 1
            } else {
                tally.within += 1
            }
            try bench.good(command)
            #expect(try bench.json("verify --ledger l --json")["head"]?.integer == size)
            try checkRecorded(bench)
            bench.remove("l", "l-lease", "l-wal", "l-shm")
        }
        print("SIGKILL of import: \(tally)")
    }

    /// Four thousand envelopes, without a recorded time.
    private func envelopes() throws -> Bench {
        let bench = try Bench()
        try bench.good("simulate --scenario \(Shipped.twoCats) --years 2 --seed 9 --ledger made")
        try bench.good("export --ledger made --format eventbridge -o in.jsonl")
        return bench
    }

    @Test func `a store resumes to the same digests, 33 kills`() throws {
        let bench = try Bench()
        try bench.write(Labour.scenario, to: "labour.yaml")
        try bench.good(Labour.simulate("l"))
        let begin = "hydrate --ledger l --store s --digests --until 20%"
        let command = "hydrate --ledger l --store s --digests"
        let digests = try bench.good("hydrate --ledger l --digests")
        var dice = Dice(state: Self.seed &+ 4)
        try bench.good(begin)
        let full = try time { try bench.good(command) }
        bench.remove("s")
        let fresh = try time { try bench.good(command) }
        var tally = Tally()
        for kill in 0..<33 {
            bench.remove("s", "s-journal")
            // From an older checkpoint, or from nothing.
            if kill % 2 == 0 { try bench.good(begin) }
            let hadEnded = try killed(
                bench, command, after: (kill % 2 == 0 ? full : fresh) * (0.1 + 0.9 * dice.roll()))
            let verified = try bench.run("verify --ledger l --store s")
            if hadEnded { tally.after += 1 } else { tally.within += 1 }
            #expect(
                verified.code == 0 || kill % 2 == 1 && [65, 66].contains(verified.code)
                    || kill % 2 == 1 && verified.output.contains("the store has no checkpoint"),
                "\(verified.output)\(verified.errors)")
            #expect(try bench.good(command) == digests)
            try bench.good("verify --ledger l --store s")
            #expect(!FileManager.default.fileExists(atPath: bench.path("s-journal")))
        }
        print("SIGKILL of hydrate: \(tally)")
    }

    @Test func `snapshots are whole or not there, and are gone on with, 8 kills`() throws {
        let bench = try Bench()
        try bench.write(Labour.scenario, to: "labour.yaml")
        try bench.good(Labour.simulate("l"))
        let command = "snapshots --ledger l --stretch 256"
        // Once without measuring: the first run of a program is the slowest.
        try bench.good("snapshots --ledger l --stretch 512")
        bench.remove("l.snapshots")
        let full = try time { try bench.good(command) }
        let hydrate = "hydrate --ledger l --digests --until 77%"
        let digests = try bench.good(hydrate + " --no-snapshots")
        let states = "SELECT count(*) FROM snapshot"
        let whole = try bench.number("l.snapshots", states)
        bench.remove("l.snapshots")
        var dice = Dice(state: Self.seed &+ 5)
        var tally = Tally()
        for kill in 0..<8 {
            let hadEnded = try killed(bench, command, after: full * (0.1 + 0.9 * dice.roll()))
            if hadEnded { tally.after += 1 } else { tally.within += 1 }
            let hydrated = try bench.run(hydrate)
            #expect(hydrated.output == digests && hydrated.ending == .exit(0))
            // A file that has no tables yet is no file of snapshots; nothing else may be amiss.
            #expect(
                hydrated.errors == "" || hydrated.errors.contains("file of another program"),
                "\(hydrated.errors)")
            // Every other time the next kill hits the run that goes on.
            guard kill % 2 == 1 else { continue }
            try bench.good(command)
            #expect(try bench.number("l.snapshots", states) == whole)
            #expect(try bench.run(hydrate).errors == "")
            bench.remove("l.snapshots", "l.snapshots-journal")
        }
        print("SIGKILL of snapshots: \(tally)")
    }
}
