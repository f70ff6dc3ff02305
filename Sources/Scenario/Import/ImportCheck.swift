import EventModel

/// The first reading of an import.
///
///     read all ──> records by id ──> all agree ─────────────────────────────> report
///                                 └> some may not, or values without id are to be
///                                    looked up in the ledger ──> read again ──> report
///
/// The records are hashes: they only raise suspicion, and the suspects are read again and
/// compared in full. Values without id are looked up in that second look, because only after the
/// first one is it known which of them come more than once, and their ids count occurrences.
final class ImportCheck {
    private let importer: EventImporter
    private let existing: ((EventID) throws -> Event?)?
    private let onProblem: ((ImportError) -> Void)?
    private let progress: ((ImportProgress) throws -> Void)?
    private let skipFile: SkipFile?
    private var report = ImportReport()
    /// What is read, for the second reading.
    let spool = EventSpool()
    private var table: RecordTable
    /// Events whose occurrences are counted, as they have no id.
    private var counted = 0
    /// Ordinals of the events that must be compared in full.
    private var suspects: Set<Int> = []
    /// The earliest event that may contradict another: enough where the first problem ends it all.
    private var earliest: (suspect: Int, first: Int)?
    private(set) var repeated: Set<UInt64> = []
    private(set) var dropped: Set<Int> = []

    init(
        importer: EventImporter, existing: ((EventID) throws -> Event?)?,
        onProblem: ((ImportError) -> Void)?, progress: ((ImportProgress) throws -> Void)?
    ) throws(ImportError) {
        self.importer = importer
        self.existing = existing
        self.onProblem = onProblem
        self.progress = progress
        self.table = RecordTable(limit: importer.options.recordLimit)
        if let path = importer.options.skipBad {
            skipFile = try SkipFile(path: path, inputs: importer.inputs)
        } else {
            skipFile = nil
        }
    }

    private var goesOn: Bool { skipFile != nil || importer.options.isCollecting }

    func run() throws -> ImportReport {
        try read()
        try table.forEachGroup { group throws(ImportError) in compare(group) }
        if !goesOn, let earliest { suspects = [earliest.suspect, earliest.first] }
        if !suspects.isEmpty || existing != nil && counted > 0 { try lookAgain() }
        try skipFile?.flush()
        return report
    }

    private func read() throws {
        let walk = ImportWalk(importer.inputs, importer.options)
        if let skipFile {
            walk.unreadable = { (piece) throws(ImportError) in try skipFile.add(piece) }
        }
        while let step = try walk.next() {
            switch step.outcome {
            case .bad(let problem):
                report.bad += 1
                try handle(problem, step.bytes)
            case .event(let converted):
                report.events += 1
                if converted.event.content.click != nil { report.presses += 1 }
                if converted.format.countsOccurrences {
                    counted += 1
                } else if try contradictsLedger(converted.event, step, walk) {
                    continue
                }
                try table.append(ImportRecord(converted, ordinal: step.ordinal))
                spool.add(converted, ordinal: step.ordinal)
            }
            if step.ordinal & 0xFFF == 0 { try progress?(importer.progress(walk)) }
        }
        try progress?(importer.progress(walk))
        report.values = walk.ordinal
        report.inputs = walk.summaries
    }

    /// Compares the events of one id; the first one stays.
    private func compare(_ group: ArraySlice<ImportRecord>) {
        let counted = group.count { $0.isCounted }
        if counted > 1 { repeated.insert(group.first!.id) }
        var first: ImportRecord?
        var seenCounted = false
        for record in group {
            // Further values with these bytes are occurrences of their own.
            if record.isCounted, seenCounted { continue }
            seenCounted = seenCounted || record.isCounted
            guard let kept = first else {
                first = record
                continue
            }
            guard !record.agrees(with: kept) else {
                report.duplicates += 1
                continue
            }
            if goesOn {
                suspects.formUnion([kept.ordinal, record.ordinal])
            } else if earliest.map({ record.ordinal < $0.suspect }) ?? true {
                earliest = (record.ordinal, kept.ordinal)
            }
        }
    }

    /// Reads everything again and compares the suspects in full.
    private func lookAgain() throws {
        let walk = ImportWalk(importer.inputs, importer.options, repeated: repeated)
        var firsts: [EventID: (event: Event, place: String)] = [:]
        while let step = try walk.next() {
            if step.ordinal & 0xFFF == 0 { try progress?(importer.progress(walk)) }
            guard case .event(let converted) = step.outcome else { continue }
            let event = converted.event
            if converted.format.countsOccurrences, try contradictsLedger(event, step, walk) {
                continue
            }
            guard suspects.contains(step.ordinal) else { continue }
            guard let first = firsts[event.id] else {
                firsts[event.id] = (event, walk.placeText)
                continue
            }
            guard let difference = event.difference(from: first.event) else {
                report.duplicates += 1
                continue
            }
            let reason =
                "event \(event.id) is also in \(first.place) with other content: \(difference)"
            try drop(event, step, walk.problem(reason))
        }
        for (place, summary) in walk.summaries.enumerated()
        where summary.sha256 != report.inputs[place].sha256 {
            throw importer.inputs[place].changed
        }
    }

    /// Looks the event up in the ledger.
    private func contradictsLedger(
        _ event: Event, _ step: ImportWalk.Step, _ walk: ImportWalk
    ) throws -> Bool {
        guard let existing, !dropped.contains(step.ordinal), let kept = try existing(event.id)
        else { return false }
        guard let difference = event.difference(from: kept) else {
            report.known += 1
            return false
        }
        let reason = "event \(event.id) is in the ledger with other content: \(difference)"
        try drop(event, step, walk.problem(reason))
        return true
    }

    private func drop(_ event: Event, _ step: ImportWalk.Step, _ problem: ImportError) throws {
        dropped.insert(step.ordinal)
        report.events -= 1
        report.bad += 1
        if event.content.click != nil { report.presses -= 1 }
        try handle(problem, step.bytes)
    }

    /// Ends the check, or notes the problem and puts the value aside.
    private func handle(
        _ problem: ImportError, _ bytes: UnsafeRawBufferPointer
    ) throws(ImportError) {
        guard goesOn else { throw problem }
        if report.problems.count < importer.options.problemLimit { report.problems.append(problem) }
        onProblem?(problem)
        try skipFile?.add(bytes)
        try skipFile?.endValue()
    }
}
