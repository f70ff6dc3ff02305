import EventModel
import Foundation
import GRDB
import Ledger
import Testing

/// `docs/ledger-format.md` says how a reader without our code computes what a ledger holds.
@Suite struct `The documented format` {
    /// The lines of hexadecimal digits of the worked example, joined where they belong together.
    private func blocks() throws -> [Data] {
        let path = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../docs/ledger-format.md").standardized
        let text = try String(contentsOf: path, encoding: .utf8)
        let example = try #require(text.components(separatedBy: "## A worked example").last)
        return example.components(separatedBy: "\n\n").compactMap { paragraph in
            let lines = paragraph.split(separator: "\n")
            guard lines.allSatisfy({ $0.hasPrefix("    ") }), !lines.isEmpty else { return nil }
            let digits = Array(lines.map { $0.dropFirst(4) }.joined())
            return Data(
                stride(from: 0, to: digits.count - 1, by: 2).compactMap {
                    UInt8(String(digits[$0...$0 + 1]), radix: 16)
                })
        }
    }

    private func hash(_ bytes: Data) -> Data {
        Data(bytes.withUnsafeBytes { SHA256.hash($0) }.bytes)
    }

    @Test func `the worked example is what a ledger holds`() throws {
        let blocks = try blocks()
        try #require(blocks.count == 8)
        for place in [0, 4, 6] { #expect(hash(blocks[place]) == blocks[place + 1]) }
        #expect(hash([0] + blocks[2]) == blocks[3])
        // The parts stand in each other.
        #expect(blocks[2].suffix(32) == blocks[1])
        #expect(blocks[6].suffix(32) == blocks[3])

        let folder = try Folder()
        let path = folder("a.ledger")
        let time = try Timestamp(text: "2024-03-01T07:00:00Z")
        let event = Event(
            id: EventID("first"), time: time,
            recorded: try Timestamp(text: "2024-03-01T07:00:01.5Z"),
            content: EventContent(
                source: "com.feedmyfurbabies", detailType: "AWS IoT 1-Click", device: "G030A",
                detail: #"{"click-type": "SINGLE"}"#))
        let writer = try LedgerWriter(path: path) { _ in "{}" }
        try writer.append([event])
        try writer.close()
        #expect(Data(writer.head.root.bytes) == blocks[3])
        #expect(Data(event.content.digest.bytes) == blocks[1])
        func prefix(_ bytes: Data) -> Int64 { bytes.prefix(8).reduce(0) { $0 << 8 | Int64($1) } }
        let integers = try withSQLite(path) { db in
            try ["SELECT digest FROM content", "SELECT leaf FROM event", "SELECT lag FROM event"]
                .map {
                    try Int64.fetchOne(db, sql: $0)
                }
        }
        #expect(integers == [prefix(blocks[1]), prefix(blocks[3]), 1_500_000])
        let hashes = try withSQLite(path) { db in
            try ["SELECT digest FROM run", "SELECT root FROM batch"].map {
                try Data.fetchOne(db, sql: $0)
            }
        }
        #expect(hashes == [blocks[5], blocks[7]])
    }
}
