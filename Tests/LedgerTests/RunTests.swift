import EventModel
import GRDB
import Ledger
import Testing

@Suite struct Runs {
    private let folder: Folder
    private let path: String

    init() throws {
        folder = try Folder()
        path = folder("a.ledger")
    }

    /// Opens, appends and leaves; the run that it wrote.
    private func run(
        _ provenance: String, _ numbers: Range<Int>, isComplete: Bool = false
    ) throws -> (resumable: LedgerRun?, run: LedgerRun) {
        var resumable: LedgerRun?
        let writer = try LedgerWriter(path: path) { last in
            resumable = last
            return provenance
        }
        try writer.append(Sample.events(numbers), isComplete: isComplete)
        try writer.close()
        return (resumable, writer.run)
    }

    @Test func `a run that was not finished is resumed by equal provenance`() throws {
        let first = try run("{}", 0..<3)
        #expect(first.resumable == nil)
        #expect(first.run.number == 1 && first.run.consumed == 3)
        let second = try run("{}", 3..<5, isComplete: true)
        #expect(second.resumable?.consumed == 3)
        #expect(second.run.number == 1 && second.run.consumed == 5 && second.run.isComplete)
        let third = try run("{}", 5..<6)
        #expect(third.resumable == nil)
        #expect(third.run.number == 2 && third.run.begin == 5)
        #expect(try EventLedger.verify(path: path).isSound)
    }

    @Test(arguments: [("{\"a\":1}", "{\"a\":2}"), ("\"\u{E9}\"", "\"e\u{301}\"")])
    func `other provenance begins a new run`(one: String, other: String) throws {
        _ = try run(one, 0..<3)
        let second = try run(other, 3..<5)
        #expect(second.resumable?.provenance == one)
        #expect(second.run.number == 2 && second.run.begin == 3 && second.run.consumed == 2)
        #expect(try EventLedger(path: path).runs().map(\.number) == [1, 2])
        #expect(try EventLedger.verify(path: path).isSound)
    }

    @Test func `what was consumed counts without an event, nothing at all leaves no row`() throws {
        let writer = try LedgerWriter(path: path) { _ in "{}" }
        try writer.append([], consumed: 7)
        try writer.append([])
        try writer.append([], isComplete: true)
        try writer.close()
        let found = try #require(try EventLedger(path: path).runs().first)
        #expect(found.consumed == 7 && found.isComplete)
        #expect(try EventLedger.verify(path: path).isSound)
        let batches = try withSQLite(path) {
            try Int.fetchOne($0, sql: "SELECT count(*) FROM batch")
        }
        #expect(batches == 2)
    }

    @Test func `provenance that cannot be had leaves the ledger as it was`() throws {
        struct Refused: Error {}
        let head = try makeLedger(path, [Sample.events(0..<3)])
        #expect(throws: Refused.self) { try LedgerWriter(path: path) { _ in throw Refused() } }
        #expect(try folder.names == ["a.ledger"])
        #expect(try EventLedger(path: path).head() == head)
        #expect(try EventLedger(path: path).runs().count == 1)
    }
}
