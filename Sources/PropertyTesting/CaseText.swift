/// A failing case as text: what a file of the database holds.
///
///     property case 1
///     test FeederTests.`a bowl is never fed twice`()
///     failure FeederTests/BowlTests.swift:31
///     choices 1 0 1 1 0
///
/// Choices outlast seeds: a generator that changed brings them within its bounds and fills up what is
/// missing with the simplest.
public struct CaseText: Sendable, Equatable {
    public var test: String
    /// What tells the failure from others.
    public var failure: String
    public var choices: [Int]

    public init(test: String, failure: String, choices: [Int]) {
        self.test = test
        self.failure = failure
        self.choices = choices
    }

    private static let heading = "property case 1"

    /// Why a text is no case.
    public struct Mistake: Error, Equatable, CustomStringConvertible {
        public var line: Int
        public var expected: String

        public var description: String { "line \(line): expected \(expected)" }
    }

    public init(parsing text: String) throws(Mistake) {
        // Bytes: a letter and the mark that follows it are one character, and no prefix of it.
        let lines = text.utf8.split(separator: 0x0A, omittingEmptySubsequences: false)
        func value(_ number: Int, _ name: String) throws(Mistake) -> String {
            guard number < lines.count, lines[number].starts(with: (name + " ").utf8) else {
                throw Mistake(line: number + 1, expected: "'\(name) …'")
            }
            return String(decoding: lines[number].dropFirst(name.utf8.count + 1), as: UTF8.self)
        }
        guard lines[0].elementsEqual(Self.heading.utf8) else {
            throw Mistake(line: 1, expected: "'\(Self.heading)'")
        }
        test = try value(1, "test")
        failure = try value(2, "failure")
        guard let choices = Self.choices(try value(3, "choices")) else {
            throw Mistake(line: 4, expected: "whole numbers with a space between them")
        }
        self.choices = choices
    }

    /// The file's text, with a line feed at its end.
    public var text: String {
        func line(_ text: String) -> String {
            text.split(whereSeparator: \.isNewline).joined(separator: " ")
        }
        return """
            \(Self.heading)
            test \(line(test))
            failure \(line(failure))
            choices \(Self.text(choices))

            """
    }

    /// Numbers with a space between them.
    public static func text(_ choices: [Int]) -> String {
        choices.map(String.init).joined(separator: " ")
    }

    /// nil where there is something else than whole numbers.
    public static func choices(_ text: String) -> [Int]? {
        let words = text.split(separator: " ")
        let numbers = words.compactMap { Int($0) }
        return numbers.count == words.count ? numbers : nil
    }
}
