import Expectations

extension Replay {
    /// The ids by which the replay connects to the broker; a broker throws out whoever has the same.
    public var clientIDs: [String] {
        guard parts.sendsMessages else { return [] }
        let functions = activeTargets.compactMap { target -> String? in
            if case .catFeeder(let feeder) = target.kind { feeder.thing.text } else { nil }
        }
        return functions + parts.installation.feeders.map(\.clientID)
    }

    /// How many messages the replay leads to without faults, and the first few of them: worked out
    /// from ledger and topology, before anything is sent.
    public func preview(first limit: Int) throws -> (count: Int, first: [ExpectedMessage]) {
        var source = ExpectedSource(
            request.ledger, request.window,
            Expectation(
                routes: parts.routes, replayName: request.name,
                registrations: parts.registrations))
        var count = 0
        var first: [ExpectedMessage] = []
        var stretch: [ExpectedMessage] = []
        while try source.next(into: &stretch) {
            count += stretch.count
            first += stretch.prefix(max(0, limit - first.count))
            stretch.removeAll(keepingCapacity: true)
        }
        return (count, first)
    }
}
