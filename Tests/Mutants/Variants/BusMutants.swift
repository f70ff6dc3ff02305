import EventBus
import EventModel
import EventPatterns

extension Mutant {
    static let bus = [
        Mutant(
            "drops-last-of-a-minute", .bus, "the bus drops the last event of each minute",
            by: Oracles.bus, "missing at the log", within: 20,
            Minimum("put SINGLE", because: "one event alone is the last of its minute"),
            part: { MinuteBus(BusBench.real($0, $1)) }),
        Mutant(
            "forgets-third-retry", .bus, "the third retry is not made, and taken for delivered",
            by: Oracles.bus, "lost on the way to the feeder", within: 60,
            Minimum(
                "put SINGLE, the feeder fails 3 times",
                because: "a third retry comes after three failures of one event"),
            part: forgetsThirdRetry),
        Mutant(
            "replays-to-all", .bus, "a replayed event goes to rules that are for no replay",
            by: Oracles.bus, "unexpected at the feeder", within: 40,
            Minimum(
                "put SINGLE of a replay", because: "one replayed event that the rule else matches"),
            part: withPattern("\"replay-name\": [{\"exists\": false}],", "")),
        Mutant(
            "keeps-no-letters", .bus, "an event that is given up lands in no queue",
            by: Oracles.bus, "lost on the way to the feeder", within: 150,
            Minimum(
                "put SINGLE, the feeder fails 5 times",
                because: "four retries and a first attempt must fail until one event is given up"),
            part: { rules, targets in
                BusBench.real(rules.map(\.withoutQueues), targets)
            }),
        Mutant(
            "matches-all-but-the-first", .bus,
            "anything-but asks for the first of its values alone",
            by: Oracles.bus, "unexpected at the feeder", within: 40,
            Minimum("put LONG", because: "one event with the second of the values"),
            part: withPattern("[\"DOUBLE\", \"LONG\"]", "\"DOUBLE\"")),
    ]

    /// Also the canary of the tests.
    static let forgetsThirdRetry: BusPart = { rules, targets in
        BusBench.real(rules, targets.mapValues { ForgetfulTarget($0, after: 3) })
    }

    /// A bus whose patterns are read with some text in the place of another.
    private static func withPattern(_ text: String, _ other: String) -> BusPart {
        { rules, targets in
            let read = BusBench.fed.replacing(text, with: other)
            var rules = rules
            if let pattern = try? EventPattern(parsing: read) { rules[0].pattern = pattern }
            return BusBench.real(rules, targets)
        }
    }
}

extension Rule {
    fileprivate var withoutQueues: Rule {
        var rule = self
        for place in rule.targets.indices { rule.targets[place].deadLetters = nil }
        return rule
    }
}

/// A bus that passes an event on when the next one of its minute comes.
private final class MinuteBus: EventCarrier {
    private let bus: any EventCarrier
    private var last: (event: BusEvent, time: Timestamp)?

    init(_ bus: any EventCarrier) { self.bus = bus }

    func put(_ event: BusEvent, at now: Timestamp) throws {
        if let last, last.time.seconds / 60 == now.seconds / 60 {
            try bus.put(last.event, at: now)
        }
        last = (event, now)
    }

    func advance(to now: Timestamp) throws { try bus.advance(to: now) }
    func redrive(_ queue: String, at now: Timestamp) throws -> Int {
        try bus.redrive(queue, at: now)
    }
    var nextDeadline: Timestamp? { bus.nextDeadline }
    var deadLetters: [String: [DeadLetter]] { bus.deadLetters }
}

/// A target that is asked no more than so often for an event.
private final class ForgetfulTarget: Target {
    private let target: any Target
    private let limit: Int

    init(_ target: any Target, after limit: Int) { (self.target, self.limit) = (target, limit) }

    func receive(_ delivery: borrowing Delivery) throws {
        if delivery.attempt <= limit { try target.receive(delivery) }
    }
}
