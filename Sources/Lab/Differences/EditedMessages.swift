import EventModel
import Expectations
import Ledger
import Topology

/// The messages that events lead to, before and after edits of their history.
struct EditedMessages {
    typealias Registrations = [(sequence: Int, time: Timestamp, registration: Registration)]

    private let ledger: EventLedger
    private let last: Int
    private let until: Timestamp?
    private var before: Expectation
    private var after: Expectation
    private var found: [WhatIf.MessageChange] = []

    /// - Parameters:
    ///   - last: the last sequence that counts.
    ///   - until: the last moment of an event whose messages count; nil for all.
    ///   - before: the registrations of the ledger.
    ///   - after: those of the edited history, by its sequences.
    init(
        _ ledger: EventLedger, upTo last: Int, until: Timestamp?, _ topology: TopologyFile,
        _ before: Registrations, _ after: Registrations, _ database: TimeZoneDatabase
    ) throws {
        let parts = try PathParts(
            ReplayRequest(
                ledger, topology: topology, window: ReplayWindow(last: last),
                targets: topology.targets.map(\.id), database: database))
        func expectation(_ registrations: Registrations) -> Expectation {
            Expectation(
                routes: parts.routes, replayName: nil,
                registrations: registrations.map { ($0.sequence, $0.registration) })
        }
        (self.ledger, self.last, self.until) = (ledger, last, until)
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
            note(event, try before.messages(for: event, at: sequence), [])
        }
        for arrival in order.arrivals {
            movesFeeders = movesFeeders || arrival.event.content.isRegistration
            let old = try arrival.sequence.map { sequence in
                try before.messages(for: ledger.event(at: sequence), at: sequence)
            }
            note(
                arrival.event, old ?? [], try after.messages(for: arrival.event, at: arrival.place))
        }
        if movesFeeders { try compareKept(order) }
        return found.enumerated().sorted { a, b in
            (a.element.at, a.offset) < (b.element.at, b.offset)
        }.map(\.element)
    }

    private mutating func compareKept(_ order: EditedOrder) throws {
        guard last > 0 else { return }
        var places = Array(repeating: 0, count: last + 1)
        for (place, entry) in order.entries.enumerated() {
            if case .kept(let sequence) = entry { places[sequence] = place + 1 }
        }
        try ledger.forEachEvent(1...last) { sequence, event in
            guard places[sequence] > 0 else { return }
            note(
                event, try before.messages(for: event, at: sequence),
                try after.messages(for: event, at: places[sequence]))
        }
    }

    /// Holds the messages of one event against those that it would lead to, target by target.
    private mutating func note(
        _ event: Event, _ old: [ExpectedMessage], _ new: [ExpectedMessage]
    ) {
        guard until.map({ event.time <= $0 }) ?? true else { return }
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
