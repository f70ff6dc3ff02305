import EventModel
import Expectations
import Ledger
import Simulation

/// An event that a replay puts on the bus, and when.
struct PlannedPut {
    var sequence: Int
    var event: Event
    var at: Timestamp
}

/// Takes events out of a ledger in the order in which a delivery model puts them on the bus.
protocol ReplayPlan {
    /// The next events; empty at the end.
    mutating func next() throws -> [PlannedPut]
    /// The sequences that the archive did not have yet when the replay began.
    var missed: [Int] { get }
    /// The events of the window that were not put yet: those of a replay that was cancelled.
    func leftOver() -> LeftOver
    /// When the first event is put, or `start` where there is none.
    func begin(at start: Timestamp) throws -> Timestamp
}

/// What a plan still had to put.
struct LeftOver {
    /// All events after this sequence.
    var after: Int
    /// And these before it.
    var others: Set<Int> = []

    func contains(_ sequence: Int) -> Bool { sequence > after || others.contains(sequence) }
}

/// The ledger's order at the recorded times, read in stretches: memory does not grow with history.
struct OrderedPlan: ReplayPlan {
    let ledger: EventLedger
    let window: ReplayWindow
    private var position: Int
    let missed: [Int] = []
    private static let stretch = 1_024

    init(_ ledger: EventLedger, _ window: ReplayWindow) {
        self.ledger = ledger
        self.window = window
        position = max(1, window.first)
    }

    func leftOver() -> LeftOver { LeftOver(after: position - 1) }

    func begin(at start: Timestamp) throws -> Timestamp {
        var first = self
        first.position = max(1, window.first)
        return try first.next().first?.at ?? start
    }

    mutating func next() throws -> [PlannedPut] {
        while position <= window.last {
            let end = min(window.last, position + OrderedPlan.stretch - 1)
            var puts: [PlannedPut] = []
            puts.reserveCapacity(end - position + 1)
            try ledger.forEachEvent(position...end) { sequence, event in
                guard window.contains(event.time) else { return }
                puts.append(
                    PlannedPut(sequence: sequence, event: event, at: event.recorded ?? event.time))
            }
            position = end + 1
            if !puts.isEmpty { return puts }
        }
        return []
    }
}

/// Late events: the ledger's order at the recorded times, but some come up to ten minutes later.
struct LatePlan: ReplayPlan {
    private var inner: OrderedPlan
    private let rate: Int
    private let stream: RandomStream
    private var late = Timeline<PlannedPut>()
    private var isAtEnd = false
    let missed: [Int]
    private let isMissed: Set<Int>
    /// An event may be so many microseconds late, or on its way into the archive.
    static let longest: Int64 = 600_000_000

    /// - Parameter start: when the archive was asked.
    init(_ inner: OrderedPlan, _ profile: FaultProfile, seed: UInt64, start: Timestamp) throws {
        self.inner = inner
        rate = profile[.lateEvent]
        stream = RandomStream(seed: seed, domain: .lateness)
        let lags = RandomStream(seed: seed, domain: .archiveLag)
        let safe = Timestamp(microseconds: start.microseconds - LatePlan.longest)
        var missed: [Int] = []
        if profile[.archiveLag] > 0 {
            let window = inner.window
            let first = max(window.first, try inner.ledger.sequence(recordedBy: safe) + 1)
            if first <= window.last {
                try inner.ledger.forEachEvent(first...window.last) { sequence, event in
                    guard window.contains(event.time) else { return }
                    var draws = lags.draws(entity: UInt64(sequence))
                    if draws.happens(partsPerMillion: profile[.archiveLag]) {
                        missed.append(sequence)
                    }
                }
            }
        }
        self.missed = missed
        isMissed = Set(missed)
    }

    func leftOver() -> LeftOver {
        LeftOver(
            after: inner.leftOver().after, others: Set(late.pending.map(\.element.sequence)))
    }

    func begin(at start: Timestamp) throws -> Timestamp { try inner.begin(at: start) }

    mutating func next() throws -> [PlannedPut] {
        while true {
            let puts = try inner.next()
            for put in puts where !isMissed.contains(put.sequence) {
                var draws = stream.draws(entity: UInt64(put.sequence))
                var at = put.at
                if draws.happens(partsPerMillion: rate) {
                    at.microseconds += Int64(draws.below(UInt64(LatePlan.longest)))
                }
                var put = put
                put.at = at
                late.add(put, at: at)
            }
            isAtEnd = puts.isEmpty
            // Whatever comes next is not recorded before the last one that came.
            let limit = puts.last?.event.recorded ?? .latest
            var ready: [PlannedPut] = []
            while let (_, put) = late.take(by: limit) { ready.append(put) }
            if !ready.isEmpty || isAtEnd { return ready }
        }
    }
}

