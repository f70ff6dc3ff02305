import PropertyTesting
import Synchronization
import Testing

/// What the body makes of a value, with its issues kept from everybody.
///
/// A failure is told from others by where the expectation stands, or by the type of the error.
func quietOutcome<Value: Sendable>(
    of value: Value, in test: Test, _ body: @escaping @Sendable (Value) async throws -> Void
) async -> Outcome {
    let first = FirstFailure()
    let quiet = IssueHandlingTrait.compactMapIssues { issue in
        guard issue.severity >= .error else { return nil }
        first.note(issue.sourceLocation.map { "\($0.fileID):\($0.line)" } ?? "somewhere")
        return nil
    }
    do {
        try await quiet.provideScope(for: test, testCase: Test.Case.current) {
            do { try await body(value) } catch {
                if error is Choices.Invalid {
                    first.refuse()
                } else {
                    first.note(failure(of: error))
                }
            }
        }
    } catch { first.note(failure(of: error)) }
    return first.outcome
}

/// What `#require` throws says nothing that its issue has not said.
private func failure(of error: any Error) -> String { "\(type(of: error))" }

/// The first failure of a case.
private final class FirstFailure: Sendable {
    private let state = Mutex<Outcome>(.passed)

    var outcome: Outcome { state.withLock { $0 } }

    func note(_ identity: String) {
        state.withLock { if $0 == .passed { $0 = .failed(identity) } }
    }

    func refuse() { state.withLock { if $0 == .passed { $0 = .invalid } } }
}
