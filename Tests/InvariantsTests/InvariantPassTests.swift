import EventModel
import Invariants
import Lab
import Ledger
import Projections
import Testing

/// Names the first event that shows it as the place, and a witness twice that does not exist.
private struct Misplaced: Invariant {
    static let name = "misplaced"
    static let version = 1
    static let sentence = "no two DOUBLE presses"
    private var first: Int?

    init(_ value: Int) {}

    mutating func apply(_ press: Press, _ history: borrowing History) -> Violation? {
        guard press.click == .double else { return nil }
        guard let first else {
            self.first = press.sequence
            return nil
        }
        return Violation(
            "two", of: "doubles", at: first, witnesses: [-3, -3], "two DOUBLE presses")
    }
}

private struct Note: EventDetail {
    static let detailType = "Note"
    init?(detail: JSONValue) {}
}

/// Breaks by what it hears, though it listens for nothing or for notes alone.
private struct Deaf: Invariant {
    static let name = "deaf"
    static let version = 1
    static let sentence = "nothing is heard"

    init(_ value: Int) {}

    mutating func apply(_ press: Press, _ history: borrowing History) -> Violation? { nil }

    mutating func apply(_ event: HeardEvent, _ history: borrowing History) -> Violation? {
        Violation("heard", of: "a note", at: event.sequence, "a note was heard")
    }
}

private struct Listening: Invariant {
    static let name = "listening"
    static let version = 1
    static let sentence = "there is no note"
    static var hears: [any EventDetail.Type] { [Note.self] }
    private var deaf = Deaf(0)

    init(_ value: Int) {}

    mutating func apply(_ press: Press, _ history: borrowing History) -> Violation? { nil }

    mutating func apply(_ event: HeardEvent, _ history: borrowing History) -> Violation? {
        deaf.apply(event, history)
    }
}

@Suite struct `A pass of invariants` {
    @Test func `finds a violation at the event that was given, whatever it says`() throws {
        let events = Presses.many(40) { [3, 7].contains($0) ? .double : .single }
        let ledger = try TemporaryLedger(events)
        let database = try TimeZoneDatabase()
        let found = try #require(
            try InvariantPass.transition(
                ledger.open(), ChosenInvariant(Misplaced.self), database: database))
        #expect(found.violation.sequence == 8)
        #expect(found.violation.witnesses == [4, 8])
        let reduced = try #require(
            try LedgerReduction(
                ledger.open(), ChosenInvariant(Misplaced.self), database: database
            ).run())
        #expect(reduced.events.map(\.sequence) == [4, 8])
    }

    @Test func `gives an invariant what it hears, and nothing that another one does`() throws {
        let time = Timestamp(seconds: Presses.begin.seconds + 60)
        let note = Event(
            id: EventID("note"), time: time, recorded: time,
            content: EventContent(source: "me", detailType: "Note", device: nil, detail: "{}"))
        let ledger = try TemporaryLedger([Presses.press(1, at: Presses.begin), note])
        var pass = try InvariantPass(
            ledger.open(), [ChosenInvariant(Deaf.self), ChosenInvariant(Listening.self)],
            database: TimeZoneDatabase())
        try pass.run()
        #expect(pass.findings.map { $0.violation?.sequence } == [nil, 2])
        #expect(pass.findings.map(\.events) == [1, 2])
    }

    @Test func `shows the feeder that nothing came for, and not the last one`() throws {
        let day: Int64 = 86400
        let begin = Presses.begin.seconds
        let ledger = try TemporaryLedger([
            Presses.press(1, at: Presses.begin, device: "hall"),
            Presses.press(2, at: Timestamp(seconds: begin + day), device: "kitchen"),
            Presses.press(3, at: Timestamp(seconds: begin + 2 * day), device: "kitchen"),
        ])
        let found = try #require(
            try InvariantPass.transition(
                ledger.open(), ChosenInvariant(FedEveryDay.self), database: TimeZoneDatabase()))
        #expect(found.isAtEnd && found.violation.subject == "hall")
        #expect(found.before.map(\.name) == ["hall"] && found.after.map(\.name) == ["hall"])
    }
}
