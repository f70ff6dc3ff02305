import Foundation
import Testing

/// A program that a test runs. Its streams are files in the test's folder; it is ended with the
/// test, whatever becomes of that.
final class Child {
    let process = Process()
    private let line: String
    private let output: String
    /// Kept until the program has ended: its streams lie there.
    private let folder: Folder

    /// - Parameter program: its path.
    init(_ program: String, _ arguments: [String], in folder: Folder) throws {
        self.folder = folder
        line = ([program] + arguments).joined(separator: " ")
        output = folder.path("\(UUID().uuidString).out")
        _ = FileManager.default.createFile(atPath: output, contents: nil)
        let handle = try #require(FileHandle(forWritingAtPath: output))
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.currentDirectoryURL = URL(fileURLWithPath: folder.path)
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = handle
        process.standardError = handle
        try process.run()
    }

    deinit {
        guard process.isRunning else { return }
        kill(process.processIdentifier, SIGKILL)
        process.waitForEnd()
    }

    var pid: pid_t { process.processIdentifier }

    /// What it has written so far, to both streams.
    var text: String {
        String(decoding: FileManager.default.contents(atPath: output) ?? Data(), as: UTF8.self)
    }

    /// Waits until it has written a line that begins so, and returns what follows on that line.
    func line(after beginning: String, seconds: Double = 30) throws -> String {
        let end = ContinuousClock.now + .seconds(seconds)
        while true {
            let isRunning = process.isRunning
            let text = text
            // The last piece has no end of line yet.
            for line in text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
            where line.hasPrefix(beginning) {
                return String(line.dropFirst(beginning.count))
            }
            guard isRunning, ContinuousClock.now < end else {
                throw Unexpected("`\(line)` has not said \"\(beginning)…\" but: \(text)")
            }
            usleep(5_000)
        }
    }

    /// Waits for its end.
    @discardableResult
    func wait() -> (code: Int32, text: String) {
        process.waitForEnd()
        let signal = process.terminationReason == .uncaughtSignal ? Int32(128) : 0
        return (signal + process.terminationStatus, text)
    }

    func send(_ signal: Int32) { kill(pid, signal) }
}

extension Process {
    /// `waitUntilExit()` asks again and again without a pause, which takes a core: the kernel waits first.
    func waitForEnd() {
        var info = siginfo_t()
        _ = waitid(P_PID, id_t(processIdentifier), &info, WEXITED | WNOWAIT)
        waitUntilExit()
    }
}

/// Something that a test did not find as it should be.
struct Unexpected: Error, CustomStringConvertible {
    var description: String
    init(_ description: String) { self.description = description }
}

/// A folder that lives as long as its test.
final class Folder: Sendable {
    let path: String

    init() throws {
        var template = Array("/tmp/mqtt-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw Unexpected("no folder in /tmp") }
        path = template.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func path(_ name: String) -> String { "\(path)/\(name)" }

    /// Writes a file, and returns its path.
    func write(_ text: String, to name: String) throws -> String {
        try text.write(toFile: path(name), atomically: false, encoding: .utf8)
        return path(name)
    }
}

/// What the tests run.
enum Tools {
    /// This package's folder.
    static let root: String = {
        var url = URL(fileURLWithPath: #filePath)
        for _ in 0..<4 { url.deleteLastPathComponent() }
        return url.path
    }()

    /// The command line under test, beside the running test bundle.
    static let replaylab: String = {
        let program = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        return URL(fileURLWithPath: program ?? CommandLine.arguments[0])
            .deletingLastPathComponent().appendingPathComponent("replaylab").path
    }()

    /// The Python that has the MQTT clients.
    static func python() throws -> String { try installed("\(root)/.build/python/bin/python3") }

    /// A Debian program.
    static func program(_ name: String) throws -> String { try installed("/usr/bin/\(name)") }

    /// A script of these tests.
    static func script(_ name: String) -> String { "\(root)/Tests/MQTTServerTests/\(name)" }

    private static func installed(_ path: String) throws -> String {
        guard FileManager.default.isExecutableFile(atPath: path) else {
            throw Unexpected("no \(path): run scripts/install-test-tools, as `make test` does")
        }
        return path
    }
}
