import EventModel
import Expectations
import Ledger
import Projections
import Simulation
import Testing
import Topology

@testable import Lab

@Suite struct `What if` {
    private let types: [any Projection.Type] = [
        BowlTotals.self, FeedingStats.self, KnownFeeders.self, GramsHeard.self,
    ]

    /// Edits drawn from a history's own events, and the events as somebody would edit them by hand.
    private func edited(
        _ bench: HistoryBench, _ number: Int
    ) throws -> (edits: [HistoryEdit], events: [Event]) {
        var draws = RandomStream(seed: 7, domain: .lawCut).draws(
            slot: UInt64(number), entity: RandomStream.entity("what-if"))
        let events = try bench.events()
        var edits: [HistoryEdit] = []
        var kept = events.indices.map { Optional($0) }
        var late: [Event] = []
        for _ in 0..<1 + Int(draws.below(3)) {
            let place = Int(draws.below(UInt64(events.count)))
            guard kept[place] != nil else { continue }
            kept[place] = nil
            if draws.below(2) == 0 {
                edits.append(.without(place + 1))
            } else {
                let delay = Int64(draws.below(200_000)) * 1_000_000
                edits.append(.delay(place + 1, microseconds: delay))
                var event = events[place]
                event.recorded = event.recorded.map {
                    Timestamp(microseconds: $0.microseconds + delay)
                }
                late.append(event)
            }
        }
        if draws.below(3) > 0 {
            let model = events[Int(draws.below(UInt64(events.count)))]
            let new = Event(
                id: EventID("new"), time: model.time, recorded: model.recorded,
                content: draws.below(2) == 0
                    ? model.content
                    : Registration(
                        device: "G030JF055364XVRB", feeder: "cellar", timeZone: "Asia/Kathmandu",
                        leftGrams: 11, rightGrams: 12
                    ).content(envelope: nil))
            edits.append(.insert(new))
            late.append(new)
        }
        // A stable sort by recorded time: what is moved or new comes after what was there.
        let all = kept.compactMap { $0.map { events[$0] } } + late
        let order = all.enumerated().sorted {
            ($0.element.recorded ?? $0.element.time, $0.offset)
                < ($1.element.recorded ?? $1.element.time, $1.offset)
        }
        return (edits, order.map(\.element))
    }

    private func messages(_ bench: HistoryBench, _ routes: [ExpectedRoute]) throws -> [String: Int]
    {
        guard bench.head > 0 else { return [:] }
        var source = ExpectedSource(
            bench.ledger, ReplayWindow(last: bench.head),
            Expectation(
                routes: routes, replayName: nil,
                registrations: try bench.ledger.registrations(upTo: bench.head)
                    .map { ($0.sequence, $0.registration) }))
        var all: [ExpectedMessage] = []
        while try source.next(into: &all) {}
        return all.reduce(into: [:]) { $0[text($1), default: 0] += 1 }
    }

    private func text(_ message: ExpectedMessage) -> String {
        "\(message.at.text) \(message.target) \(message.qos) \(message.key)"
    }

    @Test(arguments: 0..<50)
    func `an edited copy of the ledger leads to the same rows and messages`(number: Int) throws {
        let bench = try HistoryBench(number, isPlain: true)
        let (edits, events) = try edited(bench, number)
        let copy = try HistoryBench(events)
        #expect(copy.head == events.count)
        let topology = try TopologyFile(named: number % 2 == 0 ? "fleet" : "deployed")
        let outcome = try WhatIf(
            edits, of: bench.ledger, projections: types, topology: topology,
            database: bench.database)
        #expect(outcome.events == (bench.head, copy.head))
        for (type, found) in zip(types, outcome.projections) {
            let expected = TablesDifference(
                try bench.tables(type, at: bench.head), try copy.tables(type, at: copy.head))
            #expect(found.name == type.name && found.difference == expected)
        }
        // The messages of the ledger, less those that go, and those that come, are the copy's.
        let routes = try PathParts(
            ReplayRequest(
                bench.ledger, topology: topology, window: ReplayWindow(last: bench.head),
                targets: topology.targets.map(\.id), database: bench.database)
        ).routes
        var told = try messages(bench, routes)
        for change in outcome.messages {
            if let before = change.before { told[text(before), default: 0] -= 1 }
            if let after = change.after { told[text(after), default: 0] += 1 }
            #expect(change.before.map(text) != change.after.map(text))
        }
        #expect(try told.filter { $0.value != 0 } == messages(copy, routes))
    }

    @Test func `nothing changes, nothing is said`() throws {
        let bench = try HistoryBench(5)
        let outcome = try WhatIf(
            [.delay(bench.head, microseconds: 0)], of: bench.ledger, projections: types,
            topology: TopologyFile(named: "deployed"), database: bench.database)
        #expect(outcome.isEmpty)
    }

    @Test(arguments: [
        ([HistoryEdit.without(0)], "no sequence 0"), ([.without(1_000)], "no sequence 1000"),
        ([.without(3), .delay(3, microseconds: 1)], "edited twice"),
        ([.delay(3, microseconds: .max)], "cannot be recorded that much later"),
        ([.delay(3, microseconds: -1)], "cannot be recorded that much later"),
    ])
    func `edits that cannot be are refused`(edits: [HistoryEdit], reason: String) throws {
        let bench = try HistoryBench(5)
        let error = #expect(throws: (any Error).self) {
            try WhatIf(
                edits, of: bench.ledger, projections: types,
                topology: TopologyFile(named: "deployed"), database: bench.database)
        }
        #expect(error.map { "\($0)" }?.contains(reason) == true, "\(error.map { "\($0)" } ?? "")")
    }

    @Test func `an id that the ledger has cannot be put in again`() throws {
        let bench = try HistoryBench(5)
        let event = try bench.ledger.event(at: 4)
        #expect(throws: DifferenceError.self) {
            try WhatIf(
                [.insert(event)], of: bench.ledger, projections: types,
                topology: TopologyFile(named: "deployed"), database: bench.database)
        }
    }
}
