import Foundation
import Lab
import Projections
import Testing

@testable import Mutants

@Suite struct `A violation's last line` {
    /// Set where the failure of the first test is wanted.
    private static let variable = "REPLAYLAB_SHOW_VIOLATION"

    @Test(.enabled(if: ProcessInfo.processInfo.environment[variable] != nil))
    func `is what another process is asked with`() async throws {
        try await Self.check()
    }

    @Test func `repeats the minimum in a fresh process`() async throws {
        let violation = try #require(
            await #expect(throws: LawViolation.self) {
                try await Self.check(test: "`is what another process is asked with`()")
            })
        let words = violation.repetition.split(separator: " ")
        let settings = words.prefix { $0.contains("=") }
            .map { $0.split(separator: "=", maxSplits: 1).map(String.init) }
        #expect(settings.map(\.[0]) == ["REPLAYLAB_SEED", "REPLAYLAB_HISTORY", "REPLAYLAB_EVENTS"])
        #expect(violation.history.events.count == 2)
        #expect(
            violation.repetition.hasSuffix(
                "swift test --filter 'is what another process is asked with'"))
        var environment = ProcessInfo.processInfo.environment
        for pair in settings { environment[pair[0]] = pair[1] }
        environment[Self.variable] = "1"
        let output = try output(environment)
        // The same events, the same difference, the same line; how many histories were tried is its own.
        for line in violation.description.split(separator: "\n") {
            #expect(output.contains(line), "\(output)")
        }
    }

    private static func check(test: String = #function) async throws {
        try await ProjectionLaws.check(CountsBatches.self, seed: 4, size: 50, test: test)
    }

    /// What this test bundle writes when it runs the first test once more.
    private func output(_ environment: [String: String]) throws -> String {
        let process = Process()
        process.executableURL = URL(filePath: "/proc/self/exe")
        process.arguments = [
            "--testing-library", "swift-testing", "--filter",
            "is what another process is asked with",
        ]
        process.environment = environment
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        #expect(process.terminationStatus != 0)
        return String(decoding: data, as: UTF8.self)
    }
}
