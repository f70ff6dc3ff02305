import EventModel
import Foundation
import Scenario

/// Why the truth about a ledger could not be put beside it.
public struct TruthFileError: Error, Equatable, CustomStringConvertible {
    /// The truth's path.
    public let path: String
    /// The system's `errno`.
    public let code: Int32

    public var description: String {
        "\(path) cannot be written: \(String(cString: strerror(code))); the ledger is complete, and"
            + " the same command makes the truth about it once that is mended"
    }
}

/// Ground truth beside a simulated ledger: `LEDGER.truth.jsonl`, a line for each event that is not what
/// it seems, for each press of which no report came, and for each report that was on its way at the end.
///
///     {"sequence":7,"id":"…","press":"…","pressed":"…","click":"DOUBLE","faults":["late","split"]}
///     {"sequence":null,"id":null,"press":"…","pressed":"…","click":"LONG","faults":["lost"]}
///
/// It follows from scenario, seed and start, so nothing is lost with it. It is written beside its
/// place and put there whole once the run is complete; a run that goes on writes it anew.
///
/// Unchecked: the thread that generates writes while its caller may give up; a lock keeps them apart.
final class TruthFile: @unchecked Sendable {
    let path: String
    private let partial: String
    private var file: UnsafeMutablePointer<FILE>?
    /// The first `errno`: it is told at the end, for the ledger is worth more than its truth.
    private var failure: Int32?
    private var sequence = 0
    private var isOver = false
    private let lock = NSLock()

    static func path(ofLedger path: String) -> String { path + ".truth.jsonl" }

    init(ledger path: String) {
        self.path = TruthFile.path(ofLedger: path)
        partial = self.path + ".partial"
    }

    /// Takes away what an earlier ledger of this path left: it is not the truth about a new one.
    static func removeStale(besides path: String) { unlink(TruthFile.path(ofLedger: path)) }

    /// Takes in the next events of the run, and the presses of which there is no event.
    func take(_ events: [PlannedEvent], lost: [PressTruth]) {
        lock.lock()
        defer { lock.unlock() }
        guard !isOver else { return }
        for event in events {
            sequence += 1
            if let truth = event.truth { add(truth, sequence, event.id) }
        }
        for truth in lost { add(truth, nil, nil) }
    }

    private func add(_ truth: PressTruth, _ sequence: Int?, _ id: EventID?) {
        let line = JSONValue.object([
            .init("sequence", sequence.map { .int($0) } ?? .null),
            .init("id", .optional(id?.text)), .init("press", .string(truth.press.text)),
            .init("pressed", .string(truth.pressed.text)),
            .init("click", .string(truth.click.word)),
            .init("faults", .array(truth.faults.names.map { .string($0) })),
        ])
        guard open() else { return }
        var text = line.text() + "\n"
        let isWritten = text.withUTF8 { fwrite($0.baseAddress, 1, $0.count, file) == $0.count }
        if !isWritten { failure = errno }
    }

    /// Whether lines can be written.
    private func open() -> Bool {
        guard failure == nil else { return false }
        if file == nil { file = fopen(partial, "we") }
        if file == nil { failure = errno }
        return file != nil
    }

    private func close() {
        guard let file else { return }
        self.file = nil
        if fclose(file) != 0, failure == nil { failure = errno }
    }

    /// Puts the file in its place.
    func commit() throws(TruthFileError) {
        lock.lock()
        defer { lock.unlock() }
        isOver = true
        // There may have been nothing to write: then the truth is that all is what it seems.
        _ = open()
        close()
        if failure == nil, rename(partial, path) != 0 { failure = errno }
        if let failure { throw TruthFileError(path: path, code: failure) }
    }

    /// Takes away what was not put in its place.
    func discard() {
        lock.lock()
        defer { lock.unlock() }
        isOver = true
        close()
        unlink(partial)
    }
}
