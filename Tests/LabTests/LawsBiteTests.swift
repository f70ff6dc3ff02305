import EventModel
import Foundation
import Lab
import Projections
import Testing

@testable import Mutants

@Suite struct `The laws bite` {
    static let broken: [(any Projection.Type, Law)] = [
        (ForgetsInMerge.self, .merge), (MergesBackwards.self, .merge),
        (CountsBatches.self, .batches), (DigestWithoutGrams.self, .digest),
        (DoesNotRestoreGrams.self, .snapshot), (LeavesBytesUnread.self, .snapshot),
        (DoubleCountsOnResume.self, .snapshot), (DigestOfIndices.self, .names),
        (RowsOutOfOrder.self, .rows), (ClaimsNoOrder.self, .order),
    ]

    @Test(arguments: broken.indices)
    func `a broken projection is caught by the right law`(place: Int) async throws {
        let (type, law) = Self.broken[place]
        let violation = await #expect(throws: LawViolation.self) { try await check(type) }
        #expect(violation?.law == law, "\(violation?.description ?? "no violation")")
        #expect(violation?.projection == type.name)
    }

    @Test func `a sound one is let through`() async throws {
        try await ProjectionLaws.check(Sound.self, histories: 6)
    }

    @Test func `order may matter to one that does not claim the contrary`() async throws {
        try await ProjectionLaws.check(NeedsOrder.self, histories: 6)
        let violation = await #expect(throws: LawViolation.self) {
            try await check(ClaimsNoOrder.self)
        }
        let text = violation?.description ?? ""
        #expect(text.contains("claims-no-order breaks the law “order”: without needsOrder, any"))
        #expect(text.contains("from the last event to the first: "))
        #expect(text.contains("in the row of name grams value is "))
        #expect(text.contains("it must not say needsOrder = false"))
    }

    @Test func `a violation names all that is needed to see it again`() async throws {
        let violation = await #expect(throws: LawViolation.self) {
            try await ProjectionLaws.check(ForgetsInMerge.self, seed: 5)
        }
        let text = try #require(violation).description
        #expect(text.hasPrefix("forgets-in-merge breaks the law “merge”"))
        #expect(text.contains("sums: in the row of name grams value is "))
        #expect(
            text.contains(
                "REPLAYLAB_SEED=5 REPLAYLAB_HISTORY=\(violation?.history.number ?? 0)"
                    + " REPLAYLAB_EVENTS=\(violation?.history.numbers.first ?? 0) swift test --filter"
                    + " 'a violation names all that is needed to see it again'"))
    }

    @Test func `the same violation comes again from its seed and number`() throws {
        let history = GeneratedHistory(seed: 3, number: 4)
        let texts = (1...2).map { _ in
            #expect(throws: LawViolation.self) {
                try ProjectionLaws.check(DoesNotRestoreGrams.self, on: history)
            }?.description
        }
        #expect(texts[0] == texts[1])
    }

    /// What is left of each is asked for elsewhere.
    private func check<P: Projection>(_ type: P.Type) async throws {
        try await ProjectionLaws.check(P.self, histories: 6, size: 60, reductionLimit: 0)
    }
}
