import EventModel
import Lab
import Projections
import Testing

@Suite struct `The laws hold` {
    @Test func `bowl totals keeps the laws`() async throws {
        try await ProjectionLaws.check(BowlTotals.self, histories: 12)
    }

    @Test func `feeding stats keeps the laws`() async throws {
        try await ProjectionLaws.check(FeedingStats.self, histories: 12)
    }

    @Test func `longer histories are cut where the seed says`() async throws {
        try await ProjectionLaws.check(FeedingStats.self, seed: 9, histories: 1, size: 400)
    }

    @Test func `grams dispensed as heard from the feeder keeps the laws`() async throws {
        try await ProjectionLaws.check(GramsHeard.self, histories: 6)
    }

    @Test func `grams served keeps the laws`() async throws {
        try await ProjectionLaws.check(GramsServed.self, histories: 6)
    }
}
