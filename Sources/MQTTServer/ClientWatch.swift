import MQTTBroker
import Synchronization

/// What other threads may know about one client id: written by the loop, read by who waits.
final class ClientWatch: Sendable {
    /// The client's connection; `none` where it has none.
    private let connection = Atomic<UInt64>(ClientWatch.none)
    /// PUBLISH packets of that connection that the core has taken in.
    private let publishes = Atomic<UInt64>(0)

    /// PUBLISH packets that went out to that connection.
    private let deliveries = Atomic<UInt64>(0)

    private static let none = UInt64.max

    var isConnected: Bool { connection.load(ordering: .sequentiallyConsistent) != Self.none }
    var publishCount: UInt64 { publishes.load(ordering: .sequentiallyConsistent) }

    var deliveryCount: UInt64 { deliveries.load(ordering: .sequentiallyConsistent) }

    func connected(_ id: ConnectionID) {
        publishes.store(0, ordering: .relaxed)
        deliveries.store(0, ordering: .relaxed)
        connection.store(id.rawValue, ordering: .sequentiallyConsistent)
    }

    // Only the loop calls these two, so reading and writing need not be one step.

    func published(_ count: UInt64) {
        publishes.store(
            publishes.load(ordering: .relaxed) &+ count, ordering: .sequentiallyConsistent)
    }

    func delivered() {
        deliveries.store(
            deliveries.load(ordering: .relaxed) + 1, ordering: .sequentiallyConsistent)
    }

    /// Says that a connection is over; one that was taken over says nothing about its successor.
    func disconnected(_ id: ConnectionID) {
        _ = connection.compareExchange(
            expected: id.rawValue, desired: Self.none, ordering: .sequentiallyConsistent)
    }
}

/// The watches of all clients that are connected or waited for.
final class ClientWatches: Sendable {
    private struct Entry {
        var watch = ClientWatch()
        /// How many connections and waiters hold it: clients that come and go leave nothing.
        var holders = 0
    }

    private let entries = Mutex<[[UInt8]: Entry]>([:])
    let bell = Bell()

    /// The watch of this client, kept until it is given back.
    func take(_ client: [UInt8]) -> ClientWatch {
        entries.withLock { entries in
            entries[client, default: Entry()].holders += 1
            return entries[client, default: Entry()].watch
        }
    }

    func giveBack(_ client: [UInt8]) {
        entries.withLock { entries in
            guard var entry = entries[client] else { return }
            entry.holders -= 1
            entries[client] = entry.holders > 0 ? entry : nil
        }
    }

    /// Waits until `isTrue` of this client's watch.
    func wait(
        for client: String, timeout: Duration, until isTrue: (ClientWatch) -> Bool
    ) -> Bool {
        let client = Array(client.utf8)
        let watch = take(client)
        defer { giveBack(client) }
        return bell.wait(timeout: timeout) { isTrue(watch) }
    }
}
