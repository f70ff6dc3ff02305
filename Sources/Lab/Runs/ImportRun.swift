import EventModel
import Foundation
import Ledger
import Scenario

/// What an import found and did.
public struct ImportOutcome: Sendable {
    /// What was read, and what is wrong with it, file by file.
    public var report: ImportReport
    /// nil where the input was bad: nothing was kept.
    public var run: RunOutcome?
    /// The recorded time of events whose file gave none.
    public var recorded: Timestamp
}

/// Takes recorded events into a ledger: everything is read and checked first, then appended, while
/// another thread reads and hashes.
public struct ImportRun {
    /// Files in the order of their events; `-` is standard input.
    public let paths: [String]
    /// How the files are read.
    public let options: ImportOptions
    /// The recorded time of events that state none; nil for one reading of the clock.
    public let recorded: Timestamp?
    /// Events in one transaction.
    public var batch = ImportRun.batchSize
    /// Events in one transaction, unless set.
    public static let batchSize = 16_384

    /// An import of these files; nothing is read yet.
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
    ///   - patience: seconds to wait for another writer.
    ///   - isStopped: whether to give up, asked while another writer is waited for.
    ///   - onProblem: gets each bad value.
    ///   - progress: true to stop.
    public func run(
        into path: String, now: Timestamp, patience: Double = 0,
        isStopped: () -> Bool = { false }, onProblem: ((ImportError) -> Void)? = nil,
        progress: @escaping (Stage) -> Bool
    ) throws -> ImportOutcome {
        let importer = try EventImporter(paths: paths, options: options)
        let deadline = ContinuousClock.Instant.after(seconds: patience)
        while true {
            let (report, head) = try check(importer, path, onProblem, progress)
            if options.skipBad == nil, !report.problems.isEmpty {
                return ImportOutcome(report: report, run: nil, recorded: recorded ?? now)
            }
            do {
                return try append(
                    importer, report, path, checkedAt: head, now: now, until: deadline,
                    isStopped: isStopped, progress)
            } catch is HeadMoved {
                // Another writer was faster: its events are to be checked against as well.
                continue
            }
        }
    }

    /// Thrown where the ledger is not the one that the inputs were checked against.
    private struct HeadMoved: Error {}

    /// Reads everything, and compares it with the ledger as it is.
    private func check(
        _ importer: EventImporter, _ path: String, _ onProblem: ((ImportError) -> Void)?,
        _ progress: @escaping (Stage) -> Bool
    ) throws -> (ImportReport, head: Int) {
        let ledger = try EventLedger.ifAny(at: path)
        let head = try ledger?.headSequence() ?? 0
        let lookUp: ((EventID) throws -> Event?)? = ledger.flatMap { ledger in
            guard head > 0 else { return nil }
            let finder = EventFinder(ledger)
            return { try finder.event($0) }
        }
        let report = try importer.check(existing: lookUp, onProblem: onProblem) {
            if progress(.checking($0)) { throw Interruption() }
        }
        return (report, head)
    }

    private func append(
        _ importer: EventImporter, _ report: ImportReport, _ path: String, checkedAt head: Int,
        now: Timestamp, until deadline: ContinuousClock.Instant, isStopped: () -> Bool,
        _ progress: (Stage) -> Bool
    ) throws -> ImportOutcome {
        var taken = recorded ?? now
        let writer = try LedgerWriter.open(
            path, command: "import", until: deadline, isStopped: isStopped
        ) { interrupted in
            guard try EventLedger.ifAny(at: path)?.headSequence() ?? 0 == head else {
                throw HeadMoved()
            }
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
        var result = RunOutcome(path: path, head: writer.head, begin: writer.head.sequence)
        let queue = try read(importer, into: writer, recorded: taken)
        defer { queue.abandon() }
        while let read = try queue.take() {
            result.outcome += try writer.append(read.batch, consumed: read.consumed)
            result.head = writer.head
            if progress(.appending(read.progress)) {
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

    /// Events that were read, ready to be appended.
    private struct ReadBatch: Sendable {
        var batch: PreparedBatch
        /// How many values of the inputs are dealt with after it.
        var consumed: Int
        var progress: ImportProgress
    }

    /// Begins the second reading, on a thread of its own.
    private func read(
        _ importer: EventImporter, into writer: LedgerWriter, recorded: Timestamp
    ) throws -> BoundedQueue<ReadBatch> {
        let queue = BoundedQueue<ReadBatch>(limit: 4)
        // Read by that thread alone from here on.
        nonisolated(unsafe) let events = try importer.events(
            batchSize: batch, skip: writer.run.consumed)
        let thread = Thread { [chain = writer.chain] in
            var chain = chain
            do {
                while let read = try events.next() {
                    let batch = PreparedBatch(read.events, recorded: recorded, after: chain)
                    chain = batch.end
                    let next = ReadBatch(
                        batch: batch, consumed: read.consumed, progress: events.progress)
                    guard queue.put(next) else { return }
                }
                queue.finish()
            } catch {
                queue.finish(error)
            }
        }
        thread.stackSize = 4 << 20
        thread.start()
        return queue
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
    /// Says no more than its type: nothing is wrong.
    public init() {}
}
