import Lab
import Projections
import Testing

@testable import Mutants

/// Throws where it is asked to, once there are two presses.
private struct Throws: Error, CustomStringConvertible {
    let description = "on purpose"
}

private struct ThrowsInWrite: Breakable {
    static let name = "throws-in-write"
    var presses = 0
    var grams = 0
    init() {}
    func write(to store: StoreWriter) throws {
        if presses > 1 { throw Throws() }
        try writeAll(to: store)
    }
}

private struct ThrowsWhenReadBack: Breakable {
    static let name = "throws-when-read-back"
    var presses = 0
    var grams = 0
    init() {}
    init(from coder: inout StateDecoder) throws {
        try restore(from: &coder)
        if presses > 1 { throw Throws() }
    }
}

private struct NullInKey: Breakable {
    static let name = "null-in-key"
    var presses = 0
    var grams = 0
    init() {}
    func write(to store: StoreWriter) throws {
        try store.table("sums", columns: ["name": .text, "value": .integer]) { row in
            if presses > 1 { try row([.null, .integer(presses)]) }
        }
    }
}

private struct TextForNumber: Breakable {
    static let name = "text-for-number"
    var presses = 0
    var grams = 0
    init() {}
    func write(to store: StoreWriter) throws {
        try store.table("sums", columns: ["name": .text, "value": .integer]) { row in
            if presses > 1 { try row([.text("presses"), .text("many")]) }
        }
    }
}

@Suite struct `A projection that throws, or writes what no store takes` {
    private static let cases: [(any Projection.Type, Law, String)] = [
        (ThrowsInWrite.self, .batches, "on purpose"),
        (ThrowsWhenReadBack.self, .snapshot, "on purpose"),
        (NullInKey.self, .rows, "sums: name is null, and a key has a value"),
        (
            TextForNumber.self, .rows,
            "sums: in the row of name presses value is many, and the column's kind is integer"
        ),
    ]

    @Test(arguments: cases.indices)
    func `breaks a law, shown by two events and a line that repeats it`(place: Int) async throws {
        let (type, law, difference) = Self.cases[place]
        let violation = try #require(await violation(of: type))
        #expect(violation.law == law, "\(violation)")
        #expect(violation.difference == difference)
        #expect(violation.history.events.count == 2, "\(violation)")
        #expect(violation.reduction?.isMinimal == true)
    }

    @Test func `is counted with the laws that say something of it alone`() async throws {
        let some = try await ProjectionLaws.check(Sound.self, histories: 1)
        #expect(some.laws == Law.allCases.count - 2)
        #expect(some.description.hasPrefix("sound keeps 14 laws on 1 history of "))
        let all = try await ProjectionLaws.check(BowlTotals.self, histories: 1)
        #expect(all.laws == Law.allCases.count)
    }

    private func violation<P: Projection>(of type: P.Type) async -> LawViolation? {
        await #expect(throws: LawViolation.self) { try await ProjectionLaws.check(P.self) }
    }
}
