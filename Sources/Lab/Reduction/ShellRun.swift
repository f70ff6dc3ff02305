import Foundation
import Glibc

/// One run of a command of the shell, in a process group of its own: so Ctrl-C, which a terminal sends
/// to all of ours, does not end it behind our back, and all that it started can be ended together.
struct ShellRun {
    enum Ending: Equatable {
        case exit(Int32)
        case signal(Int32)
        /// It was asked to stop, and did not come to its own end.
        case stopped
    }

    /// As `/bin/sh -c` takes it.
    var command: String
    /// What is set beside this process's own environment.
    var environment: [String: String]
    /// Where standard output and standard error go, both.
    var output: String

    /// How long a command that was asked to stop may take for that, in milliseconds.
    private static let grace = 2000

    /// - Parameter isStopped: asked while the command runs.
    /// - Throws: `CommandProbe.Stopped` where there is no shell.
    func run(isStopped: () -> Bool) throws -> Ending {
        let pid = try spawn()
        var status: Int32 = 0
        var pause: UInt32 = 100
        var waited = 0
        var isEnding = false
        while true {
            let found = waitpid(pid, &status, WNOHANG)
            if found == pid { break }
            guard found == 0 || errno == EINTR else {
                throw CommandProbe.Stopped(
                    description: "how the command ended is not known:"
                        + " \(String(cString: strerror(errno)))")
            }
            if !isEnding, isStopped() {
                isEnding = true
                kill(-pid, SIGTERM)
            }
            if isEnding {
                waited += Int(pause)
                if waited > ShellRun.grace * 1000 { kill(-pid, SIGKILL) }
            }
            usleep(pause)
            pause = min(pause * 2, 5000)
        }
        if isEnding { return .stopped }
        let signal = status & 0x7F
        return signal == 0 ? .exit(status >> 8 & 0xFF) : .signal(signal)
    }

    private func spawn() throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(
            &actions, 1, output, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, 0o600)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // What this process ignores or blocks is not the command's affair.
        var signals = sigset_t()
        sigfillset(&signals)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        posix_spawnattr_setpgroup(&attributes, 0)
        let flags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK
        posix_spawnattr_setflags(&attributes, Int16(flags))
        let all = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        func texts(_ list: [String]) -> [UnsafeMutablePointer<CChar>?] {
            list.map { strdup($0) } + [nil]
        }
        let words = texts(["/bin/sh", "-c", command])
        let variables = texts(all.map { "\($0.key)=\($0.value)" })
        defer { for text in words + variables { free(text) } }
        var pid: pid_t = 0
        let code = posix_spawn(&pid, "/bin/sh", &actions, &attributes, words, variables)
        guard code == 0 else {
            throw CommandProbe.Stopped(
                description: "/bin/sh cannot be run: \(String(cString: strerror(code)))")
        }
        return pid
    }
}
