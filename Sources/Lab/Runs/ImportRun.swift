import EventModel
import Foundation
import Ledger
import Scenario

/// What an import found and did.
public struct ImportOutcome: Sendable {
    public var report: ImportReport
    /// nil where the input was bad: nothing was kept.
    public var run: RunOutcome?
    /// The recorded time of events whose file gave none.
    public var recorded: Timestamp
}

/// Takes recorded events into a ledger: everything is read and checked first, then appended.
public struct ImportRun {
    public let paths: [String]
    public let options: ImportOptions
    /// The recorded time of events that state none; nil for one reading of the clock.
    public let recorded: Timestamp?
    /// Events in one transaction.
    public static let batchSize = 16_384

    public init(_ paths: [String], options: ImportOptions, recorded: Timestamp? = nil) {
        self.paths = paths
        self.options = options
        self.recorded = recorded
    }

    /// How far an import has come.
    public enum Stage: Sendable {
        case checking(ImportProgress)
        case appending(ImportProgress)
    }

    /// Runs into the ledger at `path`, which is made where there is none.
    ///
    /// Bad input leaves nothing behind, unless the options collect it. An interrupted run leaves
    /// whole batches, and goes on when it is run again with the same inputs and options.
    ///
    /// - Parameters:
    ///   - now: the clock's reading, taken where nothing else says when events were recorded.
    ///   - onProblem: gets each bad value.
    ///   - progress: true to stop.
    public func run(
        into path: String, now: Timestamp, patience: Double = 0,
        onProblem: ((ImportError) -> Void)? = nil, progress: @escaping (Stage) -> Bool
    ) throws -> ImportOutcome {
        let importer = try EventImporter(paths: paths, options: options)
        let ledger =
            FileManager.default.fileExists(atPath: path) ? try EventLedger(path: path) : nil
        let head = try ledger?.head()
        let lookUp: ((EventID) throws -> Event?)? = ledger.flatMap { ledger in
            guard head?.sequence ?? 0 > 0 else { return nil }
            let finder = EventFinder(ledger)
            return { try finder.event($0) }
        }
        let report = try importer.check(existing: lookUp, onProblem: onProblem) {
            if progress(.checking($0)) { throw Interruption() }
        }
        if options.skipBad == nil, !report.problems.isEmpty {
            return ImportOutcome(report: report, run: nil, recorded: recorded ?? now)
        }
        var taken = recorded ?? now
        let writer = try LedgerWriter(
            path: path, holder: "pid \(ProcessInfo.processInfo.processIdentifier) (import)",
            patience: patience
        ) { interrupted in
            let provenance = provenance(report, recorded: taken)
            // A run that is resumed keeps the clock's reading of its begin.
            if recorded == nil, let interrupted,
                let earlier = Provenance(text: interrupted.provenance),
                earlier.without("recorded") == provenance.without("recorded"),
                let text = earlier["recorded"]?.string, let time = try? Timestamp(text: text)
            {
                taken = time
                return interrupted.provenance
            }
            return provenance.text
        }
        defer { try? writer.close() }
        guard writer.head.sequence == head?.sequence ?? 0 else {
            throw LedgerError.unexpectedHead(
                path: path, expected: head?.sequence ?? 0, actual: writer.head.sequence)
        }
        var result = RunOutcome(path: path, head: writer.head, begin: writer.head.sequence)
        let events = try importer.events(
            batchSize: ImportRun.batchSize, skip: writer.run.consumed)
        while let batch = try events.next() {
            result.outcome += try writer.append(
                batch.events, recorded: taken, consumed: batch.consumed)
            result.head = writer.head
            if progress(.appending(events.progress)) {
                result.isInterrupted = true
                break
            }
        }
        if !result.isInterrupted {
            try writer.append([], consumed: report.values, isComplete: true)
        }
        try writer.close()
        return ImportOutcome(report: report, run: result, recorded: taken)
    }

    private func provenance(_ report: ImportReport, recorded: Timestamp) -> Provenance {
        Provenance(
            "import",
            [
                "inputs": .array(
                    report.inputs.map {
                        ["sha256": .string($0.sha256.hex), "bytes": .int($0.byteCount)]
                    }),
                "format": .string(options.format.rawValue),
                "time": .optional(options.time?.text),
                "skipBad": .bool(options.skipBad != nil),
                "recorded": .string(recorded.text),
            ])
    }
}

/// Thrown where somebody asked to stop.
public struct Interruption: Error {
    public init() {}
}
