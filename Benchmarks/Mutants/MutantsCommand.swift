import Foundation
import Mutants

/// Breaks the project on purpose, and shows who notices.
///
///     mutants                      prints the table; 1 where a mutant survives or is not minimal
///     mutants --json               the same as JSON
///     mutants --write PAGE JSON    puts the table between the page's marks, and writes the JSON
///     mutants --check PAGE JSON    fails where page or JSON are not what this run says
///     mutants NAME…                these alone
@main struct MutantsCommand {
    private static let marks = ("<!-- mutants -->\n\n", "\n\n<!-- end of mutants -->")

    static func main() async throws {
        let words = Array(CommandLine.arguments.dropFirst())
        let option = words.first.flatMap { $0.hasPrefix("--") ? $0 : nil }
        let rest = option == nil ? words : Array(words.dropFirst())
        switch (option, rest.count) {
        case (nil, _): try await show(rest) { $0.markdown.joined(separator: "\n") }
        case ("--json", _): try await show(rest) { $0.json }
        case ("--write", 2): try await write(rest[0], rest[1])
        case ("--check", 2): try await check(rest[0], rest[1])
        default: end("usage: mutants [--json] [NAME…] | --write PAGE JSON | --check PAGE JSON", 64)
        }
    }

    private static func show(_ names: [String], _ text: @Sendable (MutantTable) -> String)
        async throws
    {
        let known = Set(Mutant.all.map(\.name))
        if let stranger = names.first(where: { !known.contains($0) }) {
            end("there is no mutant \(stranger); mutants without a name shows all", 64)
        }
        let table = try await MutantTable(
            Mutant.all.filter { names.isEmpty || names.contains($0.name) })
        print(text(table))
        complain(table)
    }

    private static func write(_ page: String, _ file: String) async throws {
        let table = try await MutantTable(Mutant.all)
        try with(page, table).write(toFile: page, atomically: true, encoding: .utf8)
        try table.json.write(toFile: file, atomically: true, encoding: .utf8)
        complain(table)
    }

    private static func check(_ page: String, _ file: String) async throws {
        let table = try await MutantTable(Mutant.all)
        complain(table)
        for (path, wanted) in [(page, try with(page, table)), (file, table.json)] {
            guard try String(contentsOfFile: path, encoding: .utf8) != wanted else { continue }
            end("\(path) does not say what this run does; run make mutants", 1)
        }
    }

    /// The page with this table in it.
    private static func with(_ page: String, _ table: MutantTable) throws -> String {
        let text = try String(contentsOfFile: page, encoding: .utf8)
        guard let begin = text.range(of: marks.0),
            let end = text.range(of: marks.1, range: begin.upperBound..<text.endIndex)
        else {
            end("\(page) needs a line <!-- mutants --> and, after it, <!-- end of mutants -->", 65)
        }
        return text.replacingCharacters(
            in: begin.upperBound..<end.lowerBound, with: table.markdown.joined(separator: "\n"))
    }

    private static func complain(_ table: MutantTable) {
        let complaints = table.complaints
        if !complaints.isEmpty { end(complaints.joined(separator: "\n"), 1) }
    }

    private static func end(_ message: String, _ status: Int32) -> Never {
        FileHandle.standardError.write(Data((message + "\n").utf8))
        exit(status)
    }
}
