import ArgumentParser
import EventModel
import EventPatterns
import Foundation

struct PatternTestCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test",
        abstract: "Say whether an event matches a pattern, or why the pattern is invalid.",
        discussion: """
            Any JSON object is an event; unlike TestEventPattern, members such as id and account may \
            be missing. --cases takes lines such as \
            {"id":"a","pattern":"{…}","event":"{…}","valid":true,"match":true}; those of invalid \
            patterns may have error_kind, error, error_line and error_column.

              replaylab pattern test --pattern '{"a":[1]}' --event '{"a":1}'
              replaylab pattern test --pattern @pattern.json --event @event.json --json
              replaylab pattern test --cases Fixtures/eventbridge/patterns.jsonl

            Exit codes: 0 match or all passed, 1 no match or a case failed, 65 an invalid pattern, \
            event or case.
            """)

    @Option(help: ArgumentHelp("The pattern; @FILE reads it from a file.", valueName: "json"))
    var pattern: String?

    @Option(help: ArgumentHelp("The event; @FILE reads it from a file.", valueName: "json"))
    var event: String?

    @Option(
        help: ArgumentHelp("Cases to run, one JSON object a line.", valueName: "file"),
        completion: .file())
    var cases: String?

    @Flag(help: "Print one JSON object.")
    var json = false

    func validate() throws {
        if cases != nil {
            guard pattern == nil, event == nil else {
                throw ValidationError("--cases goes without --pattern and --event")
            }
        } else if pattern == nil || event == nil {
            throw ValidationError("give --pattern and --event, or --cases")
        }
    }

    func run() throws {
        if let cases { return try run(cases: cases) }
        guard let pattern, let event else { return }
        let patternBytes = try bytes(pattern, "--pattern")
        let eventBytes = try bytes(event, "--event")
        guard let text = String(validating: patternBytes, as: UTF8.self) else {
            throw LineError(path: pattern, line: 1, reason: "the pattern is not UTF-8")
        }
        let isMatch: Bool
        do {
            let matcher = RuleMatcher([try EventPattern(parsing: text)])
            isMatch = try eventBytes.withUnsafeBytes { try !matcher.matches($0).isEmpty }
        } catch {
            guard json else { throw describe(error) }
            Terminal.print(object(error).text())
            throw ExitStatus.data
        }
        if json {
            let object: JSONValue = ["result": .string(isMatch ? "match" : "no match")]
            Terminal.print(object.text())
        } else {
            Terminal.print(isMatch ? "match" : "no match")
        }
        if !isMatch { throw ExitStatus.finding }
    }

    /// What an option says, or the file that it names.
    private func bytes(_ value: String, _ option: String) throws -> Data {
        guard value.utf8.first == UInt8(ascii: "@") else { return Data(value.utf8) }
        return try contents(of: String(value.dropFirst()), option)
    }

    private func describe(_ error: any Error) -> any Error {
        guard let error = error as? JSONError else { return error }
        return InvalidEvent(error: error)
    }

    private struct InvalidEvent: Error, CustomStringConvertible {
        let error: JSONError
        var description: String { "Event is not valid. Reason: \(error)" }
    }

    private func object(_ error: any Error) -> JSONValue {
        if let error = error as? PatternError {
            return [
                "result": "invalid pattern", "kind": .string(error.kind.rawValue),
                "reason": .string(error.reason), "line": error.line.map { .int($0) } ?? .null,
                "column": error.column.map { .int($0) } ?? .null,
            ]
        }
        guard let error = error as? JSONError else {
            return ["result": "invalid event", "reason": .string("\(error)")]
        }
        return [
            "result": "invalid event", "reason": .string(error.reason),
            "byte": .int(error.offset + 1),
        ]
    }

    private func run(cases path: String) throws {
        let cases = try JSONLines(path, "--cases").map(PatternCase.init)
        // No case would pass whatever the matcher does.
        guard !cases.isEmpty else {
            throw LineError(path: path, line: 1, reason: "there are no cases to run")
        }
        let failures = cases.compactMap { test in
            test.difference.map { (id: test.id, reason: $0) }
        }
        if json {
            let object: JSONValue = [
                "passed": .int(cases.count - failures.count), "failed": .int(failures.count),
                "failures": .array(
                    failures.map { ["id": .string($0.id), "reason": .string($0.reason)] }),
            ]
            Terminal.print(object.text())
        } else {
            for failure in failures {
                Terminal.print("\(failure.id.printable): \(failure.reason.printable)")
            }
            Terminal.print("\(cases.count - failures.count) passed, \(failures.count) failed")
        }
        if !failures.isEmpty { throw ExitStatus.finding }
    }
}
