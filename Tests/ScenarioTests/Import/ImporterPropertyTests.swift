import EventModel
import Foundation
import PropertyChecks
import PropertyTesting
import Scenario
import Testing

@Suite struct `An importer, for any texts` {
    /// A text as JSON has it.
    private static func quoted(_ text: String) throws -> String {
        String(decoding: try JSONEncoder().encode(text), as: UTF8.self)
    }

    /// Ids apart from each other byte by byte, with a text each for the detail.
    private static let lines = zip(
        Gen<String>.text(of: 1...12), Gen<String>.text(of: 0...30)
    ).list(of: 0...8) { Array($0.0.utf8) }

    @Test(.property(cases: 100)) func `finds each line's event, its detail verbatim`() async throws
    {
        try await forAll(Self.lines) { lines in
            let details = try lines.map {
                #"{"click-type":"SINGLE","note":\#(try Self.quoted($0.1))}"#
            }
            let text = try Swift.zip(lines, details).map { line, detail in
                // A quote and the mark that follows it are one character.
                let id = try Self.quoted(line.0).unicodeScalars.dropFirst().dropLast()
                return envelope(id: String(id), detail: detail) + "\n"
            }.joined()
            let found = try imported(text)
            #expect(found.events.map { Array($0.id.text.utf8) } == lines.map { Array($0.0.utf8) })
            #expect(found.events.map(\.detail) == details)
            #expect(found.report.bad == 0)
        }
    }
}
