import EventModel

/// The events of a checked import, pulled batch by batch.
public final class ImportedEvents {
    private let importer: EventImporter
    private let report: ImportReport
    private let walk: ImportWalk
    private let spool: EventSpool?
    /// The spool's rows that are given next, and the place of the first one behind them.
    private var rows: ArraySlice<EventSpool.Row> = []
    private var place = 0
    private let batchSize: Int
    private let skip: Int
    private var verified = 0

    init(importer: EventImporter, report: ImportReport, batchSize: Int, skip: Int) {
        self.importer = importer
        self.report = report
        self.spool = importer.spool
        self.walk = ImportWalk(importer.inputs, importer.options, repeated: importer.repeated)
        self.batchSize = max(1, batchSize)
        self.skip = skip
    }

    /// How far the reading has come.
    public var progress: ImportProgress {
        guard let spool else { return importer.progress(walk) }
        let given = place - rows.count
        let share = Double(given) / Double(max(1, spool.count))
        return ImportProgress(
            byteCount: Int(Double(importer.byteCount) * share),
            byteCountTotal: importer.byteCount, values: consumed)
    }

    /// How many values lie before the next event that is given.
    private var consumed = 0

    /// The next events; nil after the last ones. Throws if an input is not what was checked.
    public func next() throws -> ImportBatch? {
        if let spool { return try next(spool) }
        var events: [Event] = []
        events.reserveCapacity(batchSize)
        while events.count < batchSize, let step = try walk.next() {
            try verify()
            guard case .event(let converted) = step.outcome, step.ordinal > skip,
                !importer.dropped.contains(step.ordinal)
            else { continue }
            events.append(converted.event)
        }
        try verify()
        return events.isEmpty ? nil : ImportBatch(events: events, consumed: walk.ordinal)
    }

    private func next(_ spool: EventSpool) throws(ImportError) -> ImportBatch? {
        if place == 0 { for input in importer.inputs { try input.checkIsSame() } }
        var events: [Event] = []
        events.reserveCapacity(batchSize)
        while events.count < batchSize {
            guard let row = rows.popFirst() else {
                rows = try spool.rows(from: place)[...]
                place += rows.count
                if rows.isEmpty { break }
                continue
            }
            guard row.ordinal > skip, !importer.dropped.contains(row.ordinal) else { continue }
            events.append(spool.event(row))
            consumed = row.ordinal
        }
        if events.count < batchSize { consumed = report.values }
        return events.isEmpty ? nil : ImportBatch(events: events, consumed: consumed)
    }

    /// Compares the inputs that were read to their end with what the check read.
    private func verify() throws(ImportError) {
        while verified < walk.summaries.count {
            let checked = report.inputs[verified]
            guard walk.summaries[verified].sha256 == checked.sha256 else {
                throw importer.inputs[verified].changed
            }
            verified += 1
        }
    }
}
