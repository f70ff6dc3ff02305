/// What another thread may see of one client of a server.
public final class ClientView: Sendable {
    private let client: [UInt8]
    private let watches: ClientWatches
    private let watch: ClientWatch

    init(_ client: String, _ watches: ClientWatches) {
        self.client = Array(client.utf8)
        self.watches = watches
        watch = watches.take(self.client)
    }

    deinit { watches.giveBack(client) }

    /// Whether the client has a connection now.
    public var isConnected: Bool { watch.isConnected }

    /// PUBLISH packets that the core has taken in from the client's connection.
    public var publishCount: Int { Int(clamping: watch.publishCount) }

    /// PUBLISH packets that have gone out to the client's connection; once `waitForPublishes` of
    /// whoever published returns, those that follow from it are counted.
    public var deliveryCount: Int { Int(clamping: watch.deliveryCount) }

    /// Waits until the core has taken in `count` PUBLISH packets of the connection, or the
    /// connection is over; false after `timeout`.
    public func waitForPublishes(_ count: Int, timeout: Duration) -> Bool {
        watches.bell.wait(timeout: timeout) {
            self.publishCount >= count || !self.isConnected
        }
    }

    /// Waits until the client is connected, or is not; false after `timeout`.
    public func waitForConnection(_ isConnected: Bool, timeout: Duration) -> Bool {
        watches.bell.wait(timeout: timeout) { self.isConnected == isConnected }
    }
}
