import EventModel
import EventPatterns
import Foundation
import Testing

/// A case of `Fixtures/eventbridge/patterns.jsonl`: what event-ruler 2.0.1 makes of a pattern and an
/// event.
struct ServiceCase: Sendable, CustomTestStringConvertible {
    var id: String
    var group: String
    var pattern: String
    var event: String
    var isValid: Bool
    var isMatch: Bool
    var isEventValid: Bool
    var error: String?
    var errorKind: String?
    var errorLine: Int?
    var errorColumn: Int?

    var testDescription: String { "\(id): \(pattern)" }

    init(line: String) throws {
        let json = try JSONValue(parsing: line)
        func text(_ key: String) -> String { json[key]?.string ?? "" }
        id = text("id")
        group = text("group")
        pattern = text("pattern")
        event = text("event")
        isValid = json["valid"] == .bool(true)
        isMatch = json["match"] == .bool(true)
        isEventValid = json["event_valid"] != .bool(false)
        error = json["error"]?.string
        errorKind = json["error_kind"]?.string
        errorLine = json["error_line"]?.int
        errorColumn = json["error_column"]?.int
    }

    /// Empty where the file cannot be read; a test counts them.
    static let all: [ServiceCase] =
        (try? Fixture.lines("patterns.jsonl").map(ServiceCase.init)) ?? []
}

/// The files of `Fixtures/eventbridge`.
enum Fixture {
    static func lines(_ name: String) throws -> [String] {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        return try String(
            contentsOf: root.appending(path: "Fixtures/eventbridge/\(name)"), encoding: .utf8
        )
        .split(separator: "\n").map(String.init)
    }

    /// The patterns of a file of rules.
    static func patterns(_ name: String) throws -> [EventPattern] {
        try lines(name).map { line in
            try EventPattern(parsing: try JSONValue(parsing: line)["pattern"]?.string ?? "")
        }
    }
}
