import EventModel

/// What came of all mutants: for people, for a page, and for programs. The same bytes on every run.
package struct MutantTable: Sendable {
    package var verdicts: [Verdict] = []

    /// Looks for each mutant in turn.
    package init(_ mutants: [Mutant]) async throws {
        for mutant in mutants { verdicts.append(try await mutant.verdict()) }
    }

    /// What is not as it should be, one mutant after the other.
    package var complaints: [String] { verdicts.compactMap(\.complaint) }

    /// The table of a page, in Markdown.
    package var markdown: [String] {
        [
            "| mutant | what is wrong | caught by | cases | budget | left | known minimum |",
            "| --- | --- | --- | ---: | ---: | ---: | --- |",
        ]
            + verdicts.map { verdict in
                let (mutant, capture) = (verdict.mutant, verdict.worst)
                let lines = mutant.minimum.lines.map { "`\($0)`" }.joined(separator: ", ")
                let cells = [
                    "`\(mutant.name)`", mutant.sentence, capture?.by ?? "nobody",
                    capture.map { "\($0.cases)" } ?? "–", "\(mutant.budget)",
                    capture.map { "\($0.lines.count)" } ?? "–",
                    "\(mutant.minimum.lines.count): \(lines) – \(mutant.minimum.because)",
                ]
                return "| " + cells.joined(separator: " | ") + " |"
            }
    }

    /// A JSON object a mutant.
    package var json: String {
        func list(_ lines: [String]) -> String {
            "[" + lines.map(JSONText.quoted).joined(separator: ", ") + "]"
        }
        let rows: [String] = verdicts.map { verdict in
            let (mutant, capture) = (verdict.mutant, verdict.worst)
            let members: KeyValuePairs<String, String> = [
                "mutant": JSONText.quoted(mutant.name),
                "kind": JSONText.quoted(mutant.kind.rawValue),
                "sentence": JSONText.quoted(mutant.sentence),
                "caughtBy": capture.map { JSONText.quoted($0.by) } ?? "null",
                "cases": capture.map { "\($0.cases)" } ?? "null",
                "budget": "\(mutant.budget)",
                "seeds": "\(mutant.seeds.count)",
                "reduced": capture.map { list($0.lines) } ?? "null",
                "minimum": list(mutant.minimum.lines),
                "because": JSONText.quoted(mutant.minimum.because),
                "isMinimal": verdict.complaint == nil ? "true" : "false",
            ]
            return "{" + members.map { "\"\($0.key)\": \($0.value)" }.joined(separator: ", ") + "}"
        }
        return "[\n" + rows.joined(separator: ",\n") + "\n]\n"
    }
}
