import EventModel
import Lab
import Projections
import Testing

@testable import Mutants

@Suite struct `The laws bite on a broken library` {
    static let broken: [(name: String, parts: LawParts, law: Law, events: Int)] = [
        ("a reader that skips a first record", BrokenParts.skipsFirstRecord, .reader, 1),
        ("a reader that reads one too many", BrokenParts.readsOneTooMany, .reader, 2),
        ("until without the moment itself", BrokenParts.excludesTheMoment, .until, 1),
        ("as of that knows too much", BrokenParts.knowsTooMuch, .until, 1),
        ("a snapshot that is ahead", BrokenParts.savesAhead, .snapshot, 1),
        ("two commits for one", BrokenParts.commitsHalfway, .crash, 2),
        ("two commits at the end", BrokenParts.commitsHalfwayAtTheEnd, .crash, 2),
        ("events that are dropped", BrokenParts.dropsWholeSeconds, .order, 1),
        ("a target that swallows events", BrokenParts.swallowsWholeSeconds, .delivery, 1),
    ]

    @Test(arguments: broken.indices)
    func `by the law that it is about, and with few events`(place: Int) async throws {
        let (name, parts, law, events) = Self.broken[place]
        let violation = await #expect(throws: LawViolation.self, "\(name)") {
            try await ProjectionLaws.check(BowlTotals.self, size: 10, parts: parts)
        }
        #expect(violation?.law == law, "\(name): \(violation?.description ?? "")")
        #expect(violation?.history.events.count == events, "\(violation?.description ?? "")")
        #expect(violation?.reduction?.isMinimal == true)
    }

    @Test func `a kill that leaves half of a commit names the step`() async throws {
        let violation = await #expect(throws: LawViolation.self) {
            try await ProjectionLaws.check(
                BowlTotals.self, size: 4, parts: BrokenParts.commitsHalfwayAtTheEnd)
        }
        let text = violation?.description ?? ""
        #expect(text.contains("from 0, killed after step "), "\(text)")
        #expect(text.contains("the store stands at sequence 1, and should at 0 or 2"), "\(text)")
    }

    @Test func `what was tried is counted, crashes too`() async throws {
        let report = try await ProjectionLaws.check(BowlTotals.self, histories: 2, size: 8)
        #expect(report.histories == 2 && report.events >= 16)
        // Every write of a commit is one: a store alone takes dozens.
        #expect(report.crashes > 100, "\(report)")
        #expect(report.description.contains(" crashes among what was tried"))
    }
}
