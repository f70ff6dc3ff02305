import EventModel
import EventPatterns
import Simulation

/// Takes events in, finds the rules that match, and gives them to the rules' targets, again where
/// a target fails: all in virtual time, one step at a time.
///
///     put ─> rules ─> bindings ─> attempt ──> target
///                                    └─ failed ─> retry at … │ dead-letter queue
public final class Bus {
    /// What the bus is called, and where it lies.
    public let name: BusName
    /// In the order in which they are asked, disabled ones included.
    public let rules: [Rule]
    /// The dead letters of each queue, in the order in which they were given up.
    public private(set) var deadLetters: [String: [DeadLetter]] = [:]
    /// Events that were given up and had no queue to go to.
    public private(set) var dropped = 0
    /// What the bus has done since it was made.
    public private(set) var counts = Counts()
    /// Told what comes of each attempt; the bus does not keep it alive.
    public weak var observer: (any BusObserver)?

    /// What a bus did.
    public struct Counts: Sendable, Equatable {
        /// Events that were put.
        public var put = 0
        /// Events that a rule matched, once a rule.
        public var matched = 0
        /// Attempts made, first ones and copies included.
        public var attempts = 0
        /// Attempts that the target took.
        public var delivered = 0
        /// Attempts that the target did not take, or whose answer was lost.
        public var failed = 0
        /// Attempts that the world repeated, although the target took them.
        public var duplicated = 0
        /// Events that were given up, with a queue to go to or without.
        public var deadLettered = 0
        /// Dead letters that were sent to their targets again.
        public var redriven = 0
    }

    private struct Route {
        let rule: Int
        let binding: TargetBinding
        let target: any Target
    }

    private struct Attempt {
        var event: BusEvent
        var route: Int
        var number: Int
        var put: Timestamp
        /// Whether the world doubled the event: nothing is drawn for the copy's fate.
        var isCopy = false
    }

    private let routes: [Route]
    /// The routes of each rule.
    private let routesByRule: [[Int]]
    private var router: Router
    private var timeline = Timeline<Attempt>()
    private let envelope: EventEnvelope
    private let disturbance: (any Disturbance)?
    private let jitter: RandomStream
    private let targetEntities: [UInt64]

    /// - Parameters:
    ///   - targets: by their ids. A binding without a target here is left out: nothing is sent
    ///     there.
    ///   - seed: the root seed of the jitter between attempts.
    public init(
        name: BusName, rules: [Rule], targets: [String: any Target], seed: UInt64,
        disturbance: (any Disturbance)? = nil
    ) {
        self.name = name
        envelope = EventEnvelope(bus: name)
        self.rules = rules
        self.disturbance = disturbance
        jitter = RandomStream(seed: seed, domain: .retryDelay)
        var routes: [Route] = []
        var routesByRule: [[Int]] = []
        for (index, rule) in rules.enumerated() {
            var own: [Int] = []
            for binding in rule.targets {
                guard rule.isEnabled, let target = targets[binding.id] else { continue }
                own.append(routes.count)
                routes.append(Route(rule: index, binding: binding, target: target))
            }
            routesByRule.append(own)
        }
        self.routes = routes
        self.routesByRule = routesByRule
        targetEntities = routes.map { RandomStream.entity($0.binding.id) }
        router = Router(rules.map(\.pattern))
    }

    /// When the bus wants to try again; nil where nothing waits.
    public var nextDeadline: Timestamp? { timeline.next }

    /// How many attempts wait.
    public var pending: Int { timeline.count }

    /// Puts an event on the bus: each target that a rule names gets a first attempt at once.
    public func put(_ event: BusEvent, at now: Timestamp) throws {
        envelope.clear()
        counts.put += 1
        for rule in try router.rules(for: event, envelope) where !routesByRule[rule].isEmpty {
            counts.matched += 1
            for route in routesByRule[rule] {
                try run(Attempt(event: event, route: route, number: 1, put: now), at: now)
            }
        }
    }

