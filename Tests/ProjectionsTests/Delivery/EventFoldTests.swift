import EventModel
import Lab
import Ledger
import Projections
import Simulation
import Testing

/// Needs the order of the ledger: what it heard last is its state.
private struct LastClick: Projection {
    static let name = "last-click"
    static let version = 1
    static let hears: [any EventDetail.Type] = [FeedDispensed.self]
    var presses = 0
    var last = 0
    init() {}
    mutating func apply(_ press: Press, _ history: borrowing History) {
        presses += 1
        last = press.sequence
    }
    mutating func apply(_ event: HeardEvent, _ history: borrowing History) {
        last = -event.sequence
    }
    mutating func merge(_ later: LastClick) {}
    func encode(to coder: inout StateEncoder) {
        coder.encode(presses)
        coder.encode(last)
    }
    init(from coder: inout StateDecoder) throws {
        presses = try coder.decode()
        last = try coder.decode()
    }
    func write(to store: StoreWriter) throws {}
}

@Suite struct `Events one at a time` {
    private static let all: [any Projection.Type] = [
        BowlTotals.self, FeedingStats.self, LastClick.self, Listener.self,
    ]

    private func events(_ ledger: EventLedger) throws -> [Event] {
        var events: [Event] = []
        let last = try ledger.headSequence()
        try ledger.forEachEvent(1...last) { _, event in events.append(event) }
        return events
    }

    /// Gives events to fresh folds, or to those given, and returns the pass.
    private func fold(
        _ deliveries: [Int], of fixture: StoreFixture, into folds: [ProjectionFold]? = nil,
        from first: Int = 1
    ) throws -> EventFold {
        let ledger = try fixture.ledger()
        let events = try events(ledger)
        let hydration = try fixture.hydration("head", projections: Self.all)
        let pass = EventFold(
            hydration.history, folds ?? hydration.folds, devices: try ledger.devices(), from: first)
        for sequence in deliveries { try pass.take(events[sequence - 1], sequence: sequence) }
        try pass.flush()
        return pass
    }

    @Test(arguments: 1...6)
    func `in order are what a hydration is, to the digest of the input`(number: Int) throws {
        try StoreFixture.with(generated: number) { fixture in
            var hydration = try fixture.hydration("head", projections: Self.all)
            try hydration.run()
            let last = try fixture.ledger().headSequence()
            let pass = try fold(Array(1...last), of: fixture)
            for (found, expected) in zip(pass.folds, hydration.folds) {
                #expect(found.digest(pass.history) == expected.digest(hydration.history))
                #expect(found.events == expected.events, "\(found.name)")
                #expect(found.input == expected.input && found.latest == expected.latest)
                #expect(found.sequence == last)
            }
            #expect(pass.taken == last && pass.copies == 0)
            #expect(pass.undecodable == hydration.undecodable)
        }
    }

    @Test(arguments: 1...6)
    func `twice are taken once, and the copies are counted`(number: Int) throws {
        try StoreFixture.with(generated: number) { fixture in
            let last = try fixture.ledger().headSequence()
            let once = try fold(Array(1...last), of: fixture)
            let twice = try fold((1...last).flatMap { [$0, $0] } + [1, last], of: fixture)
            for (found, expected) in zip(twice.folds, once.folds) {
                #expect(found.digest(twice.history) == expected.digest(once.history))
                #expect(found.input == expected.input && found.events == expected.events)
            }
            #expect(twice.copies == last + 2 && twice.taken == last)
        }
    }

    @Test(arguments: 1...6)
    func `in another order change what needs the order, and the input, and nothing else`(
        number: Int
    ) throws {
        try StoreFixture.with(generated: number) { fixture in
            let last = try fixture.ledger().headSequence()
            let forward = try fold(Array(1...last), of: fixture)
            let backward = try fold((1...last).reversed(), of: fixture)
            for (found, expected) in zip(backward.folds, forward.folds) {
                let isSame =
                    found.digest(backward.history) == expected.digest(forward.history)
                #expect(isSame == (found.name != LastClick.name), "\(found.name)")
                #expect(found.needsOrder || isSame)
                #expect(found.input != expected.input && found.sequence == last)
            }
        }
    }

    @Test func `up to a gap are complete, and beyond it they are not`() throws {
        try StoreFixture.with(generated: 4) { fixture in
            let last = try fixture.ledger().headSequence()
            let pass = try fold(Array(1...last).filter { $0 != 10 }, of: fixture)
            #expect(pass.folds.allSatisfy { $0.sequence == 9 && $0.input.count == last - 1 })
            #expect(pass.taken == last - 1)
        }
    }

    @Test(arguments: 1...6)
    func `when all were given are noted in the ledger's order, but where the order counts`(
        number: Int
    ) throws {
        try StoreFixture.with(generated: number) { fixture in
            let ledger = try fixture.ledger()
            let last = try ledger.headSequence()
            let forward = try fold(Array(1...last), of: fixture)
            let backward = try fold((1...last).reversed(), of: fixture)
            try backward.close(ledger, 1...last, until: nil)
            for (found, expected) in zip(backward.folds, forward.folds) {
                #expect((found.input == expected.input) == !found.needsOrder, "\(found.name)")
            }
            let gap = try fold((2...last).reversed(), of: fixture)
            let before = gap.folds.map(\.input)
            try gap.close(ledger, 1...last, until: nil)
            #expect(gap.folds.map(\.input) == before)
            #expect(gap.folds.allSatisfy { $0.sequence == 0 })
        }
    }

    @Test func `that a fold had before it came here are not given to it again`() throws {
        try StoreFixture.with(generated: 5) { fixture in
            let last = try fixture.ledger().headSequence()
            for cut in [0, 1, last / 2, last] {
                let early = try fold(Array(1..<cut + 1), of: fixture)
                let folds = [early.folds[0], early.folds[1], early.folds[2], early.folds[3]]
                let resumed = try fold(Array(1...last), of: fixture, into: folds)
                let whole = try fold(Array(1...last), of: fixture)
                for (found, expected) in zip(resumed.folds, whole.folds) {
                    #expect(found.digest(resumed.history) == expected.digest(whole.history))
                    #expect(found.input == expected.input, "\(found.name) from \(cut)")
                    #expect(found.events == expected.events && found.sequence == last)
                }
            }
        }
    }

    @Test func `before the first that counts are copies`() throws {
        try StoreFixture.with(generated: 4) { fixture in
            let pass = try fold([9, 10, 11, 1], of: fixture, from: 10)
            #expect(pass.taken == 2 && pass.copies == 2)
        }
    }

    @Test func `belong to the feeder that was registered when the ledger took them in`() throws {
        try StoreFixture.with(
            .press(.single, at: "2024-03-01T07:00:00Z", device: "b"),
            .registration(of: "b", feeder: "kitchen", zone: "UTC", at: "2024-03-01T08:00:00Z"),
            .press(.single, at: "2024-03-01T06:00:00Z", device: "b"),
            .registration(
                of: "b", feeder: "hall", zone: "UTC", left: 40, at: "2024-03-01T09:00:00Z"),
            .press(.single, at: "2024-03-01T10:00:00Z", device: "b")
        ) { fixture in
            let pass = try fold([5, 3, 1, 4, 2], of: fixture)
            let totals = try #require(pass.folds[0] as? TypedFold<BowlTotals>).state
                .totals(pass.history)
            let grams = totals.map { "\(pass.history.name(of: $0.feeder)) \($0.left.grams)" }
            #expect(Set(grams) == ["b 25", "kitchen 25", "hall 40"])
        }
    }
}
