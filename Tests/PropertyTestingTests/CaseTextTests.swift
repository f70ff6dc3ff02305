import PropertyChecks
import PropertyTesting
import Testing

@Suite struct `A saved case` {
    @Test func `is read as it was written`() async throws {
        let texts = Gen<String>.text(of: 0...20).filter { !$0.contains { $0.isNewline } }
        let gen = zip(texts, texts, Gen<Int>.integer().list())
            .map { CaseText(test: $0, failure: $1, choices: $2) }
        try await forAll(gen) { try #expect(CaseText(parsing: $0.text) == $0) }
    }

    @Test(arguments: [
        ("", 1), ("property case 2\n", 1), ("property case 1\n", 2),
        ("property case 1\ntest a\nchoices 1\n", 3),
        ("property case 1\ntest a\nfailure b\nchoices 1 x\n", 4),
        ("property case 1\ntest a\nfailure b\nchoices 99999999999999999999\n", 4),
    ]) func `that is damaged is refused, and the line said`(text: String, line: Int) {
        #expect { try CaseText(parsing: text) } throws: { ($0 as? CaseText.Mistake)?.line == line }
    }

    @Test func `outlives a generator that changed`() async throws {
        let search = Search(zip(Gen.integer(in: 0...9), Gen.integer(in: 0...9))) { _, _ in
            .failed("it")
        }
        let (_, outcome) = await search.once([500])
        #expect(outcome == .failed("it"))
        #expect(try #require(await search.once([500]).value) == (9, 0))
        #expect(try #require(await search.once([1, 2, 3, 4]).value) == (1, 2))
    }
}
