import EventModel

extension BrokerCore {
    /// PUBACK: a QoS 1 message has arrived. Unknown identifiers do no harm.
    mutating func acknowledge(_ id: UInt16, of session: Int) {
        guard let index = sessions[session].inFlight.place(ofPacketID: id),
            sessions[session].inFlight.messages[index].message.qos == .one
        else { return }
        sessions[session].inFlight.remove(at: index)
        pump(session)
    }

    /// PUBREC: a QoS 2 message has arrived; from here on only PUBREL is sent again (4.3.3).
    mutating func markReceived(_ id: UInt16, of session: Int) {
        if let index = sessions[session].inFlight.place(ofPacketID: id) {
            guard sessions[session].inFlight.messages[index].message.qos == .two else { return }
            sessions[session].inFlight.release(at: index, now: now)
        }
        // An unknown identifier is answered as well: the client may have lost the PUBREL.
        send(.pubrel(id), to: session)
    }

    /// PUBREL: the client has let go of a QoS 2 message; the identifier is free.
    mutating func release(_ id: UInt16, of session: Int) {
        sessions[session].received.remove(id)
        answer(.pubcomp(id), to: session)
    }

    /// PUBCOMP: the last word about a QoS 2 message.
    mutating func complete(_ id: UInt16, of session: Int) {
        guard let index = sessions[session].inFlight.place(ofPacketID: id),
            sessions[session].inFlight.messages[index].stage == .released
        else { return }
        sessions[session].inFlight.remove(at: index)
        pump(session)
    }

    /// Sends an acknowledgement, unless a fault takes it.
    mutating func answer(_ packet: Packet, to session: Int) {
        guard faults.isEmpty || !fireFault(\.lostAnswers, of: sessions[session].clientID) else {
            return
        }
        send(packet, to: session)
    }

    /// Starts waiting messages as long as the in-flight window has room.
    mutating func pump(_ session: Int) {
        while sessions[session].inFlight.hasRoom(settings),
            let message = sessions[session].queue.popFirst()
        {
            guard mayReceive(session, message.topic) else {
                statistics.deliveriesWithheld &+= 1
                continue
            }
            start(message, to: session)
        }
    }

    /// Sends a QoS 1 or 2 message for the first time.
    mutating func start(_ message: Message, to session: Int) {
        let isLost =
            !faults.isEmpty && fireFault(\.lostDeliveries, of: sessions[session].clientID)
        let id = sessions[session].inFlight.append(message, at: now, wasLost: isLost)
        watchUnacknowledged(session)
        record(.publish(isLost ? .lost : .out, message), sessions[session].clientID)
        guard !isLost else { return }
        statistics.publishesSent &+= 1
        send(.publish(Publish(message, packetID: id)), to: session)
    }
}
