/// The last retained message of each topic: section 3.3.1.3.
///
/// Topics are put in order only when a filter with wildcards asks for them: keeping costs one
/// look-up, and such a filter looks only at the topics that begin like it.
struct RetainedMessages: Sendable {
    private var messages: [TopicName: Message] = [:]
    /// In the order of their bytes; may hold topics that are gone.
    private var ordered: [TopicName] = []
    /// Topics that are not in `ordered` yet, or were gone when it was made.
    private var fresh: [TopicName] = []

    var count: Int { messages.count }

    /// Takes the place of the topic's last one; an empty payload only takes it away.
    mutating func keep(_ message: Message) {
        guard !message.payload.isEmpty else {
            messages[message.topic] = nil
            if messages.isEmpty { (ordered, fresh) = ([], []) }
            return
        }
        var kept = message
        kept.retain = true
        if messages.updateValue(kept, forKey: kept.topic) == nil {
            fresh.append(kept.topic)
            // Topics that come and go must not pile up.
            if fresh.count > 1024, fresh.count > 2 * messages.count { order() }
        }
    }

    func message(of topic: TopicName) -> Message? { messages[topic] }

    /// The messages whose topics this filter takes, in the order of the topics' bytes.
    ///
    /// `equalOnly`: a filter with wildcards gets none.
    mutating func messages(
        matching filter: TopicFilter, hashTakesParent: Bool, equalOnly: Bool
    ) -> [Message] {
        guard filter.hasWildcard else {
            return messages[TopicName(bytes: filter.bytes)].map { [$0] } ?? []
        }
        guard !equalOnly, !messages.isEmpty else { return [] }
        if !fresh.isEmpty { order() }
        let stem = RetainedMessages.stem(of: filter)
        var found: [Message] = []
        for topic in ordered[start(of: stem)...] {
            guard topic.bytes.starts(with: stem) else { break }
            guard let message = messages[topic],
                filter.matches(topic, hashTakesParent: hashTakesParent)
            else { continue }
            found.append(message)
        }
        return found
    }

    /// What every topic that the filter takes begins with.
    private static func stem(of filter: TopicFilter) -> ArraySlice<UInt8> {
        var stem = filter.bytes.prefix { $0 != TopicSyntax.plus && $0 != TopicSyntax.hash }
        // `a/#` takes `a`, too.
        if stem.endIndex == filter.bytes.count - 1, filter.bytes.last == TopicSyntax.hash,
            stem.last == TopicSyntax.slash
        {
            stem.removeLast()
        }
        return stem
    }

    /// The first topic that is not before `stem`.
    private func start(of stem: ArraySlice<UInt8>) -> Int {
        var (low, high) = (0, ordered.count)
        while low < high {
            let middle = (low + high) / 2
            if ordered[middle].bytes.lexicographicallyPrecedes(stem) {
                low = middle + 1
            } else {
                high = middle
            }
        }
        return low
    }

    /// Merges the fresh topics in, once each, and leaves out those that are gone.
    private mutating func order() {
        fresh.sort { $0.bytes.lexicographicallyPrecedes($1.bytes) }
        var merged: [TopicName] = []
        merged.reserveCapacity(messages.count)
        func add(_ topic: TopicName) {
            if merged.last != topic, messages[topic] != nil { merged.append(topic) }
        }
        var place = 0
        for topic in ordered {
            while place < fresh.count, !topic.bytes.lexicographicallyPrecedes(fresh[place].bytes) {
                add(fresh[place])
                place += 1
            }
            add(topic)
        }
        for topic in fresh[place...] { add(topic) }
        (ordered, fresh) = (merged, [])
    }
}
