import EventModel

/// Reads events from files, in two readings: the first finds every problem, the second gives the
/// events. So bad input leaves nothing behind. Where the first one could keep what it read in a
/// small form (`EventSpool`), the second one reads that.
///
///     let importer = try EventImporter(paths: ["archive.jsonl.gz", "-"])
///     let report = try importer.check(existing: { try ledger.event(with: $0) })
///     let events = try importer.events(batchSize: 10_000)
///     while let batch = try events.next() { try ledger.append(batch.events) }
///
/// Memory: one value, some chunks, the contents cache and the spool's contents, 32 bytes for each of
/// the first `recordLimit` ids, and what is repeated or contradicts itself. Temporary files: 48 bytes
/// an event, and 32 for each id beyond `recordLimit`. Not to be used by two threads at once.
public final class EventImporter {
    let inputs: [ImportInput]
    let options: ImportOptions
    /// What the check found; nil before it.
    public internal(set) var report: ImportReport?
    /// Values without id that come more than once, by the hash of their first one's.
    var repeated: Set<UInt64> = []
    /// What the check read, where that is all.
    var spool: EventSpool?
    /// Ordinals of the events that contradict another one.
    var dropped: Set<Int> = []

    /// - Parameter paths: files, plain or gzip; `-` is standard input, which is copied to a
    ///   temporary file now.
    public init(paths: [String], options: ImportOptions = ImportOptions()) throws(ImportError) {
        guard paths.filter({ $0 == "-" }).count < 2 else {
            throw ImportError(
                input: "standard input", reason: "is named twice; it can be read once")
        }
        var inputs: [ImportInput] = []
        for path in paths { inputs.append(try ImportInput(path: path)) }
        self.inputs = inputs
        self.options = options
    }

    /// Bytes of all inputs as they lie in the files.
    public var byteCount: Int { inputs.reduce(0) { $0 + $1.byteCount } }

    /// Reads everything and finds every problem.
    ///
    /// Throws the first problem, unless bad values are skipped or problems are collected.
    /// - Parameters:
    ///   - existing: the ledger's event of this id; nil for an empty ledger, which saves the time.
    ///   - onProblem: gets every problem when it is found: those of single values in the order of
    ///     the input, then contradictions within the input.
    ///   - progress: is called now and then; what it throws ends the check.
    public func check(
        existing: ((EventID) throws -> Event?)? = nil,
        onProblem: ((ImportError) -> Void)? = nil,
        progress: ((ImportProgress) throws -> Void)? = nil
    ) throws -> ImportReport {
        let check = try ImportCheck(
            importer: self, existing: existing, onProblem: onProblem, progress: progress)
        let report = try check.run()
        self.report = report
        repeated = check.repeated
        dropped = check.dropped
        spool = check.spool.isWhole ? check.spool : nil
        return report
    }

    /// The second reading: the events that the check found, in order.
    ///
    /// - Parameter skip: how many values an earlier run of the same import has dealt with.
    public func events(batchSize: Int = 10_000, skip: Int = 0) throws(ImportError) -> ImportedEvents
    {
        guard let report else {
            throw ImportError(input: "import", reason: "its inputs were not checked yet")
        }
        if options.skipBad == nil, let problem = report.problems.first { throw problem }
        return ImportedEvents(importer: self, report: report, batchSize: batchSize, skip: skip)
    }

    func progress(_ walk: ImportWalk) -> ImportProgress {
        ImportProgress(
            byteCount: walk.byteCount, byteCountTotal: byteCount, values: walk.ordinal)
    }
}
