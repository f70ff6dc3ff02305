import EventModel
import Ledger
import PropertyTesting

/// Lends the records of a range, in pieces; a piece that is a whole segment of the replay index says so.
typealias IndexPart =
    @Sendable (
        EventLedger, ClosedRange<Int>, (_ first: Int, Span<EventRecord>, _ isSegment: Bool) -> Void
    ) throws -> Void

/// A range of a ledger whose replay index has two segments, and some rows behind them.
struct IndexedRange: Sendable {
    var begin: Int
    var end: Int

    /// How many events a segment has here: the fewest that it may.
    static let segment = 1_024
    /// Where something begins or ends, and the places beside it.
    private static let edges = [1, 2, 1_023, 1_024, 1_025, 2_047, 2_048, 2_049, 2_060]

    static let any = zip(Gen.element(of: edges), Gen.element(of: edges)).map {
        IndexedRange(begin: min($0, $1), end: max($0, $1))
    }

    static let real: IndexPart = { ledger, range, body in
        _ = try ledger.scanSegments(
            range, from: .index, unsound: { _ in },
            body: { first, records, facts, _ in body(first, records, facts != nil) })
    }

    /// A minute apart, with one of two contents.
    private static let events = (1...2_060).map { number in
        Event(
            id: EventID("event-\(number)"), time: Timestamp(seconds: Int64(number) * 60),
            content: EventContent(
                source: FeederSystem.source, detailType: FeederSystem.detailType, device: nil,
                detail: "{\"click-type\": \"\(number % 3 == 0 ? "LONG" : "SINGLE")\"}"))
    }

    /// Writes the ledger.
    static func write(to path: String) throws {
        let writer = try LedgerWriter(path: path) { _ in "{}" }
        writer.segmentSize = segment
        try writer.append(events)
        try writer.close()
    }

    /// A piece that is a segment, without its first or its last record.
    static func without(first: Bool) -> IndexPart {
        { ledger, range, body in
            try real(ledger, range) { begin, records, isSegment in
                guard isSegment else { return body(begin, records, false) }
                first
                    ? body(begin + 1, records.extracting(1..<records.count), true)
                    : body(begin, records.extracting(0..<records.count - 1), true)
            }
        }
    }
}

extension Oracles {
    /// What the index lends is what the rows are. A case is a range of one ledger.
    static let index = Oracle<IndexPart>(name: "index", real: IndexedRange.real) {
        part, seed, cases in
        try await Scratch.during { folder in
            let path = folder + "/indexed.ledger"
            try IndexedRange.write(to: path)
            let ledger = try EventLedger(path: path)
            let oracle = Oracle<IndexPart>(
                "index", of: IndexedRange.real, for: IndexedRange.any,
                lines: { ["read \($0.begin)...\($0.end)"] },
                holds: { range, part in try compare(range, part, ledger) })
            return try await oracle.hunt(part, seed, cases)
        }
    }

    private static func compare(
        _ range: IndexedRange, _ part: IndexPart, _ ledger: EventLedger
    ) throws {
        var (rows, found): ([EventRecord], [EventRecord]) = ([], [])
        try ledger.scan(range.begin...range.end, from: .rows) { _, records, _ in
            for place in records.indices { rows.append(records[place]) }
        }
        var next = range.begin
        var isWhole = true
        try part(ledger, range.begin...range.end) { first, records, _ in
            if first != next { isWhole = false }
            next = first + records.count
            for place in records.indices { found.append(records[place]) }
        }
        try require(isWhole && next == range.end + 1, "a row that is left out")
        try require(found == rows, "another row")
    }
}
