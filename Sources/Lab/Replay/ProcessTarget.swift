import EventBus
import Foundation

/// A program in any language as a target: started for each event, which it gets as JSON on standard
/// input. Exit 0 means that it took the event.
final class ProcessTarget: Target {
    private let command: [String]
    private let timeout: TimeInterval

    init(_ command: [String], timeoutSeconds: Int) {
        self.command = command
        timeout = TimeInterval(timeoutSeconds)
    }

    func receive(_ delivery: borrowing Delivery) throws {
        let input: Data = try delivery.withInput { Data($0) }
        let process = Process()
        // `env` finds the program on the PATH and says 127 where there is none.
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = command
        let standardInput = Pipe()
        process.standardInput = standardInput
        process.standardOutput = FileHandle.nullDevice
        let ended = DispatchSemaphore(value: 0)
        process.terminationHandler = { _ in ended.signal() }
        do {
            try process.run()
        } catch {
            throw TargetFailure(code: "NOT_STARTED", reason: "\(command[0]): \(error)")
        }
        // A program may end without reading: then the write fails, and its exit code decides.
        let writer = standardInput.fileHandleForWriting
        let writing = DispatchQueue(label: "process-target")
        writing.async {
            try? writer.write(contentsOf: input)
            try? writer.close()
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
}