    /// Makes the attempts that fall due by `now`, each at its own time.
    public func advance(to now: Timestamp) throws {
        while let (time, attempt) = timeline.take(by: now) { try run(attempt, at: time) }
    }

    /// Sends the letters of a queue to their targets again, as new events.
    ///
    /// - Returns: how many there were.
    @discardableResult
    public func redrive(_ queue: String, at now: Timestamp) throws -> Int {
        let letters = deadLetters.removeValue(forKey: queue) ?? []
        for letter in letters {
            let route = routes.firstIndex {
                $0.binding.id == letter.target && rules[$0.rule].name == letter.rule
            }
            // A letter comes from a route of this bus, and routes do not change.
            guard let route else { continue }
            counts.redriven += 1
            observer?.bus(
                AttemptAddress(
                    sequence: letter.event.sequence ?? 0, target: letter.target, attempt: 1),
                came: .redriven, at: now)
            try run(
                Attempt(event: letter.event, route: route, number: 1, put: now, isCopy: true),
                at: now)
        }
        return letters.count
    }

    private func run(_ attempt: Attempt, at now: Timestamp) throws {
        let route = routes[attempt.route]
        let address = AttemptAddress(
            sequence: attempt.event.sequence ?? 0, target: route.binding.id,
            attempt: attempt.number)
        counts.attempts += 1
        let fate =
            attempt.isCopy ? .deliver : disturbance?.fate(of: address, at: now) ?? .deliver
        do {
            if fate == .failBefore { throw TargetFailure.injected(hasActed: false) }
            try route.target.receive(
                Delivery(
                    event: attempt.event, rule: rules[route.rule].name, attempt: attempt.number,
                    now: now, put: attempt.put, envelope: envelope,
                    input: route.binding.input))
            if fate == .failAfter { throw TargetFailure.injected(hasActed: true) }
        } catch let failure as TargetFailure {
            counts.failed += 1
            settle(attempt, address, failure, hasActed: fate == .failAfter, at: now)
            return
        }
        counts.delivered += 1
        observer?.bus(address, came: .delivered, at: now)
        if case .deliverAgain(let pause) = fate {
            counts.duplicated += 1
            observer?.bus(address, came: .duplicated, at: now)
            var copy = attempt
            copy.isCopy = true
            timeline.add(copy, at: Timestamp(microseconds: now.microseconds + max(0, pause)))
        }
    }

    /// A failed attempt is made again later, or the event is given up.
    private func settle(
        _ attempt: Attempt, _ address: AttemptAddress, _ failure: TargetFailure, hasActed: Bool,
        at now: Timestamp
    ) {
        let binding = routes[attempt.route].binding
        let random = jitter.words(
            slot: UInt64(attempt.number),
            entity: targetEntities[attempt.route]
                ^ UInt64(bitPattern: Int64(address.sequence)))
        let decision: RetryPolicy.Decision =
            failure.isPermanent
            ? .giveUp(.notRetryable)
            : binding.retry.decision(
                failed: attempt.number, put: attempt.put, now: now, random: random.0)
        switch decision {
        case .retry(let time):
            observer?.bus(
                address, came: .failed(failure, hasActed: hasActed, next: time), at: now)
            var next = attempt
            next.number += 1
            timeline.add(next, at: time)
        case .giveUp(let condition):
            observer?.bus(address, came: .failed(failure, hasActed: hasActed, next: nil), at: now)
            let letter = DeadLetter(
                event: attempt.event, rule: rules[routes[attempt.route].rule].name,
                target: binding.id, condition: condition, errorCode: failure.code,
                errorMessage: failure.reason, attempts: attempt.number, at: now)
            counts.deadLettered += 1
            if let queue = binding.deadLetters {
                deadLetters[queue, default: []].append(letter)
            } else {
                dropped += 1
            }
            observer?.bus(address, came: .deadLettered(letter), at: now)
        }
    }
}

extension TargetFailure {
    static func injected(hasActed: Bool) -> TargetFailure {
        TargetFailure(
            code: "INJECTED",
            reason: hasActed
                ? "the target's answer was lost, on purpose"
                : "the target failed before it acted, on purpose")
    }
}
