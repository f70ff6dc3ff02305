import Glibc
import MQTTBroker
import Synchronization

/// What clients in the server's own process say about packets that they have sent.
///
/// Packets come by their sockets all the same; this tells only that it is time to look there.
final class LockStep: Sendable {
    private let count = Atomic<UInt64>(0)

    /// PUBLISH packets that were sent to the server, as its clients say.
    var sent: UInt64 { count.load(ordering: .sequentiallyConsistent) }

    func announce() { count.add(1, ordering: .sequentiallyConsistent) }
}

/// Keeps the loop awake between the packets of clients that wait for one another, so that the
/// processor need not be woken for each.
///
/// It pays as long as the next packet comes at once. Where it does not (the machine is busy, and
/// whoever waits awake holds up the one that it waits for) the loop sleeps for some thousand packets
/// before it tries again.
struct Wakefulness {
    /// Falls with each wait in vain.
    private var credit = 4
    /// Packets that are still to come before another try.
    private var pause = 0

    private static let patienceNanoseconds: Int64 = 30_000
    private static let creditMax = 16
    private static let pausePackets = 4_096
    private static let isWorthIt = sysconf(Int32(_SC_NPROCESSORS_ONLN)) > 1

    /// Waits until more was sent than was taken, but not for long.
    mutating func awaitMore(than taken: UInt64, _ lockStep: LockStep) {
        guard lockStep.sent > 0, Self.isWorthIt else { return }
        guard pause == 0 else {
            pause -= 1
            return
        }
        let start = SystemClock.nanoseconds(CLOCK_MONOTONIC)
        while lockStep.sent <= taken {
            guard SystemClock.nanoseconds(CLOCK_MONOTONIC) - start < Self.patienceNanoseconds
            else {
                credit -= 4
                if credit < 0 { (credit, pause) = (4, Self.pausePackets) }
                return
            }
        }
        credit = min(credit + 1, Self.creditMax)
    }
}
