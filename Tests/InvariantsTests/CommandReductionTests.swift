import EventModel
import Foundation
import Invariants
import Ledger
import Synchronization
import Testing

@testable import Lab

@Suite struct `A reduction for a command` {
    private func reduce(
        _ events: [Event], _ command: String, match: String? = nil
    ) throws -> CommandReduction {
        let ledger = try TemporaryLedger(events)
        var reduction = CommandReduction(
            try ledger.open(), CommandProbe(command, match: match))
        #expect(try reduction.run())
        return reduction
    }

    /// Has how many events there are in `$n`.
    private static let sizes = "n=$(sqlite3 {} 'SELECT count(*) FROM event');"

    @Test func `keeps exit code and last line, but for numbers`() throws {
        let command =
            Self.sizes + " [ $n -ge 1 ] || exit 0; [ $n -ge 8 ] && { echo $n are many; exit 3; };"
            + " echo $n are few; exit 3"
        let kept = try reduce(Presses.many(40), command)
        #expect(kept.events.count == 8 && kept.isMinimal)
        #expect(kept.failure?.description == "exit code 3, \"40 are many\"")
        #expect(kept.otherFailures > 0)
        let any = try reduce(Presses.many(40), command, match: "")
        #expect(any.events.count == 1)
        let few = try reduce(Presses.many(40), command, match: "are many")
        #expect(few.events.count == 8)
    }

    @Test func `is not of another exit code`() throws {
        let command = Self.sizes + " [ $n -ge 6 ] && exit 2; [ $n -ge 1 ] && exit 1; exit 0"
        #expect(try reduce(Presses.many(30), command).events.count == 6)
    }

    @Test func `keeps the best so far where the command asks to stop`() throws {
        let command = Self.sizes + " [ $n -ge 12 ] && exit 1; [ $n -ge 1 ] && exit 200; exit 0"
        let ledger = try TemporaryLedger(Presses.many(100))
        // The bisection comes to a stop below twelve; what was bad until then is kept.
        var reduction = CommandReduction(try ledger.open(), CommandProbe(command))
        #expect(try reduction.run())
        #expect(reduction.ending != nil)
        #expect((12..<100).contains(reduction.events.count))
        #expect(!reduction.isMinimal)
    }

    @Test(arguments: [("no-such-command-anywhere {}", 127), ("/dev/null {}", 126)])
    func `refuses a command that cannot be run`(command: String, code: Int) throws {
        let ledger = try TemporaryLedger(Presses.many(3))
        let error = #expect(throws: CommandProbe.Stopped.self) {
            var reduction = CommandReduction(try ledger.open(), CommandProbe(command))
            _ = try reduction.run()
        }
        #expect(error?.description.contains("exit code \(code) whatever the ledger") == true)
    }

    @Test func `ends a running command and what it started once it is to stop`() throws {
        let ledger = try TemporaryLedger(Presses.many(3))
        let mark = ledger.folder + "/mark"
        let probe = CommandProbe("touch \(mark); sleep 600 & sleep 600; exit 1") {
            FileManager.default.fileExists(atPath: mark)
        }
        let begin = ContinuousClock.now
        #expect(throws: CommandProbe.Interrupted.self) {
            _ = try probe.answer(try ledger.open(), [1...3])
        }
        #expect(ContinuousClock.now - begin < .seconds(60))
    }

    @Test(arguments: [
        ("12 of 1,041 failed in 0.031 s", "3 of 98 failed in 2 s", true),
        ("at 0x7ffd1ab2", "at 0x55aa0011", true), ("kitchen is fed", "garden is fed", false),
        ("seq12x failed", "seq7x failed", true), ("", "", true), ("", "failed", false),
    ])
    func `takes two lines for one but for their numbers`(
        one: String, other: String, isSame: Bool
    ) {
        func failure(_ line: String) -> CommandFailure {
            CommandFailure(code: 1, output: Data("\(line)\n \n".utf8), ledger: "/l")
        }
        #expect(failure(one).isSame(as: failure(other)) == isSame)
    }
}

@Suite struct `A line for the shell` {
    private static let paths = [
        "plain", "with space", "it's", "a \"b\" c", "$HOME", "back\\slash", "`id`", "",
        "quote'\u{301}and\"\u{301}", "*", "~", "-o", "new\nline", "é", "e\u{301}",
    ]

    /// What a shell makes of a line, byte for byte.
    private func said(_ line: String) throws -> String {
        let process = Process()
        let pipe = Pipe()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", line]
        process.standardOutput = pipe
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return String(decoding: data, as: UTF8.self)
    }

    @Test(arguments: paths) func `is read as it is meant`(path: String) throws {
        let line = ShellLine.text(["printf", "[%s]", path, path])
        #expect(try said(line).hasSameBytes(as: "[\(path)][\(path)]"))
    }

    @Test(arguments: paths, ["{}", "'{}'", "\"{}\"", "\"a\"{}", "'a'\\''{}'", "\"\\\"{}\""])
    func `has a path filled in inside and outside quotes`(path: String, place: String) throws {
        let line = ShellLine.filling("printf '[%s]' \(place)", with: path)
        let around = try said("printf '[%s]' \(place.replacing("{}", with: "X"))")
        #expect(try said(line).hasSameBytes(as: around.replacing("X", with: path)))
    }
}
