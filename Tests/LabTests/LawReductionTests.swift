import EventModel
import Foundation
import Lab
import Projections
import Testing

@testable import Mutants

@Suite struct `A violation of a law is made small` {
    /// What is left of what each broken projection shows first: no single event of it can go.
    static let minima: [(any Projection.Type, events: Int)] = [
        (ForgetsInMerge.self, 1), (MergesBackwards.self, 1), (CountsBatches.self, 2),
        (DigestWithoutGrams.self, 2), (DoesNotRestoreGrams.self, 1), (LeavesBytesUnread.self, 1),
        (DoubleCountsOnResume.self, 2), (DigestOfIndices.self, 3), (RowsOutOfOrder.self, 1),
        (ClaimsNoOrder.self, 2),
    ]

    @Test(arguments: minima.indices)
    func `to the events that it takes`(place: Int) async throws {
        let (type, count) = Self.minima[place]
        let violation = try #require(await violation(of: type))
        #expect(violation.history.events.count == count, "\(violation)")
        #expect(violation.reduction?.isMinimal == true)
        #expect(violation.description.contains("events; none of them can go"))
    }

    @Test func `and printed an event a line`() async throws {
        let text = try #require(await violation(of: CountsBatches.self)).description
        let lines = text.split(separator: "\n").filter { $0.contains("  LONG  ") }
        #expect(!lines.isEmpty, "\(text)")
    }

    @Test func `not further than the limit, which it then says`() async throws {
        let violation = await #expect(throws: LawViolation.self) {
            try await ProjectionLaws.check(CountsBatches.self, size: 60, reductionLimit: 3)
        }
        #expect(violation?.reduction?.probes == 3 && violation?.reduction?.isMinimal == false)
        let text = violation?.description ?? ""
        #expect(text.contains("fewer may do: the reduction stopped after 3 histories"), "\(text)")
    }

    @Test func `not at all if that is wanted`() async throws {
        let violation = await #expect(throws: LawViolation.self) {
            try await ProjectionLaws.check(CountsBatches.self, size: 60, reductionLimit: 0)
        }
        #expect(violation?.reduction == nil)
        #expect(violation?.history.events.count == violation?.history.arrivals)
        #expect(violation?.repetition.contains("REPLAYLAB_EVENTS") == false)
    }

    /// What `#function` gives, and the pattern that finds it in any shell.
    @Test(arguments: [
        ("plain(number:)", "plain"), ("", "counts-batches"),
        ("`a feeder's (one + two) grams`(n:)", "a feeder.s .one . two. grams"),
        ("a feeder's (one + two) grams()", "a feeder.s .one . two. grams"),
    ])
    func `and repeated by a name that a shell leaves alone`(test: String, filter: String) async {
        let violation = await #expect(throws: LawViolation.self) {
            try await ProjectionLaws.check(
                CountsBatches.self, size: 60, reductionLimit: 0, test: test)
        }
        let line = violation?.repetition ?? ""
        #expect(line.hasSuffix(" swift test --filter '\(filter)'"), "\(line)")
    }

    @Test func `an event that a history has not is refused`() throws {
        let history = GeneratedHistory(seed: 1, number: 1, size: 5)
        #expect(try history.keeping([2, 1]).numbers == [1, 2])
        #expect(throws: LawAddressError.self) { try history.keeping([1, 99]) }
    }

    private func violation<P: Projection>(of type: P.Type) async -> LawViolation? {
        await #expect(throws: LawViolation.self) {
            try await ProjectionLaws.check(P.self, histories: 6, size: 60)
        }
    }
}
