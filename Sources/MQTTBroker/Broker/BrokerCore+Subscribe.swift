import EventModel

extension BrokerCore {
    /// SUBSCRIBE: section 3.8.4.
    mutating func take(_ subscribe: Subscribe, on place: Int) {
        let session = connections[place].session
        guard subscribe.packetID != 0, !subscribe.entries.isEmpty, isWithinLimits(subscribe, place)
        else { return end(place, .clientError, announced: true) }
        // AWS IoT Core leaves a SUBSCRIBE with QoS 2 without an answer.
        guard settings.supportsQoS2 || subscribe.entries.allSatisfy({ $0.qos != .two }) else {
            return
        }
        let permissions = connections[place].permissions
        let allowed = subscribe.entries.map { entry in
            permissions?.allows(.subscribe, entry.filter.bytes) ?? true
        }
        if allowed.contains(false), settings.subscribeRefusal == .disconnect {
            for (entry, isAllowed) in zip(subscribe.entries, allowed) where !isAllowed {
                record(.subscribe(entry.filter, entry.qos, nil), sessions[session].clientID)
            }
            return end(place, .authError, announced: true)
        }
        var codes: [SubscribeReturnCode] = []
        for (entry, isAllowed) in zip(subscribe.entries, allowed) {
            if isAllowed { add(entry, to: session) }
            codes.append(isAllowed ? .granted(entry.qos) : .failure)
            record(.subscribe(entry.filter, entry.qos, codes.last), sessions[session].clientID)
        }
        send(.suback(subscribe.packetID, codes), to: session)
        for (entry, isAllowed) in zip(subscribe.entries, allowed) where isAllowed {
            sendRetained(entry, to: session)
        }
    }

    private mutating func add(_ entry: Subscribe.Entry, to session: Int) {
        let old = sessions[session].filters.updateValue(entry.qos, forKey: entry.filter)
        guard old != entry.qos else { return }
        subscriptions.insert(
            entry.filter, qos: entry.qos, of: session, clientID: sessions[session].clientID)
        routes.invalidate()
    }

    /// Retained messages, in the order of their topics' bytes (3.3.1-6).
    private mutating func sendRetained(_ entry: Subscribe.Entry, to session: Int) {
        let found = retained.messages(
            matching: entry.filter, hashTakesParent: settings.hashTakesParent,
            equalOnly: !settings.retainedForWildcards)
        for var message in found {
            guard mayReceive(session, message.topic) else {
                statistics.deliveriesWithheld &+= 1
                continue
            }
            message.qos = min(message.qos, entry.qos)
            deliver(message, to: session)
        }
    }

    private func isWithinLimits(_ subscribe: Subscribe, _ place: Int) -> Bool {
        if let most = settings.maximumFiltersPerSubscribe, subscribe.entries.count > most {
            return false
        }
        guard subscribe.entries.allSatisfy({ isWithinLimits($0.filter.bytes) }) else {
            return false
        }
        guard let most = settings.maximumFiltersPerSession else { return true }
        let filters = sessions[connections[place].session].filters
        let added = Set(subscribe.entries.map(\.filter)).count { filters[$0] == nil }
        return filters.count + added <= most
    }

    /// UNSUBSCRIBE: section 3.10.4.
    mutating func take(_ unsubscribe: Unsubscribe, on place: Int) {
        let session = connections[place].session
        guard unsubscribe.packetID != 0, !unsubscribe.filters.isEmpty else {
            return end(place, .clientError, announced: true)
        }
        for filter in unsubscribe.filters {
            record(.unsubscribe(filter), sessions[session].clientID)
            guard sessions[session].filters.removeValue(forKey: filter) != nil else { continue }
            subscriptions.remove(filter, of: session)
            routes.invalidate()
        }
        send(.unsuback(unsubscribe.packetID), to: session)
    }
}
