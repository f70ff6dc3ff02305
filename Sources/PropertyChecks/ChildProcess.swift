import Foundation
import Synchronization

/// This test bundle once more, answering for the cases of one property.
///
/// Used by one at a time, as `IsolatedCases` does.
final class ChildProcess: Sendable {
    enum Answer: Sendable {
        case line(String)
        /// The case ended the process, or took too long: how, and with what words.
        case gone(Ending)
        /// The process never came to the property.
        case unready(String)
    }

    /// How a process ended.
    struct Ending: Sendable {
        /// Tells it from others: the signal or the code, and the place in the source where one was said. No
        /// message where there is a place: one that names a value is another for each.
        var identity: String
        /// The same, with the message.
        var words: String
    }

    /// Why there is none.
    struct StartFailure: Error, CustomStringConvertible {
        var description: String
    }

    private let pid: pid_t
    private let link: WorkerLink
    /// How it ended, once it was waited for: from then on its number may be another's.
    private let status = Mutex<Int32?>(nil)
    /// What the child writes to its standard error.
    private let errors: String

    /// - Parameter limit: milliseconds until it must be at the property.
    init(answeringFor name: PropertyName, limit: Int32) throws {
        var sockets: [Int32] = [-1, -1]
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, kind, 0, &sockets) == 0 else {
            throw StartFailure(description: "socketpair: \(String(cString: strerror(errno)))")
        }
        link = WorkerLink(descriptor: sockets[0], key: name.key)
        errors = FileManager.default.temporaryDirectory.path + "/property-\(UUID().uuidString).err"
        do { pid = try Self.start(name, socket: sockets[1], errors: errors) } catch {
            close(sockets[0])
            close(sockets[1])
            throw error
        }
        // Held here too, it would never be seen that the child has closed it.
        close(sockets[1])
        guard link.nextLine(limit: limit) == "ready" else {
            throw StartFailure(
                description: "the test did not come to the property: \(ending(isLate: false).words)"
            )
        }
    }

    deinit {
        end()
        close(link.descriptor)
        unlink(errors)
    }

    /// Sends a line and waits for the one that answers it.
    func ask(_ line: String, limit: Int32) -> Answer {
        link.answer(line)
        if let text = link.nextLine(limit: limit) { return .line(text) }
        // A process that ended has closed its end of the socket.
        return .gone(ending(isLate: !link.isClosed))
    }

    /// How the child ended; it is ended here where it has not.
    private func ending(isLate: Bool) -> Ending {
        let status = end()
        if isLate { return Ending(identity: "no answer in time", words: "no answer in time") }
        let signal = status & 0x7F
        let how =
            signal == 0 ? "exit \(status >> 8 & 0xFF)" : String(cString: strsignal(signal))
        guard let line = lastWords else { return Ending(identity: how, words: how) }
        let place = line.firstRange(of: /\.swift:[0-9]+/).map { line[..<$0.upperBound] }
        return Ending(identity: "\(how), \(place ?? line[...])", words: "\(how), \(line)")
    }

    /// Waits for the process, and ends it first where it still runs.
    @discardableResult
    private func end() -> Int32 {
        status.withLock { known in
            if let known { return known }
            var status: Int32 = 0
            // One that has closed its socket is ending by itself: how is worth a moment.
            var rounds = 200
            while rounds > 0, link.isClosed, waitpid(pid, &status, WNOHANG) == 0 {
                usleep(5_000)
                rounds -= 1
            }
            if rounds == 0 || !link.isClosed {
                kill(pid, SIGKILL)
                while waitpid(pid, &status, 0) < 0, errno == EINTR {}
            }
            known = status
            return status
        }
    }

    /// The line in which the Swift runtime says what was wrong: of a trap, with its place.
    private var lastWords: String? {
        let text = (try? String(contentsOfFile: errors, encoding: .utf8)) ?? ""
        let lines = text.split(whereSeparator: \.isNewline)
        return lines.last { $0.contains("Fatal error") || $0.contains("Precondition failed") }
            .map(String.init)
    }
}

extension ChildProcess {
    private static func start(
        _ name: PropertyName, socket: Int32, errors: String
    ) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 2, errors, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        posix_spawn_file_actions_adddup2(&actions, socket, WorkerLink.childDescriptor)
        let arguments = [
            CommandLine.arguments[0], "--testing-library", "swift-testing", "--filter", name.filter,
        ]
        var variables = ProcessInfo.processInfo.environment
        variables[WorkerLink.variable] = name.key
        // A backtrace of each crash costs seconds, and nobody reads it.
        variables["SWIFT_BACKTRACE"] = "enable=no"
        let words = arguments.map { strdup($0) } + [nil]
        let settings = variables.sorted { $0.key < $1.key }.map { strdup("\($0)=\($1)") } + [nil]
        defer { for text in words + settings { free(text) } }
        var pid: pid_t = 0
        let code = posix_spawn(&pid, "/proc/self/exe", &actions, nil, words, settings)
        guard code == 0 else {
            throw StartFailure(description: "posix_spawn: \(String(cString: strerror(code)))")
        }
        return pid
    }
}
