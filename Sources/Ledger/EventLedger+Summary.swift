import EventModel

/// Counts over a whole ledger.
public struct LedgerSummary: Sendable {
    /// What kind of event: who sent it, and what it is called.
    public struct Kind: Hashable, Sendable {
        public var source: String
        public var detailType: String
    }

    /// Events by kind, the most frequent first.
    public var kinds: [(Kind, Int)] = []
    /// The first moment at which something happened; nil in an empty ledger.
    public var earliest: Timestamp?
    public var latest: Timestamp?
    /// Each device with its events, in order of first mention; events of no device stand last, as nil.
    public var devices: [(name: String?, events: Int)] = []
    /// Distinct contents.
    public var contents = 0
}

extension EventLedger {
    /// Counts the ledger's events in one pass over the replay index, and rows where it has none.
    ///
    /// Memory: four bytes a distinct content, and eight a device.
    public func summary() throws -> LedgerSummary {
        var summary = LedgerSummary()
        let head = try headSequence()
        guard head > 0 else { return summary }
        var kinds = try kindsOfContents()
        let names = try devices()
        var devices = Array(repeating: 0, count: names.count + 1)
        var (earliest, latest) = (Int64.max, Int64.min)
        try scanSegments(1...head, from: .index) { _ in
        } body: { first, records, _, _ in
            for place in records.indices {
                let record = records[place]
                let (content, device) = (Int(record.content), Int(record.device))
                guard content < kinds.ofContent.count, device < devices.count else {
                    throw LedgerError.damaged(
                        path: path, sequence: first + place,
                        reason: "its device or content is missing")
                }
                kinds.count(content)
                devices[device] += 1
                earliest = min(earliest, record.time)
                latest = max(latest, record.time)
            }
        }
        summary.kinds = try kinds.counted(texts())
        summary.contents = kinds.contents
        summary.earliest = Timestamp(microseconds: earliest)
        summary.latest = Timestamp(microseconds: latest)
        for (code, events) in devices.enumerated().dropFirst() where events > 0 {
            summary.devices.append((names[code - 1], events))
        }
        if devices[0] > 0 { summary.devices.append((nil, devices[0])) }
        return summary
    }

    private func kindsOfContents() throws -> KindCounts {
        try file.withConnection { connection in
            var kinds = KindCounts()
            let rows = try Statement(
                connection, "SELECT code, source, detail_type FROM content ORDER BY code",
                path: path)
            while try rows.step() {
                // Codes are given one after another: a wide gap is damage, and no reason to fill memory.
                guard
                    (kinds.ofContent.count...kinds.ofContent.count + 1 << 16).contains(rows.int(0))
                else {
                    throw LedgerError.damaged(
                        path: path, sequence: nil,
                        reason: "content \(rows.int(0)) has a code that no writer gives")
                }
                kinds.add(content: rows.int(0), source: rows.int(1), detailType: rows.int(2))
            }
            return kinds
        }
    }

    /// Sources, detail types and envelopes by code.
    private func texts() throws -> (Int) throws -> String {
        { code in
            try self.file.withConnection { connection in
                let row = try Statement(
                    connection, "SELECT body FROM text WHERE code = ?", path: self.path)
                row.bind(1, code)
                guard try row.step() else {
                    throw LedgerError.damaged(
                        path: self.path, sequence: nil, reason: "text \(code) is missing")
                }
                return row.text(0)
            }
        }
    }
}

/// Events counted by the kind of their content.
private struct KindCounts {
    private struct Codes: Hashable {
        var source: Int
        var detailType: Int
    }

    /// The kind of each content, by code; its highest bit tells whether an event has it.
    private(set) var ofContent: [UInt32] = []
    private var kinds: [(codes: Codes, events: Int)] = []
    private var known: [Codes: Int] = [:]
    private static let seen: UInt32 = 1 << 31

    /// Contents come in order of their codes, nearly without gaps.
    mutating func add(content: Int, source: Int, detailType: Int) {
        let codes = Codes(source: source, detailType: detailType)
        let kind = known[codes] ?? kinds.count
        if kind == kinds.count {
            kinds.append((codes, 0))
            known[codes] = kind
        }
        while ofContent.count < content { ofContent.append(0) }
        ofContent.append(UInt32(kind))
    }

    @inline(__always)
    mutating func count(_ content: Int) {
        let kind = ofContent[content]
        kinds[Int(kind & ~KindCounts.seen)].events += 1
        ofContent[content] = kind | KindCounts.seen
    }

    /// How many contents some event has.
    var contents: Int { ofContent.reduce(0) { $0 + ($1 & KindCounts.seen == 0 ? 0 : 1) } }

    /// The kinds with their events, the most frequent first, then by the bytes of their texts.
    func counted(
        _ text: (Int) throws -> String
    ) throws -> [(LedgerSummary.Kind, Int)] {
        let counted = try kinds.filter { $0.events > 0 }.map { codes, events in
            (
                LedgerSummary.Kind(
                    source: try text(codes.source), detailType: try text(codes.detailType)),
                events
            )
        }
        return counted.sorted { a, b in
            if a.1 != b.1 { return a.1 > b.1 }
            if !a.0.source.utf8.elementsEqual(b.0.source.utf8) {
                return a.0.source.utf8.lexicographicallyPrecedes(b.0.source.utf8)
            }
            return a.0.detailType.utf8.lexicographicallyPrecedes(b.0.detailType.utf8)
        }
    }
}
