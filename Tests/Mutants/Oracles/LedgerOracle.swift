import EventModel
import Ledger
import PropertyTesting

/// How a ledger is written and summed up.
struct LedgerPart: Sendable {
    var append: @Sendable (LedgerWriter, [Event]) throws -> Void = { _ = try $0.append($1) }
    /// What the ledger says that the root over its first events is.
    var root: @Sendable (EventLedger, _ count: Int) throws -> SHA256Digest = {
        try $0.root(of: $1)
    }
}

/// Events that are offered to a ledger together.
struct OfferedBatch: Sendable {
    /// Which events; one number is one event.
    var numbers: [Int]
    /// Whether another event by the id of the first stands at the end, for which all are refused.
    var isRefused: Bool

    static let any = zip(Gen.integer(in: 0...20).list(of: 1...5), .bool).map {
        OfferedBatch(numbers: $0, isRefused: $1)
    }

    private static func event(_ number: Int, seconds: Int64 = 0) -> Event {
        let time = Timestamp(seconds: 1_678_605_304 + Int64(number) * 60 + seconds)
        return Event(
            id: EventID("event-\(number)"), time: time,
            recorded: Timestamp(seconds: 1_678_700_000),
            content: EventContent(
                source: FeederSystem.source, detailType: FeederSystem.detailType, device: nil,
                detail: #"{"click-type":"SINGLE"}"#))
    }

    var events: [Event] {
        numbers.map { OfferedBatch.event($0) }
            + (isRefused ? [OfferedBatch.event(numbers[0], seconds: 86_400)] : [])
    }

    var line: String {
        "append " + numbers.map(String.init).joined(separator: ", ")
            + (isRefused ? " and another event by the id of \(numbers[0])" : "")
    }
}

extension [Event] {
    /// All that a ledger has of these events, byte by byte.
    var encodings: [LeafEncoding] { enumerated().map { LeafEncoding($1, at: $0 + 1) } }
}

extension Oracles {
    /// A ledger has what was appended, each id once, in order; a batch that is refused leaves nothing;
    /// and the root is over every event's bytes.
    static let ledger = Oracle<LedgerPart>(
        "ledger", of: LedgerPart(), for: OfferedBatch.any.list(of: 0...6),
        lines: { $0.map(\.line) }, holds: keep)

    @Sendable private static func keep(_ batches: [OfferedBatch], _ part: LedgerPart) throws {
        try Scratch.with { folder in
            let path = folder + "/a.ledger"
            let writer = try LedgerWriter(path: path) { _ in "{}" }
            var expected: [Event] = []
            for batch in batches {
                do {
                    try part.append(writer, batch.events)
                    try require(!batch.isRefused, "a batch that should be refused")
                } catch is LedgerError { try require(batch.isRefused, "a batch that was refused") }
                guard !batch.isRefused else { continue }
                for event in batch.events where !expected.contains(where: { $0.id == event.id }) {
                    expected.append(event)
                }
            }
            try writer.close()
            let ledger = try EventLedger(path: path)
            let head = try ledger.headSequence()
            var found: [Event] = []
            if head > 0 { try ledger.forEachEvent(1...head) { found.append($1) } }
            try require(found.count == expected.count, "how many events there are")
            try require(found.encodings == expected.encodings, "which events there are")
            var tree = MerkleTree()
            for (place, event) in expected.enumerated() {
                tree.append(leafHash: LeafEncoding(event, at: place + 1).leafHash)
            }
            try require(try part.root(ledger, head) == tree.root, "the root")
            try require(try EventLedger.verify(path: path).isSound, "the verification")
        }
    }
}
