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
        case good, skipped
        case bad(CommandFailure)

        var isBad: Bool { if case .bad = self { true } else { false } }
    }

    /// The command asked to stop, or could not be run.
    public struct Stopped: Error, CustomStringConvertible {
        public let description: String
    }

    /// Somebody asked this process to stop while the command ran, which therefore gave no answer.
    struct Interrupted: Error {}

    /// As `/bin/sh -c` takes it.
    public let command: String
    /// What its output has where it fails as is meant.
    public let match: String?
    let isStopped: @Sendable () -> Bool

    /// - Parameters:
    ///   - match: nil for any output.
    ///   - isStopped: asked while the command runs; once it is true, the command is ended.
    public init(
        _ command: String, match: String? = nil,
        isStopped: @escaping @Sendable () -> Bool = { false }
    ) {
        (self.command, self.match, self.isStopped) = (command, match, isStopped)
    }

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

    /// Whether a failure is the one that is looked for: with `match` each whose output has it, or else one
    /// as the whole ledger's.
    func isMeant(_ failure: CommandFailure, as whole: CommandFailure?) -> Bool {
        match != nil ? failure.isMeant : whole.map(failure.isSame) ?? true
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
            return try run(path, output: folder + "/output")
        }
    }

    private func run(_ path: String, output: String) throws -> Answer {
        let run = ShellRun(
            command: ShellLine.filling(command, with: path),
            environment: ["REPLAYLAB_LEDGER": path], output: output)
        switch try run.run(isStopped: isStopped) {
        case .stopped: throw Interrupted()
        case .exit(0): return .good
        case .exit(125): return .skipped
        case .exit(let code) where code < 128:
            let said = try Data(contentsOf: URL(fileURLWithPath: output), options: .alwaysMapped)
            var failure = CommandFailure(code: code, output: said, ledger: path)
            if let match, !match.isEmpty {
                failure.isMeant = said.range(of: Data(match.utf8)) != nil
            }
            return .bad(failure)
        case .exit(let code): throw stopped("exit code \(code)", output, path)
        case .signal(let number): throw stopped("signal \(number)", output, path)
        }
    }

    private func stopped(_ how: String, _ output: String, _ path: String) -> Stopped {
        let said = (try? Data(contentsOf: URL(fileURLWithPath: output))) ?? Data()
        let line = CommandFailure.lastLine(of: said)
        return Stopped(
            description: "the command ended with \(how), which asks to stop: \(command)"
                + (line.isEmpty ? "" : "\nit said: \(line)")
                + "\nwhere that is the failure, write '(\(command)) || exit 1'")
    }
}
