import Foundation
import Ledger

extension EventLedger {
    /// The ledger at a path; nil where there is none yet, or where a writer was killed before its
    /// first commit and left a file without anything in it.
    static func ifAny(at path: String) throws -> EventLedger? {
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        do {
            return try EventLedger(path: path)
        } catch LedgerError.blank {
            return nil
        }
    }
}

extension LedgerWriter {
    /// Opens a writer, waiting for another one until a deadline; somebody may ask to stop meanwhile.
    static func open(
        _ path: String, command: String, until deadline: ContinuousClock.Instant,
        isStopped: () -> Bool, provenance: (LedgerRun?) throws -> String
    ) throws -> LedgerWriter {
        let holder = "pid \(ProcessInfo.processInfo.processIdentifier) (\(command))"
        while true {
            do {
                return try LedgerWriter(path: path, holder: holder, provenance: provenance)
            } catch LedgerError.busy where ContinuousClock.now < deadline {
                if isStopped() { throw Interruption() }
                usleep(50_000)
            }
        }
    }
}

extension ContinuousClock.Instant {
    /// So many seconds from now; at most some centuries.
    static func after(seconds: Double) -> ContinuousClock.Instant {
        .now + .seconds(min(seconds, 1e10))
    }
}
