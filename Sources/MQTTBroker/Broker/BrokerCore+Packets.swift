import EventModel

extension BrokerCore {
    /// Acts on one packet. The connection may be gone afterwards.
    mutating func take(_ packet: Packet, on place: Int) {
        connections[place].lastPacket = now
        let session = connections[place].session
        guard session >= 0 else {
            // The first packet is a CONNECT (3.1.0-1).
            if case .connect(let connect) = packet { return take(connect, on: place) }
            return end(place, .clientError, announced: true)
        }
        switch packet {
        case .publish(let publish): take(publish, on: place)
        case .puback(let id): acknowledge(id, of: session)
        case .pubrec(let id): markReceived(id, of: session)
        case .pubrel(let id): release(id, of: session)
        case .pubcomp(let id): complete(id, of: session)
        case .subscribe(let subscribe): take(subscribe, on: place)
        case .unsubscribe(let unsubscribe): take(unsubscribe, on: place)
        case .pingreq: send(.pingresp, to: session)
        case .disconnect: end(place, .clientInitiated, announced: true)
        case .connect, .connack, .suback, .unsuback, .pingresp:
            end(place, .clientError, announced: true)
        }
    }

    /// Closes a connection whose bytes are no packets.
    mutating func refuse(_ place: Int, _ violation: ProtocolViolation) {
        if violation.kind == .unacceptableProtocolVersion, connections[place].session < 0 {
            let answer = Packet.connack(sessionPresent: false, code: .unacceptableProtocolVersion)
            actions.append(.send(connections[place].id, answer))
        }
        end(place, .clientError, announced: true)
    }

    @inline(__always) mutating func send(_ packet: Packet, to session: Int) {
        actions.append(.send(sessions[session].connectionID, packet))
    }

    mutating func record(_ event: @autoclosure () -> TranscriptRecord.Event, _ client: [UInt8]) {
        guard recordsTranscript else { return }
        transcript.append(TranscriptRecord(time: now, client: client, event: event()))
    }

    /// Forgets the connection, and the session if it was clean; publishes the will unless the
    /// client said DISCONNECT (3.1.2.5).
    ///
    /// `announced`: whether the carrier is told to close, that is, does not know yet.
    mutating func end(_ place: Int, _ reason: DisconnectReason, announced: Bool) {
        let connection = connections[place]
        connections[place] = Connection()
        connectionPlaces[connection.id] = nil
        freeConnections.append(place)
        if announced { actions.append(.close(connection.id)) }
        guard connection.session >= 0 else { return }
        let client = sessions[connection.session].clientID
        record(.disconnect(reason), client)
        detach(connection.session)
        if let will = connection.will, reason != .clientInitiated {
            record(.publish(.will, will), client)
            route(will)
        }
    }
}
