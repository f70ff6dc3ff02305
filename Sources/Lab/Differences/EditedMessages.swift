import EventModel
import Expectations
import Ledger
import Topology

/// The messages that events lead to, before and after edits of their history.
struct EditedMessages {
    typealias Registrations = [(sequence: Int, time: Timestamp, registration: Registration)]

    private let ledger: EventLedger
    private var before: Expectation
    private var after: Expectation
    private var found: [WhatIf.MessageChange] = []

    /// - Parameters:
    ///   - before: the registrations of the ledger.
    ///   - after: those of the edited history, by its sequences.
    init(
        _ ledger: EventLedger, _ topology: TopologyFile, _ before: Registrations,
        _ after: Registrations, _ database: TimeZoneDatabase
    ) throws {
        let parts = try PathParts(
            ReplayRequest(
                ledger, topology: topology, window: ReplayWindow(last: try ledger.headSequence()),
                targets: topology.targets.map(\.id), database: database))
        func expectation(_ registrations: Registrations) -> Expectation {
            Expectation(
                routes: parts.routes, replayName: nil,
                registrations: registrations.map { ($0.sequence, $0.registration) })
        }
        self.ledger = ledger
        self.before = expectation(before)
        self.after = expectation(after)
    }

    /// The messages that change, in the order in which they are, or would be, sent.
    mutating func changes(_ order: EditedOrder) throws -> [WhatIf.MessageChange] {
        found = []
        // An event that stays where it was leads to what it led to, unless its feeder is another.
        var movesFeeders = false
        for sequence in order.removed {
            let event = try ledger.event(at: sequence)
            movesFeeders = movesFeeders || event.content.isRegistration
            note(try before.messages(for: event, at: sequence), [])
        }
        for arrival in order.arrivals {
            movesFeeders = movesFeeders || arrival.event.content.isRegistration
            let old = try arrival.sequence.map { sequence in
                try before.messages(for: ledger.event(at: sequence), at: sequence)
            }
            note(old ?? [], try after.messages(for: arrival.event, at: arrival.place))
        }
        if movesFeeders { try compareKept(order) }
        return found.enumerated().sorted { a, b in
            (a.element.at, a.offset) < (b.element.at, b.offset)
        }.map(\.element)
    }

    private mutating func compareKept(_ order: EditedOrder) throws {
        let head = try ledger.headSequence()
        guard head > 0 else { return }
        var places = Array(repeating: 0, count: head + 1)
        for (place, entry) in order.entries.enumerated() {
            if case .kept(let sequence) = entry { places[sequence] = place + 1 }
        }
        try ledger.forEachEvent(1...head) { sequence, event in
            guard places[sequence] > 0 else { return }
            note(
                try before.messages(for: event, at: sequence),
                try after.messages(for: event, at: places[sequence]))
        }
    }

    /// Holds the messages of one event against those that it would lead to, target by target.
    private mutating func note(_ old: [ExpectedMessage], _ new: [ExpectedMessage]) {
        var rest = new
        for message in old {
            let place = rest.firstIndex { $0.target == message.target }
            let other = place.map { rest.remove(at: $0) }
            if let other, other.key == message.key, other.at == message.at, other.qos == message.qos
            {
                continue
            }
            found.append(WhatIf.MessageChange(before: message, after: other))
        }
        for message in rest { found.append(WhatIf.MessageChange(before: nil, after: message)) }
    }
}

extension WhatIf.MessageChange {
    /// When the message is sent, or would be where it is not.
    fileprivate var at: Timestamp { (before ?? after)?.at ?? .earliest }
}
