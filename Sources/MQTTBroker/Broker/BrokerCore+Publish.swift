import EventModel

extension BrokerCore {
    /// PUBLISH from a client: section 3.3.
    mutating func take(_ publish: Publish, on place: Int) {
        connections[place].publishesReceived &+= 1
        statistics.publishesReceived &+= 1
        guard isWithinRate(place) else {
            statistics.publishesThrottled &+= 1
            return
        }
        let message = publish.message
        guard message.qos != .two || settings.supportsQoS2 else { return }
        let session = connections[place].session
        if !faults.isEmpty, fireFault(\.lostPublishes, of: sessions[session].clientID) { return }
        guard (message.qos == .zero) == (publish.packetID == 0),
            message.payload.count <= settings.maximumPayloadBytes ?? .max,
            let route = findRoute(message.topic, hint: connections[place].lastRoute)
        else { return end(place, .clientError, announced: true) }
        connections[place].lastRoute = route
        guard mayPublish(message, on: place) else {
            return end(place, .authError, announced: true)
        }
        let isNew =
            message.qos != .two || sessions[session].received.insert(publish.packetID).inserted
        if isNew {
            if recordsTranscript {
                record(.publish(.in, message), sessions[session].clientID)
            }
            if message.retain { retained.keep(message) }
            deliver(message, along: route)
        }
        switch message.qos {
        case .zero: break
        case .one: answer(.puback(publish.packetID), to: session)
        case .two: answer(.pubrec(publish.packetID), to: session)
        }
    }

    /// Publishes what the broker itself has to say: a will.
    mutating func route(_ message: Message) {
        if message.retain { retained.keep(message) }
        guard let route = findRoute(message.topic, hint: 0) else { return }
        deliver(message, along: route)
    }

    private mutating func isWithinRate(_ place: Int) -> Bool {
        guard let most = settings.publishesPerSecond else { return true }
        if connections[place].rateSecond != now.seconds {
            connections[place].rateSecond = now.seconds
            connections[place].rateCount = 0
        }
        connections[place].rateCount += 1
        return connections[place].rateCount <= most
    }

    private mutating func mayPublish(_ message: Message, on place: Int) -> Bool {
        guard let permissions = connections[place].permissions else { return true }
        if message.retain, !permissions.allows(.retainPublish, message.topic.bytes) { return false }
        if connections[place].permittedTopic == message.topic { return true }
        guard permissions.allows(.publish, message.topic.bytes) else { return false }
        connections[place].permittedTopic = message.topic
        return true
    }

    /// The limits of a profile on topic names and filters.
    func isWithinLimits(_ topic: [UInt8]) -> Bool {
        if let most = settings.maximumTopicBytes, topic.count > most { return false }
        if let most = settings.maximumTopicSlashes, TopicSyntax.slashes(in: topic) > most {
            return false
        }
        return true
    }

    /// Who gets messages of this topic; nil where it is no topic name, or over a limit.
    mutating func findRoute(_ topic: TopicName, hint: Int) -> Int? {
        if let route = routes.find(topic, hint: hint) { return route }
        guard TopicName(checking: topic.bytes) != nil, isWithinLimits(topic.bytes) else {
            return nil
        }
        let targets = subscriptions.subscribers(
            of: topic, hashTakesParent: settings.hashTakesParent
        ).map { found in
            Route.Target(
                session: found.session, qos: found.qos,
                mayReceive: mayReceive(found.session, topic))
        }
        return routes.add(Route(topic: topic, targets: targets))
    }

    /// One delivery to each session, in the order of the client ids.
    private mutating func deliver(_ message: Message, along route: Int) {
        let targets = routes[route].targets
        var message = message
        message.retain = false
        let published = message.qos
        for target in targets {
            guard target.mayReceive else {
                statistics.deliveriesWithheld &+= 1
                continue
            }
            message.qos = min(published, target.qos)
            deliver(message, to: target.session)
        }
    }

    /// One delivery, at the message's QoS: at once, or when the client has room or comes back.
    @inline(__always) mutating func deliver(_ message: Message, to session: Int) {
        guard message.qos != .zero else {
            // The standard leaves it open whether QoS 0 is stored; it is not.
            guard sessions[session].isConnected else { return }
            if !faults.isEmpty, fireFault(\.lostDeliveries, of: sessions[session].clientID) {
                return record(.publish(.lost, message), sessions[session].clientID)
            }
            if recordsTranscript { record(.publish(.out, message), sessions[session].clientID) }
            statistics.publishesSent &+= 1
            return send(.publish(Publish(message)), to: session)
        }
        enqueue(message, to: session)
    }

    private mutating func enqueue(_ message: Message, to session: Int) {
        if sessions[session].isConnected, sessions[session].queue.isEmpty,
            sessions[session].inFlight.hasRoom(settings)
        {
            return start(message, to: session)
        }
        let count = sessions[session].queue.count + sessions[session].stored.count
        let bytes = sessions[session].queue.payloadBytes + sessions[session].stored.payloadBytes
        guard count < settings.maximumQueuedMessages,
            bytes <= settings.maximumQueuedBytes - message.payload.count
        else {
            statistics.deliveriesDropped &+= 1
            return
        }
        if sessions[session].isConnected {
            sessions[session].queue.append(message)
        } else {
            sessions[session].stored.append(message)
        }
    }
}
