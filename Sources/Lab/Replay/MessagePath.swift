import CatFeeder
import EventBus
import EventModel
import EventPatterns
import Expectations
import MQTTBroker
import Projections
import Simulation
import Topology

/// The path of an event, put together from a topology: bus, rules, targets, broker and feeders, all
/// on one virtual clock.
///
///     put ─> bus ─> function ─> link ─> broker ─> feeder ─> motors
///                └> projections                └─> states
final class MessagePath {
    let bus: Bus
    /// nil where no target sends messages.
    let link: (any BrokerLink)?
    let functions: [(target: String, function: FeederFunction)]
    let feeders: [FeederDevice]
    let projections: [(id: String, target: ProjectionTarget)]
    let sinks: [any SinkTarget]
    let processes: [ProcessTarget]
    private(set) var now: Timestamp
    /// Called with each message that reaches a feeder.
    var onArrival: (MessageKey, Timestamp) throws -> Void = { _, _ in }
    private var wakes = Timeline<Int>()
    /// When each feeder is in `wakes` for; a later entry of it is void.
    private var scheduled: [Timestamp?]
    /// The feeder of each client number; -1 for the function's.
    private var feederOfClient: [Int: Int] = [:]

    init(
        bus: Bus, link: (any BrokerLink)?, functions: [(String, FeederFunction)],
        feeders: [FeederDevice], projections: [(String, ProjectionTarget)],
        sinks: [any SinkTarget], processes: [ProcessTarget] = [], at now: Timestamp
    ) {
        self.bus = bus
        self.link = link
        self.functions = functions.map { (target: $0.0, function: $0.1) }
        self.feeders = feeders
        self.projections = projections.map { (id: $0.0, target: $0.1) }
        self.sinks = sinks
        self.processes = processes
        self.now = now
        scheduled = Array(repeating: nil, count: feeders.count)
        for (place, feeder) in feeders.enumerated() { feederOfClient[feeder.client.number] = place }
    }

    /// By topic: how many messages of QoS 1 the broker gives a feeder that acknowledges when it has fed.
    var windows: [[UInt8]: Int] {
        guard let window = link?.windowOfLateClients else { return [:] }
        return Dictionary(
            feeders.filter(\.hearsQoS1).map { ($0.actionTopic, window) }, uniquingKeysWith: min)
    }

    /// Calls with each message that a feeder acknowledges: its topic, and when.
    func onAcknowledgement(_ body: @escaping ([UInt8], Timestamp) -> Void) {
        for feeder in feeders {
            let topic = feeder.actionTopic
            feeder.onAcknowledge = { body(topic, $0) }
        }
    }

    /// Connects the feeders.
    func start() throws {
        for place in feeders.indices {
            try feeders[place].start(at: now)
            reschedule(place)
        }
        try settle()
    }

    /// Puts an event on the bus and waits until what it leads to has arrived.
    func put(_ event: BusEvent, at time: Timestamp) throws {
        try advance(to: time)
        try bus.put(event, at: now)
        try settle()
    }

    /// Motors that ran until now, over all feeders.
    var dispenses: Int { feeders.reduce(0) { $0 + $1.counts.dispenses } }

    /// When something happens next by itself.
    var nextDeadline: Timestamp? {
        switch (bus.nextDeadline, wakes.next) {
        case (let a?, let b?): min(a, b)
        case (let a, let b): a ?? b
        }
    }

    /// Lets happen what falls due up to `time`, each at its own moment; attempts before feeders.
    func advance(to time: Timestamp) throws {
        while let next = nextDeadline, next <= time {
            move(to: next)
            if let due = bus.nextDeadline, due <= next {
                try bus.advance(to: next)
                try settle()
                continue
            }
            guard let (due, place) = wakes.take(by: next) else { continue }
            guard scheduled[place] == due else { continue }
            scheduled[place] = nil
            try feeders[place].wake(at: now)
            reschedule(place)
            try settle()
        }
        move(to: time)
    }

    /// Time never goes back: a late report is put when it comes.
    private func move(to time: Timestamp) { now = max(now, time) }

    /// Waits until what was sent has arrived, and gives it to the feeders.
    func settle() throws {
        guard let link else { return }
        try link.advance(to: now)
        try link.settle(at: now) { client, message in
            guard let place = feederOfClient[client] else { return }
            var key = MessageKey(topic: message.topic.bytes, payload: message.payload)
            // Given to a feeder that did not ask for it: no message that anybody expects.
            if !feeders[place].hears(message.topic) {
                key.topic += " at \(feeders[place].name)".utf8
            }
            try onArrival(key, now)
            feeders[place].receive(message, at: now)
            reschedule(place)
        }
    }

    /// Puts a feeder down for when it next has something to do.
    func reschedule(_ place: Int) {
        guard let wake = feeders[place].nextWake, wake != scheduled[place] else {
            if feeders[place].nextWake == nil { scheduled[place] = nil }
            return
        }
        scheduled[place] = wake
        wakes.add(place, at: max(wake, now))
        if wake < now { scheduled[place] = now }
    }
}

/// A target that writes elsewhere, and has to be closed.
protocol SinkTarget: Target {
    func finish() throws
}
