import EventModel
import Ledger

/// Feeds projections events one at a time, as a bus delivers them: in any order, some twice.
///
/// Each event is taken once: a copy is known by its sequence and dropped. Which feeder a device
/// belonged to is asked of the registrations by sequence, so it does not depend on the order either.
/// Whether a projection's state does is for the projection to say: `Projection.needsOrder`.
public final class EventFold {
    /// The projections with their states so far; they stand at `flush()`.
    public let folds: [ProjectionFold]
    public let history: History
    /// Events that were given and not taken, because they had been before.
    public private(set) var copies = 0
    /// Events that were taken.
    public private(set) var taken = 0
    /// Events that some projection hears, whose detail it could not read.
    public private(set) var undecodable = 0

    private struct Known {
        var click: ClickKind?
        var isHeard: Bool
        var device: Int
    }

    private let places: PlaceIndex
    private let heard: [any EventDetail.Type]
    private var known = ContentMemo<Known>()
    /// The sequences that each fold had come to before.
    private let begins: [Int]
    /// What had been folded in there.
    private let inputs: [InputDigest]
    private var had: SequenceSet
    private var presses: [Press] = []

    /// - Parameters:
    ///   - devices: names by code, from 1, as `EventLedger.devices()` gives them.
    ///   - first: the first sequence that counts; events before it are taken for copies.
    public init(
        _ history: History, _ folds: [ProjectionFold], devices: [String], from first: Int = 1
    ) {
        self.history = history
        self.folds = folds
        begins = folds.map(\.sequence)
        inputs = folds.map(\.input)
        places = PlaceIndex(history, devices: devices)
        heard = folds.flatMap(\.hears)
        had = SequenceSet(from: first)
        presses.reserveCapacity(EventLedger.scanBatch)
    }

    /// Takes in the event at `sequence`, unless it was before.
    ///
    /// - Returns: whether it was taken.
    @discardableResult
    public func take(_ event: Event, sequence: Int) throws -> Bool {
        guard had.insert(sequence) else {
            copies += 1
            return false
        }
        taken += 1
        let meaning = self.meaning(of: event.content)
        for place in folds.indices where sequence > begins[place] {
            folds[place].input.add(sequence: sequence, microseconds: event.time.microseconds)
            folds[place].latest = max(folds[place].latest, event.time)
        }
        if let click = meaning.click {
            let place = places.place(of: meaning.device, at: sequence)
            presses.append(
                Press(
                    time: event.time, sequence: sequence, place: place,
                    feeder: history.places[Int(place)].feeder, click: click,
                    device: UInt32(meaning.device)))
            if presses.count == EventLedger.scanBatch { try flush() }
        } else if meaning.isHeard {
            try flush()
            hear(event, sequence, meaning)
        }
        return true
    }

    /// Gives the projections what waits for them. Called before anybody looks at a state.
    ///
    /// - Throws: what a projection's `check()` throws.
    public func flush() throws {
        let earliest = presses.reduce(Int.max) { min($0, $1.sequence) }
        for (fold, begin) in zip(folds, begins) {
            // A fold that came out of a store has had the events up to where the store stood.
            let fresh = earliest > begin ? presses : presses.filter { $0.sequence > begin }
            if !fresh.isEmpty {
                fold.apply(batch: fresh.span, history)
                fold.events += fresh.count
            }
            fold.sequence = max(begin, had.complete)
            try fold.check()
        }
        presses.removeAll(keepingCapacity: true)
    }

    /// All events of a stretch were given: the folds stand where a hydration to its end stands.
    ///
    /// Events after `until` are no gaps. A fold that needs no order, and has had all, notes its input
    /// in the ledger's order: how the bus shuffled it is no fact of its state.
    public func close(
        _ ledger: EventLedger, _ stretch: ClosedRange<Int>, until: Timestamp?
    ) throws {
        var ordered = inputs
        var next = stretch.lowerBound
        try ledger.scan(stretch, until: until) { first, records, _ in
            for sequence in next..<max(next, first) { had.insert(sequence) }
            next = first + records.count
            for place in folds.indices {
                for record in records.indices where first + record > begins[place] {
                    ordered[place].add(
                        sequence: first + record, microseconds: records[record].time)
                }
            }
        }
        for (fold, input) in zip(folds, ordered)
        where !fold.needsOrder && input.count == fold.input.count {
            fold.input = input
        }
        try flush()
    }

    private func hear(_ event: Event, _ sequence: Int, _ meaning: Known) {
        let place = places.place(of: meaning.device, at: sequence)
        var isUndecodable = false
        for (fold, begin) in zip(folds, begins) where sequence > begin {
            guard let type = fold.hears.first(where: { $0.matches(event.content) }) else {
                continue
            }
            let value = try? JSONValue(parsing: event.content.detail)
            guard let detail = value.flatMap({ type.init(detail: $0) }) else {
                isUndecodable = true
                continue
            }
            fold.apply(
                HeardEvent(
                    time: event.time, sequence: sequence,
                    feeder: history.places[Int(place)].feeder, place: place, detail: detail),
                history)
            fold.events += 1
        }
        if isUndecodable { undecodable += 1 }
    }

    private func meaning(of content: EventContent) -> Known {
        known.value(of: content) { content in
            Known(
                click: content.click, isHeard: heard.contains { $0.matches(content) },
                device: places.code(of: content.device))
        }
    }
}
