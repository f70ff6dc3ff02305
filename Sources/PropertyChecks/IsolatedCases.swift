import Foundation
import PropertyTesting

/// Cases of one property, each run in a child process: one that traps, exits or hangs fails like any other.
///
/// The child is this test bundle again, with a filter for the one test; there `forAll` answers for cases
/// instead of drawing them. It serves until a case ends it, so only failures cost a start. The parent
/// has every case before the child runs it, so none is lost.
actor IsolatedCases {
    private let name: PropertyName
    private let patience: Duration
    private var child: ChildProcess?
    /// What was said last of each failure.
    private var said: [String: String] = [:]

    init(of name: PropertyName, patience: Duration) {
        self.name = name
        self.patience = patience
    }

    /// What was said where the case last failed so; the failure itself where nothing was.
    func words(of failure: String) -> String { said[failure] ?? failure }

    private static let ending = "ended the process: "

    /// Whether a failure is one that ends the process that runs it.
    static func isEnding(_ failure: String) -> Bool { failure.hasPrefix(ending) }

    func outcome(of choices: [Int]) async -> Outcome {
        let (name, current, limit) = (name, child, milliseconds)
        child = nil
        // Waits on a thread of its own, and not on one that other tests need.
        let (used, answer) = await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                continuation.resume(
                    returning: Self.ask(
                        current, for: name, CaseText.text(choices), limit: limit))
            }
        }
        switch answer {
        case .line(let line):
            child = used
            return Self.outcome(answered: line)
        case .gone(let ending):
            let failure = Self.ending + ending.identity
            said[failure] = Self.ending + ending.words
            return .failed(failure)
        case .unready(let how): return .failed("no child process: \(how)")
        }
    }

    private static func outcome(answered line: String) -> Outcome {
        switch line {
        case "passed": .passed
        case "invalid": .invalid
        case _ where line.hasPrefix("failed "): .failed(String(line.dropFirst(7)))
        default: .failed("a child process answered '\(line)'")
        }
    }

    /// Starts a child where there is none, and has it run a case.
    private static func ask(
        _ current: ChildProcess?, for name: PropertyName, _ line: String, limit: Int32
    ) -> (ChildProcess?, ChildProcess.Answer) {
        do {
            // How long a case may take says nothing of how long a test bundle takes to start.
            let child =
                try current ?? ChildProcess(answeringFor: name, limit: max(limit, 60_000))
            return (child, child.ask(line, limit: limit))
        } catch { return (nil, .unready("\(error)")) }
    }

    private var milliseconds: Int32 {
        let (seconds, attoseconds) = patience.components
        let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1_000)
        return overflow ? .max : Int32(clamping: whole + attoseconds / 1_000_000_000_000_000)
    }
}
