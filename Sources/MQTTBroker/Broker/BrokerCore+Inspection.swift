import EventModel

/// What a server or a laboratory may ask; none of it changes anything.
extension BrokerCore {
    /// Open connections, those without CONNECT included.
    public var connectionCount: Int { connectionPlaces.count }
    /// Sessions, those of absent clients included.
    public var sessionCount: Int { sessionPlaces.count }
    /// Topics that have a retained message.
    public var retainedCount: Int { retained.count }
    /// Levels of all filters that anybody subscribed to, those that filters share counted once.
    public var subscribedLevelCount: Int { subscriptions.nodeCount - 1 }

    /// The retained message of a topic.
    public func retainedMessage(of topic: TopicName) -> Message? { retained.message(of: topic) }

    /// The client ids that are connected, in the order of their bytes.
    public var connectedClients: [String] {
        sessions.filter { $0.isLive && $0.isConnected }.map(\.clientID)
            .sorted { $0.lexicographicallyPrecedes($1) }
            .map { String(decoding: $0, as: UTF8.self) }
    }

    /// The client ids that have a session, absent ones too, in the order of their bytes.
    public var knownClients: [String] {
        sessionPlaces.keys.sorted { $0.lexicographicallyPrecedes($1) }
            .map { String(decoding: $0, as: UTF8.self) }
    }

    /// The connection of a client; nil while it is away.
    public func connection(of client: String) -> ConnectionID? {
        guard let session = sessionPlaces[Array(client.utf8)], sessions[session].isConnected else {
            return nil
        }
        return sessions[session].connectionID
    }

    /// The client id of a connection; nil before its CONNECT was accepted, and after its end.
    public func client(on id: ConnectionID) -> String? {
        clientID(of: id).map { String(decoding: $0, as: UTF8.self) }
    }

    /// The same, in bytes.
    public func clientID(of id: ConnectionID) -> [UInt8]? {
        guard let place = connectionPlaces[id], connections[place].session >= 0 else { return nil }
        return sessions[connections[place].session].clientID
    }

    /// How many PUBLISH packets have come over this connection, copies included; 0 where it ended.
    public func publishesReceived(on id: ConnectionID) -> UInt64 {
        connectionPlaces[id].map { connections[$0].publishesReceived } ?? 0
    }

    /// How many messages to this client are unacknowledged or wait.
    public func pendingDeliveries(to client: String) -> Int {
        guard let place = sessionPlaces[Array(client.utf8)] else { return 0 }
        let session = sessions[place]
        return session.inFlight.count + session.queue.count + session.stored.count
    }

    /// What a client subscribed to, in the order of the filters' bytes.
    public func subscriptions(of client: String) -> [Subscribe.Entry] {
        guard let session = sessionPlaces[Array(client.utf8)] else { return [] }
        return sessions[session].filters.map { Subscribe.Entry($0.key, $0.value) }
            .sorted { $0.filter.bytes.lexicographicallyPrecedes($1.filter.bytes) }
    }
}