/// EventBridge's order: by the minute of the event's own time, shuffled inside each minute.
///
/// Needs the order of the whole window before it begins: 24 bytes an event.
struct MinutePlan: ReplayPlan {
    private struct Place {
        var minute: Int64
        var tie: UInt64
        var sequence: Int
    }

    let ledger: EventLedger
    private let model: EventBridgeReplay
    private let start: Timestamp
    private var order: [Place] = []
    private var position = 0
    private var minutes: Int64 = 0
    private(set) var missed: [Int] = []

    /// - Parameter start: when the replay begins.
    init(
        _ ledger: EventLedger, _ window: ReplayWindow, _ model: EventBridgeReplay, seed: UInt64,
        start: Timestamp
    ) throws {
        self.ledger = ledger
        self.model = model
        self.start = start
        let ties = RandomStream(seed: seed, domain: .deliveryOrder)
        guard window.first <= window.last else { return }
        var order: [Place] = []
        try ledger.scan(window.first...window.last, until: window.until) { first, records, _ in
            for place in records.indices {
                let time = Timestamp(microseconds: records[place].time)
                guard window.contains(time) else { continue }
                let sequence = first + place
                order.append(
                    Place(
                        minute: time.floored(to: .second).minute,
                        tie: ties.words(entity: UInt64(sequence)).0, sequence: sequence))
            }
        }
        order.sort { ($0.minute, $0.tie, $0.sequence) < ($1.minute, $1.tie, $1.sequence) }
        if model.archiveLag > 0 { missed = try late(window, seed) }
        if !missed.isEmpty {
            let gone = Set(missed)
            order.removeAll { gone.contains($0.sequence) }
        }
        self.order = order
    }

    /// The events that were still on their way into the archive when the replay began.
    private func late(_ window: ReplayWindow, _ seed: UInt64) throws -> [Int] {
        let lags = RandomStream(seed: seed, domain: .archiveLag)
        let safe = Timestamp(microseconds: start.microseconds - model.archiveLag)
        let first = max(window.first, try ledger.sequence(recordedBy: safe) + 1)
        guard first <= window.last else { return [] }
        var missed: [Int] = []
        try ledger.forEachEvent(first...window.last) { sequence, event in
            guard window.contains(event.time), let recorded = event.recorded else { return }
            var draws = lags.draws(entity: UInt64(sequence))
            let lag = Int64(draws.below(UInt64(model.archiveLag)))
            if recorded.microseconds + lag > start.microseconds { missed.append(sequence) }
        }
        return missed
    }

    func leftOver() -> LeftOver {
        LeftOver(after: .max, others: Set(order[position...].map(\.sequence)))
    }

    func begin(at start: Timestamp) -> Timestamp { start }

    mutating func next() throws -> [PlannedPut] {
        guard position < order.count else { return [] }
        // Whole minutes, some thousand events of them.
        var end = position
        while end < order.count,
            end - position < 4_096 || order[end].minute == order[end - 1].minute
        {
            end += 1
        }
        let events = try self.events(order[position..<end].map(\.sequence))
        var puts: [PlannedPut] = []
        puts.reserveCapacity(end - position)
        while position < end {
            var next = position
            while next < end, order[next].minute == order[position].minute { next += 1 }
            let begin = start.microseconds + minutes * model.minute
            for place in position..<next {
                let offset = model.minute * Int64(place - position) / Int64(next - position)
                guard let event = events[order[place].sequence] else { continue }
                puts.append(
                    PlannedPut(
                        sequence: order[place].sequence, event: event,
                        at: Timestamp(microseconds: begin + offset)))
            }
            minutes += 1
            position = next
        }
        return puts
    }

    /// Reads events that lie near each other in runs.
    private func events(_ sequences: [Int]) throws -> [Int: Event] {
        var events: [Int: Event] = [:]
        events.reserveCapacity(sequences.count)
        let sorted = sequences.sorted()
        let wanted = Set(sorted)
        var begin = 0
        while begin < sorted.count {
            var end = begin + 1
            while end < sorted.count, sorted[end] - sorted[end - 1] <= 64 { end += 1 }
            try ledger.forEachEvent(sorted[begin]...sorted[end - 1]) { sequence, event in
                if wanted.contains(sequence) { events[sequence] = event }
            }
            begin = end
        }
        return events
    }
}

extension Timestamp {
    /// Whole minutes since 1970, rounded down.
    var minute: Int64 { seconds >= 0 ? seconds / 60 : (seconds - 59) / 60 }
}
