import EventModel

extension BrokerCore {
    /// CONNECT, as a connection's first packet: section 3.1.4.
    mutating func take(_ connect: Connect, on place: Int) {
        var connect = connect
        guard isWellFormed(connect) else { return end(place, .clientError, announced: true) }
        if connect.clientID.isEmpty {
            guard settings.acceptsEmptyClientIDs, connect.cleanSession else {
                return refuse(connect, on: place, .identifierRejected, .clientError)
            }
            connect.clientID = makeClientID(connections[place].id)
        }
        if let most = settings.maximumClientIDBytes, connect.clientID.count > most {
            return refuse(connect, on: place, .identifierRejected, .clientError)
        }
        if fireFault(\.refusedConnections, of: connect.clientID) {
            return refuse(connect, on: place, .serverUnavailable, .serverInitiated)
        }
        let permissions = policies?.permissions(
            principal: connections[place].principal, clientID: connect.clientID,
            bindingByClientID: settings.bindsPoliciesByClientID)
        guard allows(connect, permissions) else {
            return refuse(connect, on: place, settings.refusalCode, .forbiddenAccess)
        }
        if let old = sessionPlaces[connect.clientID], sessions[old].isConnected {
            end(sessions[old].connection, .duplicateClientID, announced: true)
        }
        accept(connect, on: place, permissions)
    }

    private mutating func accept(
        _ connect: Connect, on place: Int, _ permissions: Permissions?
    ) {
        var session = sessionPlaces[connect.clientID]
        if let old = session, connect.cleanSession || hasExpired(old) {
            remove(old)
            session = nil
        }
        let isPresent = session != nil
        let found = session ?? addSession(connect.clientID)
        sessions[found].isClean = connect.cleanSession
        sessions[found].connection = place
        sessions[found].connectionID = connections[place].id
        sessions[found].expiresAt = nil
        connections[place].session = found
        connections[place].will = connect.will
        connections[place].permissions = permissions
        setKeepAlive(connect.keepAlive, on: place)
        if permissions != nil { routes.invalidate() }
        record(
            .connect(
                cleanSession: connect.cleanSession, keepAlive: connect.keepAlive,
                sessionPresent: isPresent, code: .accepted), connect.clientID)
        send(.connack(sessionPresent: isPresent, code: .accepted), to: found)
        if isPresent { resume(found) }
    }

    /// Answers with a code and closes; the connection has no session yet.
    private mutating func refuse(
        _ connect: Connect, on place: Int, _ code: ConnectReturnCode, _ reason: DisconnectReason
    ) {
        record(
            .connect(
                cleanSession: connect.cleanSession, keepAlive: connect.keepAlive,
                sessionPresent: false, code: code), connect.clientID)
        record(.disconnect(reason), connect.clientID)
        actions.append(.send(connections[place].id, .connack(sessionPresent: false, code: code)))
        end(place, reason, announced: true)
    }

    /// What the decoder checks, for connections without bytes; and the limits of size.
    private func isWellFormed(_ connect: Connect) -> Bool {
        guard connect.clientID.withUnsafeBytes(TopicSyntax.isText),
            connect.clientID.count <= 65_535
        else { return false }
        guard let will = connect.will else { return true }
        guard will.qos != .two || settings.supportsQoS2 else { return false }
        return TopicName(checking: will.topic.bytes) != nil && isWithinLimits(will.topic.bytes)
            && will.payload.count <= settings.maximumPayloadBytes ?? 65_535
    }

    private func allows(_ connect: Connect, _ permissions: Permissions?) -> Bool {
        guard let permissions else { return true }
        guard permissions.allows(.connect, connect.clientID) else { return false }
        guard let will = connect.will else { return true }
        return permissions.allows(.publish, will.topic.bytes)
            && (!will.retain || permissions.allows(.retainPublish, will.topic.bytes))
    }

    /// A client id that no session has, from the connection's number: the same in every run.
    private func makeClientID(_ id: ConnectionID) -> [UInt8] {
        let stem = "auto-\(id.rawValue)"
        var found = Array(stem.utf8)
        var attempt = 1
        while sessionPlaces[found] != nil {
            attempt += 1
            found = Array("\(stem)-\(attempt)".utf8)
        }
        return found
    }
}
