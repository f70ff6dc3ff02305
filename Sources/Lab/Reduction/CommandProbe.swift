import EventModel
import Foundation
import Ledger

/// Asks a command of the user's whether a history is good: it gets a ledger, and answers by its exit
/// code, as `git bisect run` has it.
///
///     0 good │ 1–124, 126, 127 bad │ 125 cannot be judged │ 128 and more: stop
///
/// The ledger's path stands for `{}` in the command and is `REPLAYLAB_LEDGER` in its environment. The
/// ledger is made anew for each probe, and gone after it.
public struct CommandProbe: Sendable {
    public enum Answer: Sendable, Equatable {
        case good, bad, skipped
    }

    /// The command asked to stop, or could not be run.
    public struct Stopped: Error, CustomStringConvertible {
        public let description: String
    }

    /// As `/bin/sh -c` takes it.
    public let command: String

    public init(_ command: String) { self.command = command }

    /// What the command says of the ledger's events of these sequences, which rise.
    public func answer(
        _ ledger: EventLedger, _ sequences: [ClosedRange<Int>]
    ) throws -> Answer {
        try probe { writer in
            for range in sequences {
                var batch: [Event] = []
                try ledger.forEachEvent(range) { _, event in
                    batch.append(event)
                    guard batch.count == CommandProbe.batch else { return }
                    try writer.append(batch)
                    batch.removeAll(keepingCapacity: true)
                }
                try writer.append(batch)
            }
        }
    }

    /// What it says of these events.
    public func answer(_ events: [Event]) throws -> Answer {
        try probe { try $0.append(events) }
    }

    private static let batch = 8192

    private func probe(_ fill: (LedgerWriter) throws -> Void) throws -> Answer {
        try TemporaryFolder.with { folder in
            let path = folder + "/probe.ledger"
            let writer = try LedgerWriter(path: path) { _ in
                Provenance("probe", ["exec": .string(command)]).text
            }
            try fill(writer)
            try writer.append([], isComplete: true)
            try writer.close()
            return try run(path)
        }
    }

    private func run(_ path: String) throws -> Answer {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", command.replacing("{}", with: path)]
        process.environment = ProcessInfo.processInfo.environment
            .merging(["REPLAYLAB_LEDGER": path]) { $1 }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        let code = process.terminationStatus
        guard process.terminationReason == .exit, code < 128 else {
            let how = process.terminationReason == .exit ? "exit code" : "signal"
            throw Stopped(
                description: "the command ended with \(how) \(code), which asks to stop: \(command)"
            )
        }
        return code == 0 ? .good : code == 125 ? .skipped : .bad
    }
}
