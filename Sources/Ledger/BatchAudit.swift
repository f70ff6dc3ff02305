import EventModel
import GRDBSQLite

/// Walks over runs and batches beside the events: each event belongs to a batch, each batch to a
/// run, and each states a hash of itself.
struct BatchAudit {
    private var batches:
        [(number: Int, run: Int, last: Int, consumed: Int, complete: Int, digest: SHA256Digest?)] =
            []
    private var next = 0

    init(_ connection: OpaquePointer, path: String) throws {
        let rows = try Statement(
            connection,
            "SELECT number, run, last, consumed, complete, root FROM batch ORDER BY number",
            path: path)
        while try rows.step() {
            batches.append(
                (
                    rows.int(0), rows.int(1), rows.int(2), rows.int(3), rows.int(4),
                    rows.withBlob(5) { SHA256Digest(bytes: $0) }
                ))
        }
        let runs = try Statement(
            connection, "SELECT number, begin, provenance, digest FROM run ORDER BY number",
            path: path)
        while try runs.step() {
            let run = LedgerRun(
                number: runs.int(0), begin: runs.int(1), provenance: runs.text(2), consumed: 0,
                isComplete: false)
            runCount += 1
            let isValid = (try? runs.checkedText(2, of: "provenance")) != nil
            if run.number != runCount || !isValid
                || runs.withBlob(3, { SHA256Digest(bytes: $0) }) != run.digest
            {
                broken.append("run \(run.number) is not as it was written, or one is missing")
            }
            begins.append(run.begin)
        }
        checkOrder()
    }

    /// Runs follow each other: each begins where the batches of those before it end.
    private mutating func checkOrder() {
        var next = batches.makeIterator()
        var batch = next.next()
        var last = 0
        for (place, begin) in begins.enumerated() {
            while let one = batch, one.run < place + 1 {
                last = one.last
                batch = next.next()
            }
            if begin != last {
                broken.append(
                    "run \(place + 1) begins after \(begin), and the one before ends at \(last)")
            }
        }
        for (one, following) in zip(batches, batches.dropFirst()) where following.run < one.run {
            broken.append("batch \(following.number) belongs to an earlier run than the one before")
        }
    }

    private var runCount = 0
    private var begins: [Int] = []
    private var broken: [String] = []

    /// Whether a batch ends at `sequence`, or should have before.
    func isDue(at sequence: Int) -> Bool { next < batches.count && batches[next].last <= sequence }

    /// Checks the batches that end at `sequence`, against the tree head there.
    mutating func check(
        _ sequence: Int, _ root: SHA256Digest, _ report: inout LedgerVerification
    ) {
        while next < batches.count, batches[next].last <= sequence {
            let batch = batches[next]
            next += 1
            let digest = LedgerBatch.digest(
                number: next, run: batch.run, last: sequence, consumed: batch.consumed,
                complete: batch.complete == 1, root: root)
            if batch.number != next || batch.complete & ~1 != 0 || batch.digest != digest {
                report.find(
                    "batch \(batch.number), which ends here, does not vouch for these events",
                    at: sequence)
            }
        }
    }

    mutating func finish(_ head: Int, _ report: inout LedgerVerification) {
        for reason in broken { report.find(reason) }
        if next < batches.count {
            report.find(
                "the ledger was cut: its last batch ended at sequence \(batches.last?.last ?? 0)",
                at: head + 1)
        } else if (batches.last?.last ?? 0) != head {
            report.find("events that no batch wrote", at: (batches.last?.last ?? 0) &+ 1)
        }
    }
}
