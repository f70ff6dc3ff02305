import EventModel
import Foundation
import Scenario

/// Ground truth beside a simulated ledger: `LEDGER.truth.jsonl`, a line for each event that is not what
/// it seems and for each press of which no report came.
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
    private var buffer = Data()
    private var handle: FileHandle?
    private var failure: (any Error)?
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

    /// Takes in the next events of the run, and the presses that were lost meanwhile.
    func take(_ events: [PlannedEvent], lost: [PressTruth]) {
        lock.lock()
        defer { lock.unlock() }
        guard !isOver else { return }
        for event in events {
            sequence += 1
            if let truth = event.truth { add(truth, sequence, event.id) }
        }
        for truth in lost { add(truth, nil, nil) }
        if buffer.count > 1 << 20 { flush() }
    }

    private func add(_ truth: PressTruth, _ sequence: Int?, _ id: EventID?) {
        let line = JSONValue.object([
            .init("sequence", sequence.map { .int($0) } ?? .null),
            .init("id", .optional(id?.text)), .init("press", .string(truth.press.text)),
            .init("pressed", .string(truth.pressed.text)),
            .init("click", .string(truth.click.word)),
            .init("faults", .array(truth.faults.names.map { .string($0) })),
        ])
        buffer.append(contentsOf: Array((line.text() + "\n").utf8))
    }

    private func flush() {
        guard failure == nil else { return }
        do {
            if handle == nil {
                try Data().write(to: URL(fileURLWithPath: partial))
                handle = try FileHandle(forWritingTo: URL(fileURLWithPath: partial))
            }
            try handle?.write(contentsOf: buffer)
        } catch {
            failure = error
        }
        buffer.removeAll(keepingCapacity: true)
    }

    /// Puts the file in its place.
    func commit() throws {
        lock.lock()
        defer { lock.unlock() }
        isOver = true
        flush()
        if let failure { throw failure }
        try handle?.close()
        handle = nil
        guard rename(partial, path) == 0 else {
            throw CocoaError(.fileWriteUnknown, userInfo: [NSFilePathErrorKey: path])
        }
    }

    /// Takes away what was not put in its place.
    func discard() {
        lock.lock()
        defer { lock.unlock() }
        isOver = true
        try? handle?.close()
        handle = nil
        unlink(partial)
    }
}
