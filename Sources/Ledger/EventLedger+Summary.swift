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
    /// Counts the ledger's events in one pass over the rows.
    public func summary() throws -> LedgerSummary {
        try file.withConnection { connection in
            var summary = LedgerSummary()
            let kinds = try Statement(
                connection,
                """
                SELECT s.body, t.body, sum(g.events), min(g.earliest), max(g.latest), count(*)
                FROM (SELECT content, count(*) AS events, min(time) AS earliest, max(time) AS latest
                      FROM event GROUP BY content) g
                JOIN content c ON c.code = g.content
                JOIN text s ON s.code = c.source JOIN text t ON t.code = c.detail_type
                GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2
                """, path: path)
            while try kinds.step() {
                let kind = LedgerSummary.Kind(source: kinds.text(0), detailType: kinds.text(1))
                summary.kinds.append((kind, kinds.int(2)))
                let earliest = Timestamp(microseconds: Int64(kinds.int(3)))
                let latest = Timestamp(microseconds: Int64(kinds.int(4)))
                summary.earliest = min(summary.earliest ?? earliest, earliest)
                summary.latest = max(summary.latest ?? latest, latest)
                summary.contents += kinds.int(5)
            }
            let devices = try Statement(
                connection,
                """
                SELECT d.name, g.events
                FROM (SELECT device, count(*) AS events FROM event GROUP BY device) g
                LEFT JOIN device d ON d.code = g.device ORDER BY d.code IS NULL, d.code
                """, path: path)
            while try devices.step() {
                summary.devices.append((devices.optionalText(0), devices.int(1)))
            }
            return summary
        }
    }
}
