import ArgumentParser
import EventModel
import EventPatterns
import Foundation

struct PatternCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pattern",
        abstract: "Try event patterns as EventBridge has them.",
        discussion: """
              replaylab pattern test --pattern '{"source":["com.feedmyfurbabies"]}' --event @press.json
              replaylab pattern test --cases Fixtures/eventbridge/patterns.jsonl
              replaylab pattern bench --rules rules.jsonl --events events.jsonl
            """,
        subcommands: [PatternTestCommand.self, PatternBenchCommand.self])
}

/// The bytes of a file that an option names.
func contents(of path: String, _ option: String) throws -> Data {
    try checkReadable(path, "no file at \(path), which \(option) names")
    guard let handle = FileHandle(forReadingAtPath: path) else {
        let reason = String(cString: strerror(errno))
        throw MissingFile(description: "\(path) cannot be read: \(reason)")
    }
    defer { try? handle.close() }
    return try handle.readToEnd() ?? Data()
}

/// A line of a file that is not as it should be.
struct LineError: Error, CustomStringConvertible {
    let path: String
    let line: Int
    let reason: String

    var description: String { "\(path):\(line): \(reason)" }
}

/// A file of lines, each a JSON object.
struct JSONLines {
    let path: String
    /// The lines that are not empty, with their numbers from 1.
    let lines: [(number: Int, bytes: Data)]

    init(_ path: String, _ option: String) throws {
        self.path = path
        lines = try contents(of: path, option)
            .split(separator: 0x0A, omittingEmptySubsequences: false)
            .enumerated()
            .filter { !$0.element.allSatisfy { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D } }
            .map { ($0.offset + 1, Data($0.element)) }
    }

    /// Reads each line as an object and makes something of it; errors get the line's number.
    func map<T>(_ make: (JSONValue, _ number: Int) throws -> T) throws -> [T] {
        try lines.map { number, bytes in
            do {
                guard let text = String(validating: bytes, as: UTF8.self) else {
                    throw UsageError(description: "the line is not UTF-8")
                }
                let object = try JSONValue(parsing: text)
                guard case .object = object else {
                    throw UsageError(description: "a JSON object was expected")
                }
                return try make(object, number)
            } catch {
                throw LineError(path: path, line: number, reason: "\(error)")
            }
        }
    }
}

extension JSONValue {
    /// A string that must be there.
    func text(_ key: String) throws -> String {
        guard let text = self[key]?.string else {
            throw UsageError(description: "\"\(key)\" must be a string")
        }
        return text
    }

    /// True or false, which must be there unless there is a `default`.
    func flag(_ key: String, default fallback: Bool? = nil) throws -> Bool {
        if case .bool(let flag)? = self[key] { return flag }
        if self[key] == nil, let fallback { return fallback }
        throw UsageError(description: "\"\(key)\" must be true or false")
    }
}
