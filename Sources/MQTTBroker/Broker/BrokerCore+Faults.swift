import EventModel

/// What a laboratory breaks for one client: how many of each are still to fail.
public struct ClientFaults: Sendable, Equatable {
    /// Deliveries that leave the broker and never arrive. A QoS 1 or 2 message stays in flight and
    /// comes when the session is resumed.
    public var lostDeliveries = 0
    /// PUBLISH packets from the client that never reach the broker.
    public var lostPublishes = 0
    /// PUBACK, PUBREC and PUBCOMP packets to the client that never arrive.
    public var lostAnswers = 0
    /// CONNECT packets that are answered with code 3, server unavailable.
    public var refusedConnections = 0

    /// Breaks nothing until a count is set.
    public init() {}
}

extension BrokerCore {
    /// Loses the next `count` deliveries to a client, on top of those still to be lost.
    public mutating func loseNext(deliveries count: Int, to client: String) {
        addFault(\.lostDeliveries, count, client)
    }

    /// Loses the next `count` PUBLISH packets from a client.
    public mutating func loseNext(publishes count: Int, from client: String) {
        addFault(\.lostPublishes, count, client)
    }

    /// Loses the next `count` acknowledgements to a client, which will then send again.
    public mutating func loseNext(acknowledgements count: Int, to client: String) {
        addFault(\.lostAnswers, count, client)
    }

    /// Refuses the next `count` CONNECT packets of a client.
    public mutating func refuseNext(connections count: Int, of client: String) {
        addFault(\.refusedConnections, count, client)
    }

    /// Takes back all faults that have not fired, of one client or of all.
    public mutating func heal(_ client: String? = nil) {
        if let client { faults[Array(client.utf8)] = nil } else { faults = [:] }
    }

    /// What is still to fail for a client.
    public func pendingFaults(of client: String) -> ClientFaults {
        faults[Array(client.utf8)] ?? ClientFaults()
    }

    /// Cuts a client's connection as if the transport had been lost; false where it has none.
    @discardableResult
    public mutating func dropConnection(of client: String, at now: Timestamp) -> Bool {
        move(to: now)
        guard let session = sessionPlaces[Array(client.utf8)], sessions[session].isConnected else {
            return false
        }
        end(sessions[session].connection, .connectionLost, announced: true)
        return true
    }

    private mutating func addFault(
        _ kind: WritableKeyPath<ClientFaults, Int>, _ count: Int, _ client: String
    ) {
        guard count > 0 else { return }
        let old = faults[Array(client.utf8), default: ClientFaults()][keyPath: kind]
        let (sum, isTooMuch) = old.addingReportingOverflow(count)
        faults[Array(client.utf8), default: ClientFaults()][keyPath: kind] = isTooMuch ? .max : sum
    }

    /// Whether a fault of this kind fires now.
    mutating func fireFault(_ kind: WritableKeyPath<ClientFaults, Int>, of client: [UInt8]) -> Bool
    {
        guard !faults.isEmpty, var found = faults[client], found[keyPath: kind] > 0 else {
            return false
        }
        found[keyPath: kind] -= 1
        faults[client] = found == ClientFaults() ? nil : found
        statistics.faultsFired &+= 1
        return true
    }
}
