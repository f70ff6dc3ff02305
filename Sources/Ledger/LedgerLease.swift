import Foundation
import Glibc

/// The right to be a ledger's one writer, for the length of a run.
///
/// A lock file beside the ledger, locked with flock(2): the kernel releases it with the process,
/// however that ends, so no lease outlives its holder. Not a lock on the ledger file itself:
/// closing a descriptor of that would drop SQLite's own locks (fcntl(2), "record locks are
/// released on any close").
final class LedgerLease {
    private let descriptor: Int32
    private let path: String

    /// - Parameters:
    ///   - holder: what the refused writer is told, for instance "pid 12, simulate".
    ///   - patience: how many seconds to wait for another writer to finish.
    init(ledger: String, holder: String, patience: Double) throws(LedgerError) {
        // One lease for one file, by whatever symbolic link it is reached; SQLite resolves them too.
        path = URL(filePath: ledger).resolvingSymlinksInPath().path + "-lease"
        var waited = 0.0
        while true {
            let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
            guard descriptor >= 0 else {
                throw LedgerError.cannotWrite(
                    path: ledger,
                    reason: "\(String(cString: strerror(errno))) (its lease, \(path))")
            }
            if flock(descriptor, LOCK_EX | LOCK_NB) == 0 {
                if LedgerLease.isFile(descriptor, at: path) {
                    self.descriptor = descriptor
                    ftruncate(descriptor, 0)
                    _ = holder.withCString { write(descriptor, $0, strlen($0)) }
                    return
                }
                // Its last holder removed the file between our open and our lock: take the new one.
                close(descriptor)
                continue
            }
            var buffer = [UInt8](repeating: 0, count: 200)
            let count = pread(descriptor, &buffer, buffer.count, 0)
            close(descriptor)
            guard waited < patience else {
                let holder = String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
                throw LedgerError.busy(
                    path: ledger, holder: holder.isEmpty ? "another process" : holder)
            }
            usleep(50_000)
            waited += 0.05
        }
    }

    /// Whether the open file is still the one that the path names.
    private static func isFile(_ descriptor: Int32, at path: String) -> Bool {
        var opened = stat()
        var named = stat()
        return fstat(descriptor, &opened) == 0 && stat(path, &named) == 0
            && opened.st_ino == named.st_ino && opened.st_dev == named.st_dev
    }

    deinit {
        unlink(path)
        close(descriptor)
    }
}
