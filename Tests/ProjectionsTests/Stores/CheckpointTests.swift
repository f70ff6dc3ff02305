import EventModel
import Foundation
import Lab
import Ledger
import Testing

@testable import Projections

@Suite struct `A checkpoint` {
    private func with(_ body: (StoreFixture) throws -> Void) throws {
        try StoreFixture.with(
            .press(.single, at: "2024-04-06T07:00:00Z"),
            .press(.double, at: "2024-04-06T07:05:00Z"),
            .press(.long, at: "2024-04-07T07:00:00Z")
        ) { fixture in
            try fixture.hydrate("2024-04-06T12:00:00Z")
            try body(fixture)
        }
    }

    static let values = [
        ("version", "7"), ("sequence", "1"), ("root", "state"), ("is_prefix", "0"),
        ("asked_sequence", "2"), ("asked_time", "NULL"), ("asked_time", "0"), ("latest", "-1"),
        ("events", "3"), ("input_count", "7"), ("input_hash", "1"), ("state", "root"),
        ("state", "'none'"), ("tzdata", "'1999z'"), ("default_zone", "'Asia/Tokyo'"),
        ("portion_grams", "24"), ("double_feed_minutes", "9"), ("digest", "state"),
    ]

    @Test(arguments: values)
    func `that somebody changed is found, and never gone on from`(
        column: String, value: String
    ) throws {
        try with { fixture in
            try fixture.tamper(
                "UPDATE replaylab_checkpoint SET \(column) = \(value) WHERE projection = 'bowl-totals'"
            )
            #expect(
                try fixture.differences()
                    == ["bowl-totals: the checkpoint is not the one that was written"])
            let error = StoreError.damaged(
                path: fixture.storePath,
                reason: "the checkpoint of bowl-totals is not the one that was written")
            for until in ["seq:1", "2024-04-06T12:00:00Z", "head"] {
                #expect(throws: error) { try fixture.hydrate(until) }
            }
        }
    }

    @Test func `of a table that was made anew, with other types, ends no program`() throws {
        try with { fixture in
            try fixture.tamper(
                """
                CREATE TABLE copy AS SELECT * FROM replaylab_checkpoint;
                DROP TABLE replaylab_checkpoint; ALTER TABLE copy RENAME TO replaylab_checkpoint;
                UPDATE replaylab_checkpoint SET root = NULL, sequence = 'many', events = x'00'
                """)
            #expect(throws: StoreError.self) { try fixture.hydrate("head") }
        }
    }

    @Test func `has every column in its digest`() throws {
        try with { fixture in
            let columns = try SQLiteFile.value(
                "SELECT group_concat(name) FROM pragma_table_info('replaylab_checkpoint')",
                on: fixture.storePath)
            #expect(
                Set(columns?.split(separator: ",").map(String.init) ?? [])
                    == Set(Self.values.map(\.0) + ["projection"]))
        }
    }

    private struct Forgery: Sendable {
        var column: String
        var change: @Sendable (inout Checkpoint) -> Void
        var message: String
    }

    private static let forgeries: [Forgery] = [
        Forgery(
            column: "events", change: { $0.events = 3 },
            message: "number of events is 3, and should be 2"),
        Forgery(
            column: "latest", change: { $0.latest = Timestamp(microseconds: 0) },
            message: "latest time is 0, and should be 1712387100000000"),
        Forgery(
            column: "is_prefix", change: { $0.isPrefix = false },
            message: "mark of a prefix is false, and should be true"),
        Forgery(
            column: "input_hash", change: { $0.input = InputDigest(count: 2, hash: 1) },
            message: "digest of the input is 2:0000000000000001, and should be 2:"),
        Forgery(
            column: "state", change: { $0.state = $0.root }, message: "digest of the state is "),
    ]

    /// A digest has no key, so whoever changes a row can write it, too.
    @Test(arguments: Self.forgeries.indices)
    func `that was forged with its digest differs from its history`(place: Int) throws {
        let forgery = Self.forgeries[place]
        try with { fixture in
            var forged = try fixture.store().checkpoints()[0]
            forgery.change(&forged)
            let values = [
                "events": "\(forged.events)", "latest": "\(forged.latest.microseconds)",
                "is_prefix": forged.isPrefix ? "1" : "0",
                "input_hash": "\(forged.input.words.hash)", "state": "'\(forged.state.hex)'",
            ]
            try fixture.tamper(
                "UPDATE replaylab_checkpoint SET \(forgery.column) = \(values[forgery.column] ?? ""),"
                    + " digest = '\(forged.digest.hex)' WHERE projection = 'bowl-totals'")
            let differences = try fixture.differences()
            #expect(differences.count == 1)
            let message = "bowl-totals: the checkpoint's \(forgery.message)"
            #expect(differences.first?.hasPrefix(message) == true, "\(differences)")
        }
    }
}
