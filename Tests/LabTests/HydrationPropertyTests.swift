import Lab
import Projections
import PropertyChecks
import PropertyTesting
import Testing

@Suite(.property(cases: 5)) struct `Hydration, for any history` {
    private static let histories = zip(Gen<UInt64>.integer(), Gen.integer(in: 1...40, origin: 1))

    @Test func `keeps the laws for bowl totals`() async throws {
        try await forAll(Self.histories) { seed, size in
            try await ProjectionLaws.check(BowlTotals.self, seed: seed, histories: 1, size: size)
        }
    }

    @Test func `keeps the laws for feeding stats`() async throws {
        try await forAll(Self.histories) { seed, size in
            try await ProjectionLaws.check(FeedingStats.self, seed: seed, histories: 1, size: size)
        }
    }
}
