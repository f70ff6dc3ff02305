import Glibc

/// A child process, ended and waited for with this object. It inherits no descriptor, or the
/// connections of tests beside it would stay open.
final class Child {
    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    let pid: pid_t
    private var status: Int32?

    init(_ arguments: [String], in folder: String) throws {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for number in [0, 1, 2] as [Int32] {
            posix_spawn_file_actions_addopen(&actions, number, "/dev/null", O_RDWR, 0)
        }
        // The shell closes what it inherited and becomes the command: the same process.
        let script = """
            cd "$1" && shift
            for open in /proc/$$/fd/*; do
              n=${open##*/}
              [ "$n" -gt 2 ] && [ "$n" -ne 255 ] && eval "exec $n>&-"
            done
            exec "$@"
            """
        var argv = (["bash", "-c", script, "bash", folder] + arguments).map { strdup($0) } + [nil]
        defer { for text in argv { free(text) } }
        // Swift's own threads block signals, and a child would inherit that: SIGTERM, too.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        var pid: pid_t = 0
        let code = posix_spawn(&pid, "/bin/bash", &actions, &attributes, &argv, environ)
        guard code == 0 else { throw Failure(description: "\(arguments) does not start: \(code)") }
        self.pid = pid
    }

    deinit { end(by: SIGTERM) }

    /// Whether it is still at work.
    var isRunning: Bool {
        guard status == nil else { return false }
        var status: Int32 = 0
        guard waitpid(pid, &status, WNOHANG) == pid else { return true }
        self.status = status
        return false
    }

    /// Sends the signal, if it is still running, and waits for its end.
    func end(by signal: Int32) {
        if isRunning { kill(pid, signal) }
        wait()
    }

    /// Waits for its end; whether it succeeded.
    @discardableResult
    func wait() -> Bool {
        var status: Int32 = 0
        while self.status == nil {
            if waitpid(pid, &status, 0) == pid { self.status = status }
        }
        return self.status == 0
    }
}
