import EventModel
import Foundation
import Testing

@Suite struct `The installation` {
    private static let commands = [
        "replaylab", "replaylab-bisect", "replaylab-broker", "replaylab-campaign",
        "replaylab-check", "replaylab-compare", "replaylab-diff", "replaylab-experiment",
        "replaylab-experiment-list", "replaylab-experiment-run", "replaylab-export",
        "replaylab-hydrate", "replaylab-import", "replaylab-index", "replaylab-info",
        "replaylab-pattern", "replaylab-pattern-bench", "replaylab-pattern-test", "replaylab-press",
        "replaylab-reduce", "replaylab-replay", "replaylab-scenario", "replaylab-scenario-check",
        "replaylab-scenario-preview", "replaylab-show", "replaylab-simulate", "replaylab-snapshots",
        "replaylab-stats", "replaylab-tail", "replaylab-verify", "replaylab-whatif",
        "replaylab-why",
    ]
    private static let program = URL(fileURLWithPath: ProcessRun.executable)

    /// Runs a program with the one under test on the PATH.
    private func run(
        _ bench: Bench, _ program: String, _ arguments: String...
    ) throws -> (status: Int32, output: String) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.currentDirectoryURL = URL(fileURLWithPath: bench.folder)
        let folder = Self.program.deletingLastPathComponent().path
        var variables = ["PATH": "\(folder):/usr/bin:/bin", "HOME": bench.folder]
        variables["LD_LIBRARY_PATH"] = ProcessInfo.processInfo.environment["LD_LIBRARY_PATH"]
        process.environment = variables
        let file = bench.path("said-\(UUID().uuidString)")
        try Data().write(to: URL(fileURLWithPath: file))
        let output = try FileHandle(forWritingTo: URL(fileURLWithPath: file))
        process.standardOutput = output
        process.standardError = output
        process.standardInput = FileHandle.nullDevice
        try process.run()
        process.waitForEnd()
        try output.close()
        defer { try? FileManager.default.removeItem(atPath: file) }
        return (process.terminationStatus, try String(contentsOfFile: file, encoding: .utf8))
    }

    private func install(_ bench: Bench) throws {
        let done = try run(
            bench, "\(Shipped.root)/scripts/install", bench.path("p"), Self.program.path)
        #expect(done.status == 0, "\(done.output)")
    }

    private func files(_ bench: Bench) throws -> [String] {
        let folder = bench.path("p")
        return (try FileManager.default.subpathsOfDirectory(atPath: folder)).filter {
            var isFolder: ObjCBool = false
            return FileManager.default.fileExists(
                atPath: folder + "/" + $0, isDirectory: &isFolder) && !isFolder.boolValue
        }.sorted()
    }

    @Test func `has program, manual pages and completions, and goes without a trace`() throws {
        let bench = try Bench()
        try install(bench)
        let pages = Self.commands.map { "share/man/man1/\($0).1" }
        let others = [
            "bin/replaylab", "share/bash-completion/completions/replaylab",
            "share/fish/vendor_completions.d/replaylab.fish",
            "share/zsh/site-functions/_replaylab",
        ]
        #expect(try files(bench) == (pages + others).sorted())
        // Again, over what is there.
        try bench.write("old", to: "p/share/man/man1/replaylab-gone.1")
        try install(bench)
        #expect(try files(bench) == (pages + others).sorted())
        let script = "\(Shipped.root)/scripts/install"
        #expect(try run(bench, script, "--remove", bench.path("p")).status == 0)
        #expect(try FileManager.default.subpathsOfDirectory(atPath: bench.path("p")) == [])
        #expect(try run(bench, script, bench.path("p"), bench.path("none")).status == 66)
        #expect(try run(bench, script, bench.path("p")).status == 64)
    }

    @Test func `has manual pages that groff sets without a warning`() throws {
        let bench = try Bench()
        try FileManager.default.createDirectory(
            atPath: bench.path("man"), withIntermediateDirectories: true)
        try bench.good("manual --output man")
        for name in Self.commands {
            let set = try run(
                bench, "/usr/bin/groff", "-man", "-ww", "-z", "-Tutf8", "man/\(name).1")
            #expect(set.status == 0 && set.output.isEmpty, "\(name): \(set.output)")
            let page = try bench.read("man/\(name).1")
            for section in ["NAME", "SYNOPSIS", "OPTIONS", "EXAMPLES", "EXIT STATUS", "SEE ALSO"] {
                #expect(page.contains(".SH \"\(section)\"\n"), "\(name) lacks \(section)")
            }
            let examples = page.split(separator: ".EX").last ?? ""
            #expect(examples.contains("\nreplaylab "))
        }
        // The same program writes the same pages.
        let before = try Self.commands.map { try bench.read("man/\($0).1") }
        try bench.good("manual --output man")
        #expect(try Self.commands.map { try bench.read("man/\($0).1") } == before)
        #expect(try bench.bad(73, "manual --output none").contains("none"))
    }

    @Test(arguments: ["bash", "zsh", "fish"])
    func `has completions that the shell can read`(shell: String) throws {
        let bench = try Bench()
        try bench.write(try bench.good("--generate-completion-script \(shell)"), to: "script")
        let read = try run(bench, "/usr/bin/\(shell)", "-n", "script")
        #expect(read.status == 0 && read.output.isEmpty, "\(read.output)")
    }

    @Test(arguments: [
        ("replaylab sho", ["show"]),
        ("replaylab hydrate --projection ", ["bowl-totals", "feeding-stats"]),
        ("replaylab hydrate --projection fee", ["feeding-stats"]),
        ("replaylab replay --rule ", ["feeds-rule", "stores-rule"]),
        ("replaylab replay --topology mended --target cat-f", ["cat-feeder"]),
        ("replaylab replay --topology m", ["mended", "my.yaml"]),
        ("replaylab stats --ledger l --feeder ", ["kitchen"]),
        ("replaylab stats --ledger nothing --feeder ", []),
        ("replaylab stats --default-zone Pacific/Auck", ["Pacific/Auckland"]),
        ("replaylab experiment run press", ["press-time"]),
        ("replaylab simulate --scenario m", ["my.yaml"]),
    ])
    func `completes names, which bash asks the program for`(line: String, answers: [String]) throws
    {
        let bench = try Bench()
        try bench.good("simulate --scenario \(Shipped.twoCats) --years 1 --seed 1 --ledger l")
        try bench.write("", to: "my.yaml")
        try bench.write("", to: "my.txt")
        try bench.write(
            """
            source <(replaylab --generate-completion-script bash)
            read -ra COMP_WORDS <<< "$1"
            [[ $1 == *' ' ]] && COMP_WORDS+=('')
            COMP_CWORD=$((${#COMP_WORDS[@]} - 1)) COMP_LINE=$1 COMP_POINT=${#1} COMPREPLY=()
            _replaylab replaylab "${COMP_WORDS[-1]}" "${COMP_WORDS[-2]}"
            printf '%s\\n' "${COMPREPLY[@]}"

            """, to: "ask.bash")
        let bash = try run(bench, "/usr/bin/bash", "ask.bash", line)
        #expect(bash.output.split(separator: "\n").map(String.init).sorted() == answers.sorted())
    }
}
