import Foundation
import Glibc

/// What a finished command left.
struct Finished: Sendable {
    enum Ending: Equatable, Sendable {
        case exit(Int32)
        case signal(Int32)
    }

    var ending: Ending
    var output: String
    var errors: String
    /// The command line that repeats the run.
    var line: String

    /// The exit code; that of a shell where a signal ended the process.
    var code: Int32 {
        switch ending {
        case .exit(let code): code
        case .signal(let number): 128 + number
        }
    }
}

/// A running `replaylab`. Its streams are files, so that no pipe between us can fill up or leak.
///
/// Ended and waited for, whatever becomes of the test that started it.
final class ProcessRun {
    let pid: pid_t
    private let line: String
    private let output: String
    private let errors: String
    private var ending: Finished.Ending?

    /// The command line under test, beside the running test bundle: debug or release, whatever the
    /// scratch path.
    static let executable: String = {
        let bundle = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
        let folder = URL(fileURLWithPath: bundle ?? CommandLine.arguments[0])
            .deletingLastPathComponent()
        return folder.appendingPathComponent("replaylab").path
    }()

    /// Where a stream of the process comes from or goes to.
    enum Stream {
        case file(String)
        case descriptor(Int32)
        case closed
    }

    init(
        _ arguments: [String], in folder: String, environment: [String: String] = [:],
        input: Stream = .file("/dev/null"), output: Stream? = nil
    ) throws {
        let name = UUID().uuidString
        let logs = folder + ".logs"
        try FileManager.default.createDirectory(atPath: logs, withIntermediateDirectories: true)
        self.output = "\(logs)/\(name).out"
        self.errors = "\(logs)/\(name).err"
        line = (["cd \(folder);", ProcessRun.executable] + arguments).joined(separator: " ")

        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        let create = O_WRONLY | O_CREAT | O_TRUNC
        for (number, stream, flags) in [
            (0, input, O_RDONLY), (1, output ?? .file(self.output), create),
            (2, .file(errors), create),
        ] {
            switch stream {
            case .file(let path):
                posix_spawn_file_actions_addopen(&actions, Int32(number), path, flags, 0o644)
            case .descriptor(let other):
                posix_spawn_file_actions_adddup2(&actions, other, Int32(number))
            case .closed: posix_spawn_file_actions_addclose(&actions, Int32(number))
            }
        }

        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        for number in [SIGINT, SIGTERM, SIGPIPE] { sigaddset(&signals, number) }
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETSIGDEF) | Int16(POSIX_SPAWN_SETSIGMASK))

        var variables = ["PATH": "/usr/bin:/bin", "HOME": folder, "TMPDIR": folder]
        variables["LD_LIBRARY_PATH"] = ProcessInfo.processInfo.environment["LD_LIBRARY_PATH"]
        variables.merge(environment) { $1 }
        // env(1) changes the folder and becomes the command: no shell, and the same process.
        var argv =
            (["env", "-C", folder, ProcessRun.executable] + arguments).map { strdup($0) } + [nil]
        var envp = variables.map { strdup("\($0)=\($1)") } + [nil]
        defer { for text in argv + envp { free(text) } }
        var pid: pid_t = 0
        let code = posix_spawn(&pid, "/usr/bin/env", &actions, &attributes, &argv, &envp)
        guard code == 0 else { throw POSIXError(POSIXErrorCode(rawValue: code) ?? .EIO) }
        self.pid = pid
    }

    deinit {
        if ending == nil {
            kill(pid, SIGKILL)
            _ = wait()
        }
    }

    func send(_ signal: Int32) { kill(pid, signal) }

    /// Whether it is still at work.
    var isRunning: Bool {
        guard ending == nil else { return false }
        var status: Int32 = 0
        guard waitpid(pid, &status, WNOHANG) == pid else { return true }
        ending = ProcessRun.ending(status)
        return false
    }

    /// Waits for its end.
    @discardableResult
    func wait() -> Finished {
        if ending == nil {
            var status: Int32 = 0
            while waitpid(pid, &status, 0) < 0, errno == EINTR {}
            ending = ProcessRun.ending(status)
        }
        let texts = [output, errors].map { path in
            String(decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self)
        }
        for path in [output, errors] { unlink(path) }
        return Finished(ending: ending!, output: texts[0], errors: texts[1], line: line)
    }

    private static func ending(_ status: Int32) -> Finished.Ending {
        status & 0x7F == 0 ? .exit(status >> 8 & 0xFF) : .signal(status & 0x7F)
    }
}

extension Process {
    /// `waitUntilExit()` asks again and again without a pause, which takes a core: the kernel waits first.
    func waitForEnd() {
        var info = siginfo_t()
        _ = waitid(P_PID, id_t(processIdentifier), &info, WEXITED | WNOWAIT)
        waitUntilExit()
    }
}
