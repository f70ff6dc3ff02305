import EventModel
import Foundation
import Lab
import Ledger
import Projections
import Testing

@Suite struct `A store refuses` {
    static let presses: [GivenEvent] = (1...9).map {
        .press(.single, at: "2024-03-0\($0)T07:00:00Z", device: "b")
    }

    /// Runs `body` with a store at the head of nine presses, and a second ledger of these.
    private func with(
        other: [GivenEvent], body: (StoreFixture) throws -> Void
    ) throws {
        try withTemporaryFolder { folder in
            let fixture = StoreFixture(folder: folder)
            try GeneratedHistory.append(Given(Self.presses).events, to: fixture.ledgerPath)
            try GeneratedHistory.append(Given(other).events, to: folder + "/other.ledger")
            try fixture.hydrate("head")
            try body(fixture)
            // Whatever was refused has changed nothing.
            #expect(try fixture.differences() == [])
        }
    }

    private func expectOtherLedger(
        _ fixture: StoreFixture, _ reason: String,
        projections: [any Projection.Type] = StoreFixture.all
    ) {
        let error = #expect(throws: StoreError.self) {
            try fixture.hydrate("head", of: "other.ledger", projections: projections)
        }
        guard case .otherLedger(_, _, let found)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(found == reason)
    }

    @Test func `another ledger of the same length`() throws {
        let other = (1...9).map { GivenEvent.press(.long, at: "2024-03-0\($0)T07:00:00Z") }
        try with(other: other) {
            expectOtherLedger($0, "the first 9 events have another root")
        }
    }

    @Test func `a ledger that diverged below its head`() throws {
        var other = Self.presses
        other[4] = .press(.double, at: "2024-03-05T07:00:00Z", device: "b")
        other.append(.press(.single, at: "2024-03-10T07:00:00Z", device: "b"))
        try with(other: other) {
            expectOtherLedger($0, "the first 9 events have another root")
        }
    }

    @Test func `a ledger that was cut short`() throws {
        try with(other: Array(Self.presses.prefix(5))) {
            expectOtherLedger($0, "the store is at sequence 9, the ledger ends at 5")
        }
    }

    @Test func `another ledger for a projection that it does not hold yet`() throws {
        let other = (1...9).map { GivenEvent.press(.long, at: "2024-03-0\($0)T07:00:00Z") }
        try with(other: other) {
            expectOtherLedger(
                $0, "the first 9 events have another root", projections: [First.self])
        }
    }

    @Test func `takes a ledger that goes on where its own ended`() throws {
        let other = Self.presses + [.press(.long, at: "2024-03-10T07:00:00Z")]
        try withTemporaryFolder { folder in
            let fixture = StoreFixture(folder: folder)
            try GeneratedHistory.append(Given(Self.presses).events, to: fixture.ledgerPath)
            try GeneratedHistory.append(Given(other).events, to: folder + "/other.ledger")
            try fixture.hydrate("head")
            let step = try fixture.hydrate("head", of: "other.ledger")[0]
            #expect(step == .resume(from: 9))
        }
    }

    static let foreign: [(String, [UInt8])] = [
        ("text", Array("not a database at all, but a letter to a cat\n".utf8)),
        ("zeros", [UInt8](repeating: 0, count: 4096)),
    ]

    @Test(arguments: foreign.indices)
    func `a file that is no SQLite file`(place: Int) throws {
        try withTemporaryFolder { folder in
            let fixture = StoreFixture(folder: folder)
            let (_, bytes) = Self.foreign[place]
            try Data(bytes).write(to: URL(filePath: fixture.storePath))
            #expect(throws: StoreError.self) { try fixture.store() }
            #expect(FileManager.default.contents(atPath: fixture.storePath) == Data(bytes))
        }
    }

    @Test(arguments: [
        ("CREATE TABLE cats (name TEXT)", "a SQLite file of another program"),
        ("PRAGMA application_id = 7; CREATE TABLE c (n)", "a SQLite file of another program"),
        (
            "CREATE TABLE c (n); PRAGMA application_id = \(0x524C_7374); PRAGMA user_version = 2",
            "it has format version 2, and this program knows 1"
        ),
    ])
    func `a SQLite file of another program or version`(sql: String, reason: String) throws {
        try withTemporaryFolder { folder in
            let fixture = StoreFixture(folder: folder)
            try fixture.tamper(sql)
            #expect(throws: StoreError.notAStore(path: fixture.storePath, reason: reason)) {
                try fixture.store()
            }
        }
    }

    @Test func `to be made for reading`() throws {
        try withTemporaryFolder { folder in
            #expect(throws: StoreError.self) {
                try HydrationStore(path: folder + "/none.sqlite", readOnly: true)
            }
            let found = try FileManager.default.contentsOfDirectory(atPath: folder)
            #expect(found == [])
        }
    }

    @Test(arguments: [
        "UPDATE replaylab_snapshot SET body = x'00' WHERE projection = 'bowl-totals'",
        "UPDATE replaylab_snapshot SET body = substr(body, 1, length(body) - 1)",
        "UPDATE replaylab_snapshot SET body = CAST(x'ff01' || body AS BLOB)",
        "DELETE FROM replaylab_snapshot",
        "UPDATE replaylab_checkpoint SET state = 'none'",
        "UPDATE replaylab_checkpoint SET digest = state",
        "ALTER TABLE replaylab_checkpoint DROP COLUMN events",
    ])
    func `to go on from what somebody changed`(sql: String) throws {
        try withTemporaryFolder { folder in
            let fixture = StoreFixture(folder: folder)
            try GeneratedHistory.append(Given(Self.presses).events, to: fixture.ledgerPath)
            try fixture.hydrate("seq:5")
            try fixture.tamper(sql)
            #expect(throws: StoreError.self) { try fixture.hydrate("head") }
        }
    }

    @Test func `a second writer, which waits or is told`() async throws {
        let folder = FileManager.default.temporaryDirectory.path + "/\(UUID().uuidString)"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let fixture = StoreFixture(folder: folder)
        try GeneratedHistory.append(Given(Self.presses).events, to: fixture.ledgerPath)
        // All open, make and hydrate one store at once; the sum is one hydrated store.
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<8 { group.addTask { try fixture.hydrate("head") } }
            try await group.waitForAll()
        }
        #expect(try fixture.differences() == [])
        #expect(try fixture.store().checkpoints().map(\.sequence) == [9, 9])
    }
}
