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
        ("as of that knows too much", BrokenParts.knowsTooMuch, .until, 2),
        ("a snapshot that is ahead", BrokenParts.savesAhead, .snapshot, 1),
        ("two commits for one", BrokenParts.commitsHalfway, .crash, 2),
        ("a bus that drops events", BrokenParts.dropsWholeSeconds, .order, 1),
    ]

    @Test(arguments: broken.indices)
    func `by the law that it is about, and with few events`(place: Int) async throws {
        let (name, parts, law, events) = Self.broken[place]
        let violation = await #expect(throws: LawViolation.self, "\(name)") {
            try await ProjectionLaws.check(BowlTotals.self, size: 30, parts: parts)
        }
        #expect(violation?.law == law, "\(name): \(violation?.description ?? "")")
        #expect(violation?.history.events.count == events, "\(violation?.description ?? "")")
        #expect(violation?.reduction?.isMinimal == true)
    }
}
