import EventModel

/// How many events each feeder gave a projection: what `ProjectionFold.events` counts, by feeder.
struct EventCounts<Counted: Projection>: Projection {
    static var name: String { "events-of-" + Counted.name }
    static var version: Int { 1 }
    static var needsOrder: Bool { false }
    static var hears: [any EventDetail.Type] { Counted.hears }

    private var byPlace: [Int] = []
    private var heard = PerFeeder<Int>()

    init() {}

    mutating func apply(_ press: Press, _ history: borrowing History) {
        grow(history)
        byPlace[Int(press.place)] += 1
    }

    mutating func apply(_ event: HeardEvent, _ history: borrowing History) {
        heard[event.feeder] += 1
    }

    static var readsCodes: Bool { true }

    mutating func apply(
        coded batch: borrowing CodedBatch, _ history: borrowing History
    ) -> CodedBatch.Taken {
        grow(history)
        return byPlace.withUnsafeMutableBufferPointer { counts in
            batch.forEachPress { _, place, _ in counts[place] &+= 1 }
        }
    }

    private mutating func grow(_ history: borrowing History) {
        let lacking = history.places.count - byPlace.count
        if lacking > 0 { byPlace.append(contentsOf: repeatElement(0, count: lacking)) }
    }

    mutating func merge(_ later: EventCounts) {
        if later.byPlace.count > byPlace.count {
            byPlace.append(
                contentsOf: repeatElement(0, count: later.byPlace.count - byPlace.count))
        }
        for (place, count) in later.byPlace.enumerated() { byPlace[place] += count }
        heard.merge(later.heard, +)
    }

    /// The events of each feeder.
    func counts(_ history: History) -> PerFeeder<Int> {
        var counts = heard
        for (place, count) in byPlace.enumerated() where count > 0 {
            counts[history.places[place].feeder] += count
        }
        return counts
    }

    func encode(to coder: inout StateEncoder) { coder.encode(counts(coder.history)) }
    init(from coder: inout StateDecoder) throws { heard = try coder.decode() }
    func write(to store: StoreWriter) throws {}
}
