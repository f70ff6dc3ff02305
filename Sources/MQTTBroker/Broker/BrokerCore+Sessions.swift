import EventModel

extension BrokerCore {
    mutating func addSession(_ clientID: [UInt8]) -> Int {
        let place = freeSessions.popLast() ?? sessions.count
        if place == sessions.count { sessions.append(Session()) }
        sessions[place].clientID = clientID
        sessions[place].isLive = true
        sessionPlaces[clientID] = place
        return place
    }

    /// Forgets a session with its subscriptions and messages.
    mutating func remove(_ place: Int) {
        for (filter, _) in sessions[place].filters { subscriptions.remove(filter, of: place) }
        if !sessions[place].filters.isEmpty { routes.invalidate() }
        sessionPlaces[sessions[place].clientID] = nil
        var empty = Session()
        empty.generation = sessions[place].generation &+ 1
        sessions[place] = empty
        freeSessions.append(place)
    }

    /// The connection of this session is gone.
    mutating func detach(_ place: Int) {
        // An absent client is asked for its permissions when it comes back.
        if policies != nil { routes.invalidate() }
        sessions[place].connection = -1
        guard !sessions[place].isClean else { return remove(place) }
        // What waited for the window now waits for the client.
        let waiting = sessions[place].queue
        sessions[place].queue = MessageQueue()
        sessions[place].stored.append(contentsOf: waiting)
        guard let seconds = settings.sessionExpirySeconds else { return }
        let expiry = now.adding(seconds: seconds)
        sessions[place].expiresAt = expiry
        addTimer(expiry, .sessionExpiry(place, sessions[place].generation))
    }

    func hasExpired(_ place: Int) -> Bool {
        guard let expiry = sessions[place].expiresAt else { return false }
        return expiry <= now
    }

    /// Sends again what was not acknowledged, then what was stored: section 4.4.
    mutating func resume(_ place: Int) {
        dropOverdue(place)
        resend(place)
        guard settings.storedPerSecond == nil else { return drip(place) }
        sessions[place].queue = sessions[place].stored
        sessions[place].stored = MessageQueue()
        pump(place)
    }

    /// Sends what is in flight once more, in order, as duplicates.
    mutating func resend(_ place: Int, sentBy latest: Timestamp? = nil) {
        var index = 0
        while index < sessions[place].inFlight.count {
            let entry = sessions[place].inFlight.messages[index]
            if let latest, entry.lastSent > latest {
                index += 1
                continue
            }
            guard entry.stage == .released || mayReceive(place, entry.message.topic) else {
                statistics.deliveriesWithheld &+= 1
                sessions[place].inFlight.remove(at: index)
                continue
            }
            sessions[place].inFlight.markResent(at: index, now: now)
            index += 1
            guard entry.stage == .published else {
                send(.pubrel(entry.packetID), to: place)
                continue
            }
            if entry.wasLost {
                record(.publish(.out, entry.message), sessions[place].clientID)
            }
            send(
                .publish(Publish(entry.message, packetID: entry.packetID, isDuplicate: true)),
                to: place)
        }
    }

    /// Whether the connected client may get messages of this topic.
    func mayReceive(_ place: Int, _ topic: TopicName) -> Bool {
        guard sessions[place].isConnected else { return true }
        return connections[sessions[place].connection].permissions?.allows(.receive, topic.bytes)
            ?? true
    }
}

extension Timestamp {
    /// Saturates at the end of time.
    func adding(seconds: Int) -> Timestamp {
        let (span, tooLong) = Int64(clamping: seconds).multipliedReportingOverflow(by: 1_000_000)
        return adding(microseconds: tooLong ? .max : span)
    }

    func adding(microseconds span: Int64) -> Timestamp {
        let (sum, tooLate) = microseconds.addingReportingOverflow(span)
        return Timestamp(microseconds: tooLate ? (span < 0 ? .min : .max) : sum)
    }
}
