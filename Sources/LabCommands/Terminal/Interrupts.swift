import Foundation
import Synchronization

/// Ctrl-C: the batch under way is finished and committed, then the command ends as if it had been
/// killed by the signal.
enum Interrupts {
    private static let caught = Atomic<Int32>(0)

    /// Whether somebody asked the command to stop.
    static var isRequested: Bool { caught.load(ordering: .relaxed) != 0 }

    /// The signal that asked for it; 0 where none did.
    static var signal: Int32 { caught.load(ordering: .relaxed) }

    private static func note(_ signal: Int32) { caught.store(signal, ordering: .relaxed) }

    /// From now on SIGINT and SIGTERM are noted instead of ending the process. A second one ends it.
    static func catchSignals() {
        for number in [SIGINT, SIGTERM] {
            var action = sigaction()
            action.__sigaction_handler.sa_handler = { Interrupts.note($0) }
            action.sa_flags = Int32(bitPattern: UInt32(SA_RESETHAND)) | SA_RESTART
            sigaction(number, &action, nil)
        }
    }

    /// Ends the process by the signal that was caught, so that the shell sees it.
    static func reraise() -> Int32 {
        let number = caught.load(ordering: .relaxed)
        guard number != 0 else { return 130 }
        Glibc.signal(number, SIG_DFL)
        // A command runs on a worker thread, and there the signal is blocked.
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, number)
        pthread_sigmask(SIG_UNBLOCK, &signals, nil)
        raise(number)
        return 128 + number
    }
}
