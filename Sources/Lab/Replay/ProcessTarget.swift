import EventBus
import Foundation

/// A program in any language as a target: started for each event, which it gets as JSON on standard
/// input. Exit 0 means that it took the event.
final class ProcessTarget: Target {
    private let command: [String]
    private let timeout: TimeInterval
    /// Whether programs are started no more: what waits for another attempt is given up.
    var isCancelled: () -> Bool = { false }

    init(_ command: [String], timeoutSeconds: Int) {
        self.command = command
        timeout = TimeInterval(timeoutSeconds)
    }

    func receive(_ delivery: borrowing Delivery) throws {
        guard !isCancelled() else { throw TargetFailure.cancelled }
        let input = try delivery.withInput { try ProcessTarget.file($0) }
        defer { fclose(input) }
        let process = Process()
        // `env` finds the program on the PATH and says 127 where there is none.
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = command
        process.standardInput = FileHandle(fileDescriptor: fileno(input), closeOnDealloc: false)
        process.standardOutput = FileHandle.nullDevice
        let ended = DispatchSemaphore(value: 0)
        process.terminationHandler = { _ in ended.signal() }
        do {
            try process.run()
        } catch {
            throw TargetFailure(code: "NOT_STARTED", reason: "\(command[0]): \(error)")
        }
        guard ended.wait(timeout: .now() + timeout) == .success else {
            kill(process.processIdentifier, SIGKILL)
            ended.wait()
            throw TargetFailure(
                code: "TIMEOUT", reason: "\(command[0]) took more than \(Int(timeout)) s")
        }
        guard process.terminationReason == .exit, process.terminationStatus == 0 else {
            let how = process.terminationReason == .exit ? "exit" : "signal"
            throw TargetFailure(
                code: "PROCESS_FAILED",
                reason: "\(command[0]) ended with \(how) \(process.terminationStatus)")
        }
    }

    /// A file without a name that holds the event. A pipe would need somebody who writes, and its
    /// SIGPIPE would end this process where the program ends without reading.
    private static func file(_ bytes: UnsafeRawBufferPointer) throws -> UnsafeMutablePointer<FILE> {
        guard let file = tmpfile() else { throw SinkError(path: "a temporary file", code: errno) }
        guard fwrite(bytes.baseAddress, 1, bytes.count, file) == bytes.count, fflush(file) == 0,
            lseek(fileno(file), 0, SEEK_SET) == 0
        else {
            defer { fclose(file) }
            throw SinkError(path: "a temporary file", code: errno)
        }
        return file
    }
}

extension TargetFailure {
    /// Somebody cancelled the replay before this attempt.
    static let cancelled = TargetFailure(
        code: "CANCELLED", reason: "the replay was cancelled", isPermanent: true)
}
