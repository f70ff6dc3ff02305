import EventBus
import EventModel
import EventPatterns
import PropertyTesting

/// What the oracle asks of a bus.
protocol EventCarrier: AnyObject {
    func put(_ event: BusEvent, at now: Timestamp) throws
    func advance(to now: Timestamp) throws
    func redrive(_ queue: String, at now: Timestamp) throws -> Int
    var nextDeadline: Timestamp? { get }
    var deadLetters: [String: [DeadLetter]] { get }
}

extension Bus: EventCarrier {}

/// A way to a bus with these rules and targets.
typealias BusPart = @Sendable ([Rule], [String: any Target]) -> any EventCarrier

/// A bus with two rules, one of which feeds and one of which writes down.
///
///     SINGLE, no replay ─> feeder   fails as often as a put says; five attempts, then the queue
///     all               ─> log
struct BusBench {
    let bus: any EventCarrier
    let feeder = FailingTarget()
    let log = FailingTarget()
    var now = Timestamp(seconds: 1_678_605_300)
    private var count = 0

    static let retries = 4
    static let fed = #"""
        {"source": ["com.feedmyfurbabies"], "replay-name": [{"exists": false}],
         "detail": {"click-type": [{"anything-but": ["DOUBLE", "LONG"]}]}}
        """#
    static let all = #"{"source": ["com.feedmyfurbabies"]}"#

    static let real: BusPart = { rules, targets in
        Bus(
            name: BusName(name: "cats", account: "123456789012", region: "ap-southeast-2"),
            rules: rules, targets: targets, seed: 1)
    }

    init(_ part: BusPart) throws {
        let rules = [
            Rule(
                name: "feeds", pattern: try EventPattern(parsing: BusBench.fed),
                targets: [
                    TargetBinding(
                        id: "feeder", retry: RetryPolicy(attempts: BusBench.retries),
                        deadLetters: "letters")
                ]),
            Rule(
                name: "log", pattern: try EventPattern(parsing: BusBench.all),
                targets: [TargetBinding(id: "log")]),
        ]
        bus = part(rules, ["feeder": feeder, "log": log])
    }

    /// A press as it is put.
    struct Put: Sendable, CustomStringConvertible {
        var click: ClickKind
        var failures: Int
        var isReplay: Bool

        var isFed: Bool { click == .single && !isReplay }
        var isGivenUp: Bool { isFed && failures > BusBench.retries }

        var description: String {
            click.word + (isReplay ? " of a replay" : "")
                + (failures > 0 ? ", the feeder fails \(failures) times" : "")
        }

        static let any = zip(
            Gen.element(of: [ClickKind.single, .double, .long]),
            Gen.weighted([(2, .just(0)), (1, Gen.integer(in: 0...6))]), .bool
        ).map { Put(click: $0, failures: $1, isReplay: $2) }
    }

    mutating func put(_ press: Put) throws {
        count += 1
        feeder.failures[count] = press.failures
        let event = Event(
            id: EventID("event-\(count)"), time: now,
            content: EventContent(
                source: FeederSystem.source, detailType: FeederSystem.detailType, device: nil,
                detail: "{\"click-type\": \"\(press.click.word)\"}"))
        try bus.put(
            BusEvent(event, sequence: count, replayName: press.isReplay ? "again" : nil), at: now)
    }

    mutating func wait(seconds: Int) throws {
        now.microseconds += Int64(seconds) * 1_000_000
        try bus.advance(to: now)
    }

    mutating func drain() throws {
        while let next = bus.nextDeadline {
            now = max(now, next)
            try bus.advance(to: next)
        }
    }
}

/// A target that writes down what it took, and fails when it is told to.
final class FailingTarget: Target {
    /// The sequences that it took, in order.
    private(set) var taken: [Int] = []
    /// How often it still fails for a sequence.
    var failures: [Int: Int] = [:]

    func receive(_ delivery: borrowing Delivery) throws {
        let sequence = delivery.event.sequence ?? 0
        if let left = failures[sequence], left > 0 {
            failures[sequence] = left - 1
            throw TargetFailure(code: "BUSY", reason: "on purpose")
        }
        taken.append(sequence)
    }
}

extension Oracles {
    /// Each press comes once to each target whose rule is for it, is given up where its target fails too
    /// often, and comes when it is redriven.
    static let bus = Oracle<BusPart>(
        "bus", of: BusBench.real, machine: buses, steps: 12, make: { try BusBench($0) }, end: settle
    )

    static let buses = Machine<[BusBench.Put], BusBench>(
        [],
        rules: [
            .init("put", weight: 3, with: { _ in BusBench.Put.any }) { puts, press in
                puts.append(press)
            } action: { bench, _, press in
                try bench.put(press)
            },
            .init("wait for seconds:", with: { _ in Gen.integer(in: 1...90, origin: 1) }) {
                _, _ in
            } action: { bench, _, seconds in
                try bench.wait(seconds: seconds)
            },
        ])

    /// What must be where after all that was put.
    @Sendable static func settle(_ bench: inout BusBench, _ puts: [BusBench.Put]) throws {
        try bench.drain()
        try compare(bench.log.taken, puts.indices.map { $0 + 1 }, "the log")
        let letters = bench.bus.deadLetters["letters"]?.compactMap(\.event.sequence) ?? []
        let all = puts.indices.filter { puts[$0].isFed }.map { $0 + 1 }
        let known = Set(bench.feeder.taken + letters)
        try require(known.isSuperset(of: all), "lost on the way to the feeder")
        let fed = all.filter { !puts[$0 - 1].isGivenUp }
        try compare(bench.feeder.taken, fed, "the feeder")
        try compare(letters, all.filter { puts[$0 - 1].isGivenUp }, "the queue")
        _ = try bench.bus.redrive("letters", at: bench.now)
        try bench.drain()
        try compare(bench.feeder.taken, all, "the feeder after a redrive")
    }

    private static func compare(_ found: [Int], _ expected: [Int], _ place: String) throws {
        try require(Set(found).isSuperset(of: expected), "missing at \(place)")
        try require(Set(found).isSubset(of: expected), "unexpected at \(place)")
        try require(found.count == expected.count, "twice at \(place)")
    }
}
