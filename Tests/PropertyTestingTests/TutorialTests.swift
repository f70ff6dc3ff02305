import Foundation
import PropertyChecks
import PropertyTesting
import Testing

/// The code of docs/property-testing.md; a test compares the two.
@Suite struct `The tutorial` {
    @Test func `a reversed list has the same elements`() async throws {
        try await forAll(Gen.integer(in: -9...9).list()) { list in
            #expect(list.reversed().sorted() == list.sorted())
        }
    }

    @Test func `shares`() async throws {
        let shares = Gen.integer(in: 1...9, origin: 1).flatMap { cats in
            Gen.integer(in: 0...100).list(of: cats...cats)
        }
        try await forAll(shares) { #expect((1...9).contains($0.count)) }
    }

    struct Bowl { var grams = 0 }

    @Test func `a bowl holds what was filled in and not eaten`() async throws {
        let machine = Machine<Int, Bowl>(
            0,
            rules: [
                .init("fill", with: { _ in Gen.integer(in: 0...50) }) { model, grams in
                    model += grams
                } action: { bowl, _, grams in
                    bowl.grams += grams
                },
                .init("eat", when: { $0 > 0 }) { model in
                    model -= 1
                } action: { bowl, _ in
                    bowl.grams -= 1
                },
            ]
        ) { bowl, model in
            #expect(bowl.grams == model)
        }

        try await forAll(machine.programs(of: 0...30)) { program in
            var bowl = Bowl()
            try await program.run(on: &bowl)
        }
    }

    /// Each line of the page's Swift code stands in this file.
    @Test func `says what is compiled here`() throws {
        let here = URL(fileURLWithPath: #filePath)
        let root = here.deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        func lines(_ text: String) -> [String] {
            text.components(separatedBy: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
        }
        let compiled = Set(lines(try String(contentsOf: here, encoding: .utf8)))
        let page = try String(
            contentsOf: root.appendingPathComponent("docs/property-testing.md"), encoding: .utf8)
        let blocks = page.components(separatedBy: "```swift\n").dropFirst()
            .map { $0.components(separatedBy: "```")[0] }
        #expect(blocks.count == 3)
        for line in lines(blocks.joined()) { #expect(compiled.contains(line), "\(line)") }
    }
}
